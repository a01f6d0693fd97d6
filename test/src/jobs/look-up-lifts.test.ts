import assert from 'node:assert/strict';
import { membersOf } from '../../../src/containment/batch.ts';
import { parseDeviceId } from '../../../src/containment/ids.ts';
import { ofNoAttempt } from '../../../src/containment/of-attempt.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { jobOf, keyOf } from '../../../src/jobs/effect-jobs.ts';
import { createLookUpDevice } from '../../../src/jobs/look-up-device.ts';
import { type Harness, startDefender } from '../../sandbox/defender-harness.ts';
import { createBatchPlay } from '../../support/batch-play.ts';
import { namedDevice } from '../../support/many-devices.ts';
import { createLook } from './look-bench.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const floor = Array.from({ length: 20 }, (_, index) => namedDevice(`pc-${index + 10}.contoso.example`));
const byId = floor.map(({ id }) => ({ deviceId: parseDeviceId(id) ?? assert.fail() }));

describe('Lifts of several devices that people have to decide after all', () => {
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

  const play = createBatchPlay(() => bench.requests);

  /** Each approved, and void. */
  async function tenVoided(): Promise<readonly ContainmentRequest[]> {
    const { id } = await play.asked(byId.slice(0, 10), { action: 'unrestrict' });
    const restricted = membersOf(await play.asked(byId.slice(10)));
    await play.press(id, 'clk');
    const members = membersOf(await play.onCard(id));
    for (const [at, member] of members.entries()) {
      await bench.sql
        .updateTable('requests')
        .set({ lifts: restricted[at]?.id ?? null })
        .where('id', '=', member.id)
        .execute();
      await play.verify(member.id, 'clk');
      const why = { code: 'defender-unreachable' } as const;
      const { state } = await bench.reread(member.id);
      await bench.requests.apply(member.id, { kind: 'attempt-void', ...ofNoAttempt(state), why });
    }
    return membersOf(await play.onCard(id));
  }

  it('are looked at together, in the calls of one card, however many jobs run for them', async () => {
    const members = await tenVoided();
    const jobs = members.flatMap((member) =>
      bench.effectsOf(member.id).flatMap((effect) => {
        const isVoided = effect.kind === 'look-up-device' && effect.withOthers === true;
        return isVoided ? [jobOf(effect, member) ?? assert.fail()] : [];
      }),
    );
    assert.equal(jobs.length, 10);
    assert.equal(new Set(jobs.map(({ payload }) => keyOf(payload))).size, 1);
    assert.deepEqual(new Set(jobs.map(({ startAfter }) => startAfter)), new Set([5]));

    const { calls, parts } = createLook({ bench, defender });
    for (const { payload } of jobs) await createLookUpDevice(parts)(payload);

    assert.deepEqual(calls, ['/api/machines', '/api/machineactions']);
    const shown = membersOf(await play.onCard(members[0]?.id ?? assert.fail()));
    assert.deepEqual(
      new Set(shown.map(({ device }) => device?.stakes?.restriction?.state)),
      new Set(['none']),
    );
  });

  it('are looked at together also by a job that names one of them', async () => {
    const members = await tenVoided();
    const { calls, parts } = createLook({ bench, defender });

    for (const { id } of members.toReversed()) await createLookUpDevice(parts)({ requestId: id });

    assert.deepEqual(calls, ['/api/machines', '/api/machineactions']);
  });
});
