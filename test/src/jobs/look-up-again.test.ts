import assert from 'node:assert/strict';
import { membersOf } from '../../../src/containment/batch.ts';
import { parseDeviceId } from '../../../src/containment/ids.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { createLookUpDevice } from '../../../src/jobs/look-up-device.ts';
import { type Harness, startDefender } from '../../sandbox/defender-harness.ts';
import { createBatchPlay } from '../../support/batch-play.ts';
import { namedDevice } from '../../support/many-devices.ts';
import { anAwaitingRequest } from '../../support/running-request.ts';
import { basicScopes, createLook } from './look-bench.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const floor = Array.from({ length: 3 }, (_, index) => namedDevice(`pc-${index + 1}.contoso.example`));
const byId = floor.map(({ id }) => ({ deviceId: parseDeviceId(id) ?? assert.fail() }));

describe('Whether devices are restricted already, where that could not be read with their facts', () => {
  let bench: Workbench;
  let defender: Harness;
  before(async () => {
    bench = await openWorkbench();
    defender = await startDefender(0.01, floor);
  });
  after(async () => {
    await bench.close();
    await defender.close();
  });
  beforeEach(() => {
    bench.time.ahead = 0;
    defender.faults.reset();
    defender.defender.reset();
    for (const { id } of floor)
      defender.defender.addAction({ deviceId: id, type: 'RestrictCodeExecution', status: 'Succeeded' });
  });

  const play = createBatchPlay(() => bench.requests);

  /** Answers what that cost. */
  async function look({ id }: ContainmentRequest, scopes: readonly string[] = basicScopes): Promise<number> {
    const { calls, parts } = createLook({ bench, defender, scopes });
    await createLookUpDevice(parts)({ requestId: id });
    return calls.length;
  }

  const restrictionsOf = async ({ id }: ContainmentRequest) =>
    membersOf(await play.onCard(id)).map(({ device }) => device?.stakes?.restriction?.state);
  const failing = (times: number | null, status = 503) =>
    defender.faults.set({ faults: { 'defender.list': { kind: 'status', status, times } } });

  const requests: Readonly<Record<string, () => Promise<ContainmentRequest>>> = {
    'one device': () => anAwaitingRequest(bench.requests, { deviceId: byId[0]?.deviceId ?? assert.fail() }),
    'several devices': () => play.asked(byId),
  };
  for (const [what, ask] of Object.entries(requests)) {
    it(`is read of ${what} by a look after a minute`, async () => {
      failing(1);
      const request = await ask();
      await look(request);
      const { device } = await bench.reread(request.id);
      assert.ok(device?.osPlatform !== undefined && device.stakes?.restriction === undefined);

      bench.time.ahead += 50;
      assert.equal(await look(request), 0);
      bench.time.ahead += 15;
      assert.equal(await look(request), 2);

      assert.deepEqual(new Set(await restrictionsOf(request)), new Set(['in-force']));
      bench.time.ahead += 3_600;
      assert.equal(await look(request), 0);
    });

    it(`is asked of ${what} less and less often where it is never answered`, async () => {
      failing(null, 403);
      const request = await ask();
      const lookedAt: number[] = [];
      for (let minute = 0; minute < 120; minute += 1) {
        bench.time.ahead = minute * 60 + 5;
        if ((await look(request)) > 0) lookedAt.push(minute);
      }

      assert.deepEqual(lookedAt, [0, 1, 3, 7, 15, 30, 45, 60, 75, 90, 105]);
    });
  }

  it('is asked anew of the devices that lack it alone', async () => {
    const request = await play.asked(byId);
    await look(request);
    const [, second = assert.fail()] = membersOf(await play.onCard(request.id));
    const { stakes, ...facts } = second.device ?? assert.fail();
    const partly = { ...facts, stakes: { at: stakes?.at } };
    await bench.sql
      .updateTable('requests')
      .set({ device: JSON.stringify(partly) })
      .where('id', '=', second.id)
      .execute();
    bench.time.ahead += 65;

    assert.equal(await look(request), 2);

    const revisions = membersOf(await play.onCard(request.id)).map(({ revision }) => revision);
    assert.deepEqual(revisions, [2, 3, 2]);
    assert.deepEqual(new Set(await restrictionsOf(request)), new Set(['in-force']));
  });
});
