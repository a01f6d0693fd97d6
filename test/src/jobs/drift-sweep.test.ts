import assert from 'node:assert/strict';
import { sweepForDrift } from '../../../src/jobs/drift-sweep.ts';
import { howToGoOn } from '../../../bot/texts/how-to-go-on.ts';
import { nextStep } from '../../../bot/texts/next-steps.ts';
import { randomUUID } from 'node:crypto';
import { type DriftBench, openDriftBench } from './drift-bench.ts';
import { failing } from './fake-defender.ts';

describe('a sweep for changes made elsewhere', () => {
  let bench: DriftBench;
  before(async () => {
    bench = await openDriftBench();
  });
  after(() => bench.close());
  beforeEach(() => bench.begin());

  it('finds lifts of any number of devices with one list', async () => {
    const all = [await bench.done(), await bench.done(), await bench.done(), await bench.done()];
    const ids = all.map(({ deviceId }) => bench.portal(deviceId, 'unrestrict'));

    assert.equal(await bench.nextSweep(), 1);

    assert.equal(bench.lists(), 1);
    for (const [index, { id }] of all.entries())
      assert.deepEqual(await bench.found(id), [[ids[index], 'lifted']]);
    const [{ id } = assert.fail()] = all;
    const records = await bench.audited(id);
    const { who, detail } = records.at(-1) ?? {};
    assert.deepEqual(
      [records.at(-1)?.['what'], who, JSON.stringify(detail).includes('portal.operator@contoso.example')],
      ['changed-elsewhere', 'cordon', true],
    );
  });

  it('is over for a request when a lift of ours has ended it, and begins again after that', async () => {
    const { id, deviceId } = await bench.done();
    bench.portal(deviceId, 'unrestrict');
    const anew = bench.portal(deviceId, 'restrict', { updatedAt: '2026-11-23T05:11:30.1234567Z' });
    await bench.nextSweep();
    const early = await bench.done({ deviceId, action: 'unrestrict', at: '2026-11-23T05:05:00.1234567Z' });
    await bench.handlers['settle-lift']({ requestId: early.id });
    assert.equal((await bench.reread(id)).released, undefined);
    const lift = await bench.done({ deviceId, action: 'unrestrict', at: '2026-11-23T05:20:00.1234567Z' });
    await bench.handlers['settle-lift']({ requestId: lift.id });

    const request = await bench.reread(id);
    assert.equal(request.released?.after, anew);
    assert.match(nextStep(request), /later that the restriction was lifted\.$/);
    assert.match(howToGoOn(request), /^\/restrict/);
    assert.deepEqual(await bench.parts.boxes.restrictionsToSettle(await bench.reread(lift.id)), []);
    // The lift was asked for in another conversation, so that nobody here would hear of this by its thread.
    const again = bench.portal(deviceId, 'restrict', { updatedAt: '2026-11-23T05:30:00.1234567Z' });
    await bench.nextSweep();
    for (const one of [id, lift.id]) assert.equal((await bench.found(one))?.at(-1)?.[0], again);
    assert.match(nextStep(await bench.reread(id)), /To lift it, use \/unrestrict\.$/);
  });

  it('finds what was lifted here and restricted again elsewhere, behind the lift', async () => {
    const { id, deviceId } = await bench.done();
    const lift = await bench.done({ deviceId, action: 'unrestrict', at: '2026-11-23T04:15:00.1234567Z' });
    const anew = bench.portal(deviceId, 'restrict');
    await bench.nextSweep();

    assert.deepEqual(await bench.found(lift.id), [[anew, 'restricted']]);
    assert.equal(await bench.found(id), undefined);
    // Once it counts as released by another conversation's lift, its people hear it as well.
    await bench.handlers['settle-lift']({ requestId: lift.id });
    await bench.nextSweep();
    assert.deepEqual(await bench.found(id), [[anew, 'restricted']]);
    assert.match(
      nextStep(await bench.reread(id)),
      /that this restriction was lifted, and later that app execution was restricted again outside Cordon\. To lift/,
    );
  });

  it('finds for one request what another knows already', async () => {
    const first = await bench.done();
    const change = bench.portal(first.deviceId, 'unrestrict');
    await bench.nextSweep();
    // It took effect before that lift, and we learned of it only after.
    const second = await bench.done({ deviceId: first.deviceId, at: '2026-11-23T04:15:00.1234567Z' });
    await bench.nextSweep();

    for (const { id } of [first, second]) assert.deepEqual(await bench.found(id), [[change, 'lifted']]);
  });

  it('settles nothing for a change that makes no difference', async () => {
    const { deviceId } = await bench.done();
    bench.portal(deviceId, 'restrict');
    const settled: string[] = [];
    const { drift } = bench.sweepParts;
    const settle: typeof drift.settle = (tenantId, device, listed) => {
      settled.push(device);
      return drift.settle(tenantId, device, listed);
    };
    bench.sweepParts = { ...bench.sweepParts, drift: { ...drift, settle } };
    await bench.nextSweep();
    assert.deepEqual(settled, []);
    bench.portal(deviceId, 'unrestrict', { updatedAt: '2026-11-23T05:21:30.1234567Z' });
    await bench.nextSweep();
    await bench.nextSweep();
    assert.deepEqual(settled, [deviceId]);
  });

  it('watches what is said to be restricted for as long as that is said, in force or not', async () => {
    const { id, deviceId } = await bench.done();
    bench.portal(deviceId, 'unrestrict');
    bench.portal(deviceId, 'restrict', { updatedAt: '2026-11-23T05:11:30.1234567Z' });
    await bench.nextSweep();
    bench.time.ahead += 30 * 86_400;
    const lifted = bench.portal(deviceId, 'unrestrict', { updatedAt: '2026-12-23T05:11:30.1234567Z' });
    await bench.nextSweep();
    assert.equal((await bench.found(id))?.at(-1)?.[0], lifted);
    bench.time.ahead += 8 * 86_400;
    assert.deepEqual(await bench.sweepParts.drift.watched(bench.tenantId), []);
  });

  it('watches what is in force for ever, and the rest for a week', async () => {
    const inForce = await bench.done();
    const released = await bench.done();
    await bench.done({
      deviceId: released.deviceId,
      action: 'unrestrict',
      at: '2026-11-23T04:15:00.1234567Z',
    });
    bench.time.ahead = 8 * 86_400;
    const watched = await bench.sweepParts.drift.watched(bench.tenantId);

    assert.deepEqual(
      watched.map(({ deviceId }) => deviceId),
      [inForce.deviceId],
    );
    bench.time.ahead = 6 * 86_400;
    assert.equal(
      new Set((await bench.sweepParts.drift.watched(bench.tenantId)).map((one) => one.deviceId)).size,
      2,
    );
  });

  it('goes on with other devices and tenants when one cannot be compared', async () => {
    const [one, two] = [await bench.done(), await bench.done()];
    for (const { deviceId } of [one, two]) bench.portal(deviceId, 'unrestrict');
    const { drift } = bench.sweepParts;
    const other = randomUUID();
    const troubled: typeof drift = {
      ...drift,
      settle: (tenantId, deviceId, listed) =>
        deviceId === one.deviceId
          ? Promise.reject(new Error('no'))
          : drift.settle(tenantId, deviceId, listed),
      watched: (tenantId) => (tenantId === other ? Promise.reject(new Error('no')) : drift.watched(tenantId)),
    };
    bench.sweepParts = { ...bench.sweepParts, tenants: [other, bench.tenantId], drift: troubled };
    await bench.nextSweep();
    assert.equal(await bench.nextSweep(), 2);
    assert.equal(await bench.found(one.id), undefined);
    assert.equal((await bench.found(two.id))?.length, 1);
    // The look was made, and is recorded, though not all of it could be stored.
    const records = await bench.audited(`tenant:${bench.tenantId}`);
    assert.ok(records.some(({ what }) => what === 'drift-looked-for'));
  });

  it('comes every ten minutes at most, makes no call when nothing is watched, and waits as long as Defender asks', async () => {
    await bench.nextSweep();
    assert.equal(bench.lists(), 0);
    await bench.done();
    bench.defenderSays.answers({ listSucceeded: failing('budget', { retryAfterMs: 1_800_000 }) });
    assert.equal(await bench.nextSweep(), 1);
    const sweeps: number[] = [];
    for (const seconds of [590, 20, 1_100, 100]) {
      bench.time.ahead += seconds;
      sweeps.push(await sweepForDrift(bench.sweepParts));
    }

    assert.deepEqual(sweeps, [0, 0, 0, 1]);
  });

  it('is anybody’s again when the process that made it is gone, or has to stop', async () => {
    await bench.done();
    bench.time.ahead += 601;
    const wish = { tenants: [bench.tenantId], everySeconds: 600, leaseSeconds: 120 };
    assert.equal(await bench.sweepParts.drift.takeDue(wish), bench.tenantId);
    assert.equal(await sweepForDrift(bench.sweepParts), 0);
    bench.time.ahead += 121;
    assert.equal(await sweepForDrift(bench.sweepParts, AbortSignal.abort()), 1);
    bench.time.ahead += 1;
    assert.equal(await sweepForDrift(bench.sweepParts), 1);
  });
});
