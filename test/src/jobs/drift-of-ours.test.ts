import assert from 'node:assert/strict';
import type { DeviceId, RequestId } from '../../../src/containment/ids.ts';
import { aDeviceId, aMachineAction, alex, riley } from '../../support/requests.ts';
import {
  aRunningRequest,
  anApprovedRequest,
  anAwaitingRequest,
  machineActionIdOf,
} from '../../support/running-request.ts';
import { type DriftBench, openDriftBench } from './drift-bench.ts';

const aPlace = (conversation: string) =>
  ({ conversation, thread: `${conversation};messageid=1`, kind: 'channel' }) as const;

describe('what is ours among the changes that Defender lists', () => {
  let bench: DriftBench;
  before(async () => {
    bench = await openDriftBench();
  });
  after(() => bench.close());
  beforeEach(() => bench.begin());

  const origins = async (id: RequestId) =>
    (await bench.reread(id)).elsewhere?.map(({ became, by, origin }) => [became, by, origin]);

  const inSeconds = (count: number): string =>
    new Date(Date.now() + (bench.time.ahead + count) * 1_000).toISOString();

  const wish = (deviceId: DeviceId) =>
    ({ tenantId: bench.tenantId, deviceId, action: 'unrestrict', place: aPlace('here') }) as const;

  /** Whether Defender has taken it is not known. */
  async function aLiftInDoubt(deviceId: DeviceId) {
    const { id, number } = await anApprovedRequest(bench.requests, wish(deviceId));
    const deadline = inSeconds(60);
    await bench.requests.apply(id, { kind: 'attempt-started', attemptId: 'att-1', deadline });
    const why = { code: 'outcome-unknown' } as const;
    await bench.requests.apply(id, { kind: 'attempt-stuck', attemptId: 'att-1', why });
    return { id, number };
  }

  /** What Defender lists of the action that was sent. */
  const sentFor = ({ id }: { readonly id: RequestId }) => ({
    requestorComment: `Beacon seen | cordon:${id}`,
    requestor: 'Alex.Moreno@contoso.example',
    createdAt: inSeconds(0),
  });

  it('takes no lift for ours because it bears the mark of a request that has sent nothing, and names both', async () => {
    for (const end of ['open', 'denied', 'elsewhere'] as const) {
      const { id, deviceId } = await bench.done();
      const given = wish(end === 'elsewhere' ? (await bench.done()).deviceId : deviceId);
      const unsent = await anApprovedRequest(bench.requests, given);
      if (end === 'denied')
        await bench.requests.apply(unsent.id, { kind: 'cancel-clicked', by: riley, comment: 'no' });
      const change = bench.portal(deviceId, 'unrestrict', {
        requestorComment: `Beacon seen | cordon:${unsent.id}`,
      });
      await bench.nextSweep();
      assert.deepEqual(await bench.found(id), [[change, 'lifted']], end);
      // It may be ours all the same, late: that it was made outside Cordon is not said.
      const origin = end === 'elsewhere' ? undefined : { kind: 'marked' };
      assert.deepEqual(await origins(id), [['lifted', 'portal.operator@contoso.example', origin]]);
    }
  });

  it('says of our mark that is in no record whose it may be, and who made it according to Defender', async () => {
    const { id, deviceId } = await bench.done();
    bench.portal(deviceId, 'unrestrict', { requestorComment: 'x cordon:req_000000000000000000forgotten' });
    await bench.nextSweep();
    assert.deepEqual(await origins(id), [
      ['lifted', 'portal.operator@contoso.example', { kind: 'unrecorded' }],
    ]);
  });

  it('uses what is ours and was given up: closed, or ended otherwise before', async () => {
    const { id, deviceId } = await bench.done();
    const closed = await aLiftInDoubt(deviceId);
    await bench.requests.apply(closed.id, { kind: 'close-clicked', by: alex, comment: 'looked' });
    bench.portal(deviceId, 'unrestrict', sentFor(closed));
    await bench.nextSweep();

    assert.deepEqual(await origins(id), [['lifted', undefined, { kind: 'own' }]]);
    const itself = { kind: 'own', number: closed.number, itself: true };
    assert.deepEqual(await origins(closed.id), [['lifted', undefined, itself]]);

    const other = await bench.done();
    const late = await aRunningRequest(bench.requests, wish(other.deviceId));
    const machineAction = aMachineAction({ id: machineActionIdOf(late.id), status: 'TimeOut' });
    await bench.requests.apply(late.id, { kind: 'action-observed', machineAction });
    bench.portal(other.deviceId, 'unrestrict', { id: machineActionIdOf(late.id) });
    await bench.nextSweep();
    await bench.nextSweep();

    assert.deepEqual(await origins(other.id), [['lifted', undefined, { kind: 'own' }]]);
    assert.equal((await origins(late.id))?.length, 1);
    assert.equal(await bench.labelOf(late.id), 'Timed out');
    for (const one of [id, closed.id, other.id, late.id])
      assert.equal(bench.effectsOf(one).filter(({ kind }) => kind === 'tell-elsewhere').length, 1);
  });

  it('knows what it sent by its mark alone where a restored backup has forgotten by whom and when', async () => {
    const { id, deviceId } = await bench.done();
    const closed = await aLiftInDoubt(deviceId);
    await bench.requests.apply(closed.id, { kind: 'close-clicked', by: alex, comment: 'looked' });
    await bench.sql
      .updateTable('requests')
      .set({ look_first_until: new Date(Date.now() - 1_000) })
      .where('id', '=', closed.id)
      .execute();
    const forgotten = { requestor: 'priya.nair@contoso.example', createdAt: inSeconds(-3_600) };
    bench.portal(deviceId, 'unrestrict', { ...sentFor(closed), ...forgotten });
    await bench.nextSweep();
    assert.deepEqual(await origins(closed.id), [
      ['lifted', undefined, { kind: 'own', number: closed.number, itself: true }],
    ]);
    assert.equal((await origins(id))?.[0]?.[1], undefined);
  });

  it('takes a copied mark for no proof: by another account, at another time, or when its own action was found', async () => {
    const cases = {
      account: () => ({ requestor: 'portal.operator@contoso.example' }),
      before: () => ({ createdAt: inSeconds(-3_600) }),
      after: () => ({ createdAt: inSeconds(3_600) }),
    };
    for (const [name, wrong] of Object.entries(cases)) {
      const { id, deviceId } = await bench.done();
      const closed = await aLiftInDoubt(deviceId);
      await bench.requests.apply(closed.id, { kind: 'close-clicked', by: alex, comment: 'looked' });
      const change = { ...sentFor(closed), ...wrong() };
      const { requestor } = change;
      bench.portal(deviceId, 'unrestrict', change);
      await bench.nextSweep();
      assert.deepEqual(await origins(id), [['lifted', requestor, { kind: 'marked' }]], name);
      assert.equal(await bench.found(closed.id), undefined, name);
    }

    const { id, deviceId } = await bench.done();
    const closed = await aLiftInDoubt(deviceId);
    await bench.requests.apply(closed.id, { kind: 'close-clicked', by: alex, comment: 'looked' });
    bench.portal(deviceId, 'unrestrict', sentFor(closed));
    await bench.nextSweep();
    bench.portal(deviceId, 'restrict', { updatedAt: '2026-11-23T05:11:30.1234567Z' });
    bench.portal(deviceId, 'unrestrict', { ...sentFor(closed), updatedAt: '2026-11-23T05:21:30.1234567Z' });
    await bench.nextSweep();
    await bench.nextSweep();
    for (const one of [id, closed.id]) {
      const { origin, by } = (await bench.reread(one)).elsewhere?.at(-1) ?? assert.fail();
      assert.deepEqual([origin?.kind, by], ['marked', 'Alex.Moreno@contoso.example']);
    }
  });

  it('takes the first of several that bear its mark for the action of a request', async () => {
    const { id, deviceId } = await bench.done();
    const closed = await aLiftInDoubt(deviceId);
    await bench.requests.apply(closed.id, { kind: 'close-clicked', by: alex, comment: 'looked' });
    bench.portal(deviceId, 'unrestrict', { ...sentFor(closed), updatedAt: '2026-11-23T05:21:30.1234567Z' });
    bench.portal(deviceId, 'restrict', { updatedAt: '2026-11-23T05:11:30.1234567Z' });
    bench.portal(deviceId, 'unrestrict', sentFor(closed));
    await bench.nextSweep();
    await bench.nextSweep();
    const kinds = async (of: RequestId) =>
      (await origins(of))?.map(([became, , origin]) => [
        became,
        (origin as { kind?: string } | undefined)?.kind,
      ]);
    assert.deepEqual(await kinds(closed.id), [
      ['lifted', 'own'],
      ['restricted', undefined],
      ['lifted', 'marked'],
    ]);
    assert.deepEqual(await kinds(id), [['lifted', 'marked']]);
  });

  it('tells a request that followed somebody else’s action that it succeeded late, and others that it is not ours', async () => {
    const { id, deviceId } = await bench.done();
    const late = await aRunningRequest(
      bench.requests,
      { ...wish(deviceId), reason: 'follows' },
      { ours: false },
    );
    const observed = aMachineAction({ id: machineActionIdOf(late.id), status: 'TimeOut', ours: false });
    await bench.requests.apply(late.id, { kind: 'action-observed', machineAction: observed });
    bench.portal(deviceId, 'unrestrict', { id: machineActionIdOf(late.id) });
    await bench.nextSweep();
    assert.deepEqual(await origins(id), [['lifted', 'portal.operator@contoso.example', undefined]]);
    const itself = { kind: 'own', number: late.number, itself: true };
    assert.deepEqual(await origins(late.id), [['lifted', undefined, itself]]);
  });

  it('tells a request whose action was given up that it succeeded, though nothing else is known of the device', async () => {
    const deviceId = aDeviceId('e'.repeat(40));
    const given = { ...wish(deviceId), action: 'restrict' } as const;
    const late = await aRunningRequest(bench.requests, given);
    const machineAction = aMachineAction({ id: machineActionIdOf(late.id), status: 'TimeOut' });
    await bench.requests.apply(late.id, { kind: 'action-observed', machineAction });
    bench.portal(deviceId, 'restrict', { id: machineActionIdOf(late.id) });
    await bench.nextSweep();
    assert.deepEqual(await origins(late.id), [
      ['restricted', undefined, { kind: 'own', number: late.number, itself: true }],
    ]);
  });

  describe('after a restored backup or a stop', () => {
    const until = '2026-11-23T05:00:00.000Z';
    async function marked(deviceId: DeviceId) {
      const waiting = await anAwaitingRequest(bench.requests, wish(deviceId));
      await bench.sql
        .updateTable('requests')
        .set({ look_first_until: until })
        .where('id', '=', waiting.id)
        .execute();
      return waiting;
    }

    it('says nothing of what may be the forgotten action of a request that awaits approval', async () => {
      for (const comment of ['marked', 'cut', 'none'] as const) {
        const { id, deviceId } = await bench.done();
        const waiting = await marked(deviceId);
        const comments = {
          marked: { requestorComment: `x | cordon:${waiting.id}` },
          cut: { requestorComment: waiting.reason.slice(0, 12) },
          none: {},
        };
        bench.portal(deviceId, 'unrestrict', { ...comments[comment], createdAt: until });
        await bench.nextSweep();
        assert.equal(await bench.found(id), undefined, comment);
      }
    });

    it('says what is surely not that action, before anybody has decided', async () => {
      const { reason } = await anAwaitingRequest(bench.requests, { tenantId: bench.tenantId });
      for (const change of [
        { requestorComment: 'Lifted by hand, Cordon is down', createdAt: until },
        { requestorComment: reason, createdAt: '2026-11-23T05:05:01.0000000Z' },
        { requestorComment: 'x cordon:req_000000000000000000forgotten', createdAt: until },
      ]) {
        const { id, deviceId } = await bench.done();
        await marked(deviceId);
        bench.portal(deviceId, 'unrestrict', change);
        await bench.nextSweep();
        assert.equal((await bench.found(id))?.length, 1, change.requestorComment);
      }
      const lift = await bench.done({ action: 'unrestrict' });
      await marked(lift.deviceId);
      bench.portal(lift.deviceId, 'restrict', { createdAt: until });
      await bench.nextSweep();
      assert.equal((await bench.found(lift.id))?.length, 1);
    });

    it('tells it as ours when that request came to an end before anybody could look', async () => {
      const { id, deviceId } = await bench.done();
      const waiting = await marked(deviceId);
      bench.portal(deviceId, 'unrestrict', { requestorComment: `Beacon seen | cordon:${waiting.id}` });
      await bench.requests.apply(waiting.id, { kind: 'deny-clicked', by: alex, comment: 'no' });
      await bench.nextSweep();
      assert.deepEqual(await origins(id), [['lifted', undefined, { kind: 'own' }]]);
    });

    it('finds it also on a device of which nothing else is known, with anybody who reads for others', async () => {
      await bench.done();
      const deviceId = aDeviceId('d'.repeat(40));
      const given = { ...wish(deviceId), action: 'restrict' } as const;
      const forgotten = await anAwaitingRequest(bench.requests, given);
      await bench.sql
        .updateTable('requests')
        .set({ look_first_until: until })
        .where('id', '=', forgotten.id)
        .execute();
      await bench.requests.apply(forgotten.id, { kind: 'deny-clicked', by: alex, comment: 'no' });
      bench.portal(deviceId, 'restrict', { requestorComment: `Beacon seen | cordon:${forgotten.id}` });
      await bench.nextSweep();
      const itself = { kind: 'own', number: forgotten.number, itself: true };
      assert.deepEqual(await origins(forgotten.id), [['restricted', undefined, itself]]);
    });
  });

  it('takes no lift for ours because it bears the mark of an earlier one of ours', async () => {
    const { id, deviceId } = await bench.done();
    const lift = await bench.done({ deviceId, action: 'unrestrict', at: '2026-11-23T03:30:00.1234567Z' });
    const again = await bench.done({ deviceId, at: '2026-11-23T04:15:00.1234567Z' });
    bench.portal(deviceId, 'unrestrict', { requestorComment: `as before cordon:${lift.id}` });
    await bench.nextSweep();

    assert.equal((await bench.found(again.id))?.length, 1);
    for (const one of [id, lift.id]) assert.equal(await bench.found(one), undefined);
  });

  it('takes an action that we follow for ours, though we do not know its end yet', async () => {
    const { id, deviceId } = await bench.done();
    const lift = await aRunningRequest(bench.requests, {
      tenantId: bench.tenantId,
      deviceId,
      action: 'unrestrict',
    });
    bench.portal(deviceId, 'unrestrict', { id: machineActionIdOf(lift.id) });
    await bench.nextSweep();

    assert.equal(await bench.found(id), undefined);
  });

  it('says nothing of a device while it is not certain what Defender has taken of ours', async () => {
    const { id, deviceId } = await bench.done();
    bench.portal(deviceId, 'unrestrict');
    const own = await aLiftInDoubt(deviceId);
    await bench.nextSweep();
    assert.equal(await bench.found(id), undefined);
    await bench.requests.apply(own.id, { kind: 'close-clicked', by: alex, comment: 'looked' });
    await bench.nextSweep();
    assert.equal((await bench.found(id))?.length, 1);
  });

  it('is not silent because of a request that has certainly sent nothing', async () => {
    for (const code of ['sign-in-needed', 'step-failed', 'waits'] as const) {
      const { id, deviceId } = await bench.done();
      bench.portal(deviceId, 'unrestrict');
      const own = await anApprovedRequest(bench.requests, wish(deviceId));
      const attempt = { attemptId: 'att-1', deadline: '2026-11-23T05:30:00.000Z' };
      await bench.requests.apply(own.id, { kind: 'attempt-started', ...attempt });
      const of = { attemptId: 'att-1' };
      await bench.requests.apply(
        own.id,
        code === 'waits'
          ? { kind: 'attempt-postponed', ...of, until: '2100-01-01T00:00:00.000Z', why: 'throttled' }
          : { kind: 'attempt-stuck', ...of, why: { code } },
      );
      await bench.nextSweep();
      assert.equal((await bench.found(id))?.length, 1, code);
    }
  });
});
