import assert from 'node:assert/strict';
import { howToGoOn } from '../../../bot/texts/how-to-go-on.ts';
import { nextStep } from '../../../bot/texts/next-steps.ts';
import type { DeviceId, RequestId } from '../../../src/containment/ids.ts';
import { createDigests } from '../../../src/store/digest.ts';
import { createRequestLists } from '../../../src/store/request-lists.ts';
import { aDeviceId, aMachineAction } from '../../support/requests.ts';
import { aRunningRequest, machineActionIdOf } from '../../support/running-request.ts';
import { type DriftBench, openDriftBench } from './drift-bench.ts';

const at = (minute: number): string => `2026-11-23T05:${String(minute).padStart(2, '0')}:30.1234567Z`;

describe('a restriction that was given up and is found to have succeeded', () => {
  let bench: DriftBench;
  let count = 0;
  before(async () => {
    bench = await openDriftBench();
  });
  after(() => bench.close());
  beforeEach(() => bench.begin());

  const place = { conversation: 'here', thread: 'here;messageid=2', kind: 'channel' } as const;

  async function givenUp(deviceId: DeviceId): Promise<{ readonly id: RequestId; readonly number: number }> {
    const late = await aRunningRequest(bench.requests, { tenantId: bench.tenantId, deviceId, place });
    const machineAction = aMachineAction({ id: machineActionIdOf(late.id), status: 'TimeOut' });
    const { request } =
      (await bench.requests.apply(late.id, { kind: 'action-observed', machineAction })) ?? assert.fail();
    if (request.state.status === 'ended') await bench.cards.told(late.id, request.state.endedAt);
    return late;
  }

  /** Given up, and listed as succeeded; nothing was looked for yet. */
  async function late(deviceId = aDeviceId((count += 1).toString(16).padStart(40, '0'))) {
    const request = await givenUp(deviceId);
    bench.portal(deviceId, 'restrict', { id: machineActionIdOf(request.id), updatedAt: at(1) });
    return { ...request, deviceId, own: machineActionIdOf(request.id) };
  }

  const store = () => ({ sql: bench.sql, clock: bench.time.clock });
  const here = () => ({ tenantId: bench.tenantId, conversation: 'here' });
  async function listed() {
    const digest = await createDigests(store()).read(here(), 60);
    const { restrictions } = await createRequestLists(store()).inForce(here(), { offset: 0, limit: 8 });
    const numbers = (of: readonly { readonly number: number }[]) => of.map(({ number }) => number);
    assert.deepEqual(numbers(digest.inForce.requests), numbers(restrictions));
    return { inForce: numbers(restrictions), elsewhere: numbers(digest.elsewhere.requests) };
  }
  const statusOf = (deviceId: DeviceId) =>
    createRequestLists(store()).device(here(), { deviceId, names: [] });
  /** As the queue would. */
  async function runJobs(id: RequestId): Promise<void> {
    for (const effect of bench.effectsOf(id))
      if (effect.kind === 'time-box') await bench.handlers['time-box']({ requestId: id });
  }

  it('is in force from then on, and nothing that is restricted without a request', async () => {
    const { id, number, deviceId } = await late();
    assert.deepEqual(await listed(), { inForce: [], elsewhere: [] });
    await bench.nextSweep();
    await runJobs(id);
    assert.deepEqual(await listed(), { inForce: [number], elsewhere: [] });
    assert.equal((await statusOf(deviceId)).restriction?.restriction.number, number);
    // For ever, as all that is in force.
    bench.time.ahead += 30 * 86_400;
    assert.equal((await bench.sweepParts.drift.watched(bench.tenantId)).length, 1);
  });

  it('is beside another one that holds the device', async () => {
    const first = await bench.done({ where: 'here' });
    const { number } = await late(first.deviceId);
    await bench.nextSweep();
    assert.equal(await bench.found(first.id), undefined);
    // Of each device the latest.
    assert.deepEqual(await listed(), { inForce: [number], elsewhere: [] });
  });

  it('is told together with the lift that was listed with it', async () => {
    const { id, deviceId, own } = await late();
    const lift = bench.portal(deviceId, 'unrestrict', { updatedAt: at(5) });
    await bench.nextSweep();
    assert.deepEqual(await bench.found(id), [
      [own, 'restricted'],
      [lift, 'lifted'],
    ]);
    await bench.handlers['tell-elsewhere']({ requestId: id, change: own });
    assert.equal(bench.chatSays.said.length, 1);
    assert.deepEqual(await listed(), { inForce: [], elsewhere: [] });
  });

  it('is followed from then on: a lift and a restriction anew are told', async () => {
    const { id, number, deviceId } = await late();
    await bench.nextSweep();
    const lift = bench.portal(deviceId, 'unrestrict', { updatedAt: at(5) });
    await bench.nextSweep();
    assert.equal((await bench.found(id))?.at(-1)?.[0], lift);
    assert.match(howToGoOn(await bench.reread(id)), /^\/restrict/);
    assert.deepEqual(await listed(), { inForce: [], elsewhere: [] });
    bench.portal(deviceId, 'restrict', { updatedAt: at(9) });
    await bench.nextSweep();
    assert.deepEqual(await listed(), { inForce: [], elsewhere: [number] });
    assert.equal((await statusOf(deviceId)).again?.number, number);
  });

  it('is over with a lift of ours, found before it or after', async () => {
    for (const order of ['lift last', 'lift first'] as const) {
      const { id, deviceId } = await late();
      const lifted = () =>
        bench.done({ deviceId, action: 'unrestrict', at: at(20), where: 'here' }).then(async (lift) => {
          await bench.handlers['settle-lift']({ requestId: lift.id });
        });
      if (order === 'lift first') await lifted();
      await bench.nextSweep();
      if (order === 'lift last') await lifted();
      await runJobs(id);
      const request = await bench.reread(id);
      assert.equal(request.released?.after, machineActionIdOf(id), order);
      assert.match(nextStep(request), /succeeded after all, and later that the restriction was lifted\.$/);
      assert.match(howToGoOn(request), /^\/restrict/);
      assert.deepEqual(await listed(), { inForce: [], elsewhere: [] });
    }
  });

  it('is released also when it was closed, or denied, without any action in the register', async () => {
    const { id, deviceId } = await bench.done({ where: 'here' });
    const state = {
      status: 'attention',
      reason: { code: 'outcome-unknown' },
      at: at(0),
      closed: { by: (await bench.reread(id)).requestor, at: at(0), comment: 'looked' },
    };
    await bench.sql
      .updateTable('requests')
      .set({ status: 'attention', state: JSON.stringify(state) })
      .where('id', '=', id)
      .execute();
    const change = { actionId: 'x', became: 'restricted', at: at(1) } as const;
    const origin = { kind: 'own', number: 1, itself: true } as const;
    await bench.requests.apply(id, { kind: 'changed-elsewhere', change: { ...change, origin } });
    const early = await bench.done({ deviceId, action: 'unrestrict', at: at(0) });
    await bench.handlers['settle-lift']({ requestId: early.id });
    assert.equal((await bench.reread(id)).released, undefined);
    const lift = await bench.done({ deviceId, action: 'unrestrict', at: at(20) });
    await bench.handlers['settle-lift']({ requestId: lift.id });
    assert.equal((await bench.reread(id)).released?.after, 'x');
  });
});
