import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { membersOf, momentToTell } from '../../../src/containment/batch.ts';
import type { DeviceId, RequestId } from '../../../src/containment/ids.ts';
import { createBatchPlay } from '../../support/batch-play.ts';
import { aDeviceId, aMachineAction, alex } from '../../support/requests.ts';
import { type DriftBench, openDriftBench } from './drift-bench.ts';

const anyDevice = (): DeviceId => aDeviceId(randomBytes(20).toString('hex'));

describe('what Defender lists of several devices that were asked for together', () => {
  let bench: DriftBench;
  before(async () => {
    bench = await openDriftBench();
  });
  after(() => bench.close());
  beforeEach(() => bench.begin());

  const play = createBatchPlay(() => bench.requests);
  const origins = async (id: RequestId) =>
    (await bench.reread(id)).elsewhere?.map(({ became, origin }) => [became, origin]);
  const inSeconds = (count: number): string =>
    new Date(Date.now() + (bench.time.ahead + count) * 1_000).toISOString();
  const markedBy = (id: RequestId) => ({ requestorComment: `Beacon seen | cordon:${id}` });

  async function asked(action: 'restrict' | 'unrestrict', devices: readonly DeviceId[]) {
    const wishes = devices.map((deviceId) => ({ deviceId }));
    const request = await play.asked(wishes, { tenantId: bench.tenantId, action });
    const [first, second] = membersOf(request);
    if (first === undefined || second === undefined) return assert.fail('two devices were asked for');
    return { request, first, second };
  }

  /** Both approved; whether Defender has taken the second is not known, and somebody has closed it. */
  async function givenUp(action: 'restrict' | 'unrestrict', devices: readonly DeviceId[]) {
    const both = await asked(action, devices);
    await play.press(both.request.id, 'clk');
    for (const { id } of [both.first, both.second]) await play.verify(id, 'clk');
    const { id } = both.second;
    await bench.requests.apply(id, { kind: 'attempt-started', attemptId: 'att', deadline: inSeconds(60) });
    const why = { code: 'outcome-unknown' } as const;
    await bench.requests.apply(id, { kind: 'attempt-stuck', attemptId: 'att', why });
    await bench.requests.apply(id, { kind: 'close-clicked', by: alex, comment: 'looked' });
    return both;
  }

  /** Both restricted, and the thread has heard of it. */
  async function restricted() {
    const both = await asked('restrict', [anyDevice(), anyDevice()]);
    await play.press(both.request.id, 'clk');
    for (const { id, deviceId = assert.fail() } of [both.first, both.second]) {
      await play.verify(id, 'clk');
      await play.succeed(id);
      const { state } = await bench.reread(id);
      assert.ok(state.status === 'ended');
      const { id: own, createdAt, updatedAt = createdAt } = state.machineAction;
      bench.portal(deviceId, 'restrict', { id: own, createdAt, updatedAt });
    }
    const moment = momentToTell(await play.onCard(both.request.id)) ?? assert.fail();
    await bench.cards.told(both.request.id, moment);
    return both;
  }

  it('is ours when it bears the mark of the card and is of that very device', async () => {
    const [one, other] = [await bench.done(), await bench.done()];
    const both = await givenUp('unrestrict', [one.deviceId, other.deviceId]);
    bench.portal(other.deviceId, 'unrestrict', { ...markedBy(both.request.id), createdAt: inSeconds(0) });
    await bench.nextSweep();

    const own = { kind: 'own', number: both.request.number };
    const { place } = await bench.reread(other.id);
    const isHere = place.conversation === both.request.place.conversation;
    assert.deepEqual(await origins(other.id), [['lifted', isHere ? own : { kind: 'own' }]]);
    assert.deepEqual(await origins(both.second.id), [['lifted', { ...own, itself: true }]]);
    for (const id of [one.id, both.first.id]) assert.equal(await bench.found(id), undefined);
  });

  it('is no proof for another of the devices, nor for one that is not among them', async () => {
    const [one, other] = [await bench.done(), await bench.done()];
    const both = await givenUp('unrestrict', [anyDevice(), other.deviceId]);
    const change = bench.portal(one.deviceId, 'unrestrict', {
      ...markedBy(both.request.id),
      createdAt: inSeconds(0),
    });
    await bench.nextSweep();
    assert.deepEqual(await bench.found(one.id), [[change, 'lifted']]);
    assert.deepEqual(await origins(one.id), [['lifted', undefined]]);
    for (const { id } of [both.first, both.second]) assert.equal(await bench.found(id), undefined);
  });

  it('is not said to be made elsewhere while the request may have forgotten to have sent it', async () => {
    const { id, deviceId } = await bench.done();
    const both = await asked('unrestrict', [anyDevice(), deviceId]);
    await forgot(both.second.id);
    bench.portal(deviceId, 'unrestrict', { ...markedBy(both.request.id), createdAt: inSeconds(0) });
    await bench.nextSweep();
    assert.equal(await bench.found(id), undefined);
  });

  it('is found by the mark of the card on a device of which nothing else is known', async () => {
    await bench.done();
    const device = anyDevice();
    const { request, second } = await asked('restrict', [anyDevice(), device]);
    await forgot(second.id);
    await bench.requests.applyToAll(request.id, () => ({ kind: 'deny-clicked', by: alex, comment: 'no' }));
    bench.portal(device, 'restrict', markedBy(request.id));
    await bench.nextSweep();
    const itself = { kind: 'own', number: request.number, itself: true };
    assert.deepEqual(await origins(second.id), [['restricted', itself]]);
  });

  async function forgot(id: RequestId): Promise<void> {
    await bench.sql
      .updateTable('requests')
      .set({ look_first_until: '2026-11-23T05:00:00.000Z' })
      .where('id', '=', id)
      .execute();
  }

  it('is told in one word of all devices that were changed, by the number of the card', async () => {
    const { request, first, second } = await restricted();
    const changes = [first, second].map(({ deviceId = assert.fail() }) =>
      bench.portal(deviceId, 'unrestrict', { createdAt: inSeconds(0), updatedAt: inSeconds(5) }),
    );
    await bench.nextSweep();
    for (const [index, { id }] of [first, second].entries()) {
      const job = { requestId: id, change: changes[index] ?? assert.fail() };
      for (let count = 0; count < 3; count += 1)
        assert.equal(await bench.handlers['tell-elsewhere'](job), undefined);
    }
    const word = `lifted: #${request.number}`;
    assert.deepEqual(bench.chatSays.said, [`elsewhere ${word}; ${word}`]);
    assert.equal(await bench.cards.toldElsewhere(first), changes[0]);
    assert.equal(await bench.cards.toldElsewhere(second), changes[1]);
  });

  it('is told by one job at a time, whichever of the devices it is about, and after the end of all', async () => {
    const { request, second } = await restricted();
    const { id, deviceId = assert.fail() } = second;
    const change = bench.portal(deviceId, 'unrestrict', {
      createdAt: inSeconds(0),
      updatedAt: inSeconds(5),
    });
    await bench.nextSweep();
    const tell = () => bench.handlers['tell-elsewhere']({ requestId: id, change });
    const teller = (await bench.outcomes.begin(request.id)) ?? assert.fail();
    assert.deepEqual(await tell(), { againInSeconds: 1 });
    await bench.outcomes.end(request.id, teller);
    await bench.cards.told(request.id, '2026-11-23T03:00:00.000Z');
    assert.deepEqual(await tell(), { againInSeconds: 1 });
    assert.deepEqual(bench.chatSays.said, []);
    await bench.cards.told(request.id, momentToTell(await play.onCard(request.id)) ?? assert.fail());
    assert.equal(await tell(), undefined);
    assert.equal(bench.chatSays.said.length, 1);
  });

  it('does not wait for an end that is far while another of the devices goes on', async () => {
    const both = await asked('restrict', [anyDevice(), anyDevice()]);
    await play.press(both.request.id, 'clk');
    for (const { id } of [both.first, both.second]) await play.verify(id, 'clk');
    await play.succeed(both.second.id);
    const machineAction = aMachineAction({ id: 'pending', status: 'Pending' });
    await bench.requests.apply(both.first.id, { kind: 'action-found', machineAction });
    // One of them had waited for somebody, and goes on since.
    await bench.cards.told(both.request.id, '2026-11-23T03:00:00.000Z');
    const { deviceId = assert.fail() } = both.second;
    const change = bench.portal(deviceId, 'unrestrict', {
      createdAt: inSeconds(0),
      updatedAt: inSeconds(5),
    });
    await bench.nextSweep();
    assert.equal(await bench.handlers['tell-elsewhere']({ requestId: both.second.id, change }), undefined);
    assert.equal(bench.chatSays.said.length, 1);
  });
});
