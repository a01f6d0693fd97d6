import assert from 'node:assert/strict';
import type { DeviceId } from '../../../src/containment/ids.ts';
import { createDigests } from '../../../src/store/digest.ts';
import { aMachineAction, aPerson, alex, sam } from '../../support/requests.ts';
import { aRunningRequest, anApprovedRequest, machineActionIdOf } from '../../support/running-request.ts';
import { type DriftBench, openDriftBench } from './drift-bench.ts';
import { failing } from './fake-defender.ts';

const aPlace = (conversation: string) =>
  ({ conversation, thread: `${conversation};messageid=1`, kind: 'channel' }) as const;

describe('since when devices are compared with Defender', () => {
  let bench: DriftBench;
  before(async () => {
    bench = await openDriftBench();
  });
  after(() => bench.close());
  beforeEach(() => bench.begin());

  /** Minutes ago, as the lists of a conversation have it. */
  async function age(conversation: string): Promise<number | undefined> {
    const digests = createDigests({ sql: bench.sql, clock: bench.time.clock });
    const { comparedAt, now } = await digests.read({ tenantId: bench.tenantId, conversation }, 60);
    if (comparedAt === undefined) return undefined;
    return Math.round((Date.parse(now) - Date.parse(comparedAt)) / 60_000);
  }

  async function tenantAge(): Promise<number> {
    const row = await bench.sql
      .selectFrom('drift_sweeps')
      .select('compared_at')
      .where('tenant_id', '=', bench.tenantId)
      .executeTakeFirst();
    const now = Date.parse(await bench.requests.now());
    return Math.round((now - (row?.compared_at?.getTime() ?? 0)) / 60_000);
  }

  const sweeps = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += 1) await bench.nextSweep();
  };

  it('is known by device: where one cannot be seen the lists of its own conversation alone are old', async () => {
    const unseen = await bench.done({ where: 'there' });
    await bench.done({ where: 'here', approver: sam });
    assert.equal(await age('here'), undefined);
    bench.defenderSays.answers({
      listSucceeded: async (...args) => {
        const all = await bench.defenderSays.usual.listSucceeded(...args);
        return all.filter(({ machineId }) => machineId !== unseen.deviceId);
      },
    });
    await sweeps(4);
    assert.deepEqual([await age('here'), await age('there'), await tenantAge()], [0, 30, 30]);
    bench.defenderSays.answers({ listSucceeded: undefined });
    await sweeps(1);
    assert.deepEqual([await age('there'), await tenantAge()], [0, 0]);
  });

  it('is new also when the readers of all devices do not fit into one sweep', async () => {
    const people = Array.from({ length: 8 }, (_, index) => aPerson(`${index} Approver`));
    const seen = new Map<string, DeviceId>();
    for (const approver of people)
      seen.set(`token-of-${approver.objectId}`, (await bench.done({ approver, where: 'here' })).deviceId);
    bench.defenderSays.answers({
      listSucceeded: async (token, ...args) => {
        const all = await bench.defenderSays.usual.listSucceeded(token, ...args);
        return all.filter(({ machineId }) => machineId === seen.get(token));
      },
    });
    await sweeps(9);
    assert.ok(((await age('here')) ?? 90) <= 40);
  });

  it('is no matter of what never took effect, which costs two readers at most', async () => {
    await bench.done({ where: 'here' });
    const people = Array.from({ length: 5 }, (_, index) => aPerson(`${index} Approver`));
    for (const approver of people) {
      const given = { tenantId: bench.tenantId, place: aPlace('here') };
      const { id } = await aRunningRequest(bench.requests, given, { approver });
      const machineAction = aMachineAction({ id: machineActionIdOf(id), status: 'TimeOut' });
      await bench.requests.apply(id, { kind: 'action-observed', machineAction });
    }
    for (let count = 0; count < 3; count += 1) {
      bench.defenderSays.tokens.length = 0;
      await bench.nextSweep();
      assert.ok(bench.defenderSays.tokens.length <= 2);
    }
    assert.deepEqual([await age('here'), await tenantAge()], [0, 0]);
  });

  it('grows while nothing is said of a device because something of ours may be on its way', async () => {
    const { deviceId } = await bench.done({ where: 'here' });
    const given = { tenantId: bench.tenantId, deviceId, action: 'unrestrict' } as const;
    const { id } = await anApprovedRequest(bench.requests, { ...given, place: aPlace('there') });
    const attempt = { attemptId: 'att-1', deadline: '2026-11-23T05:30:00.000Z' };
    await bench.requests.apply(id, { kind: 'attempt-started', ...attempt });
    const why = { code: 'outcome-unknown' } as const;
    await bench.requests.apply(id, { kind: 'attempt-stuck', attemptId: 'att-1', why });
    await sweeps(2);
    assert.equal(await age('here'), 0);
    bench.portal(deviceId, 'unrestrict');
    await sweeps(4);
    assert.equal(await age('here'), 40);
    await bench.requests.apply(id, { kind: 'close-clicked', by: alex, comment: 'looked' });
    await sweeps(1);
    assert.equal(await age('here'), 0);
  });

  it('grows for all while Defender takes no calls', async () => {
    await sweeps(1);
    await bench.done({ where: 'here' });
    bench.defenderSays.answers({ listSucceeded: failing('budget', { retryAfterMs: 7_200_000 }) });
    await sweeps(1);
    bench.time.ahead += 3_600;
    // Approved meanwhile, and not watched yet.
    await bench.done({ where: 'there' });
    assert.deepEqual([await age('here'), await age('there')], [60, 60]);
  });
});
