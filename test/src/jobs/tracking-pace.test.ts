import assert from 'node:assert/strict';
import { lookAgainAfter } from '../../../src/jobs/tracking-pace.ts';
import { readersFor } from '../../../src/jobs/tracking-readers.ts';
import type { TrackedAction } from '../../../src/store/tracked-actions.ts';
import { aRequest, alex, sam } from '../../support/requests.ts';

describe('the pace of tracking', () => {
  for (const [age, interval, expected] of [
    [0, 15, 3],
    [29, 15, 3],
    [10, 1, 1],
    [30, 15, 15],
    [900, 15, 15],
    [1_800, 15, 30],
    [9_000, 15, 150],
    [100_000, 15, 300],
    [100_000, 600, 600],
  ] as const) {
    it(`is ${expected} s for an action ${age} s old with an interval of ${interval} s`, () => {
      assert.equal(lookAgainAfter(age, interval), expected);
    });
  }

  it('never gets quicker with age', () => {
    const waits = Array.from({ length: 500 }, (_, step) => lookAgainAfter(30 + step * 20, 15));

    assert.deepEqual(
      waits,
      [...waits].sort((one, other) => one - other),
    );
  });
});

describe('the readers', () => {
  const tracked = (given: Partial<TrackedAction>): TrackedAction => ({
    requestId: aRequest().id,
    tenantId: alex.tenantId,
    machineActionId: 'action',
    approver: alex,
    lastReader: undefined,
    ageSeconds: 10,
    lease: 'lease',
    ...given,
  });

  it('are the approvers, each once, whoever saw most first', () => {
    const seenBySam = { lastReader: sam.objectId };

    const readers = readersFor([
      tracked({}),
      tracked({ ...seenBySam }),
      tracked({ approver: sam, ...seenBySam }),
      tracked({ approver: { ...alex, objectId: alex.objectId.toUpperCase() } }),
      tracked({ ...seenBySam }),
    ]);

    assert.deepEqual(
      readers.map((reader) => reader.person.name),
      [sam.name, alex.name],
    );
  });

  it('are nobody for nothing', () => {
    assert.deepEqual(readersFor([]), []);
  });
});
