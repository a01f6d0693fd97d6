import assert from 'node:assert/strict';
import type { PrivateNote } from '../../../src/containment/event.ts';
import type { RequestId } from '../../../src/containment/ids.ts';
import { aMachineAction, alex, sam } from '../../support/requests.ts';
import {
  aRunningRequest,
  anApprovedRequest,
  anAwaitingRequest,
  machineActionIdOf,
} from '../../support/running-request.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('a private message that comes late', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());

  const notHeld: PrivateNote = { about: 'approval', why: { code: 'could-not-check' } };
  const notCancelled: PrivateNote = { about: 'cancellation', why: { code: 'failed' } };
  const tooLate: PrivateNote = { about: 'cancellation', why: { code: 'already-final' } };

  async function isTold(requestId: RequestId, note: PrivateNote): Promise<boolean> {
    const before = bench.chatSays.said.length;
    await bench.handlers.tell({ requestId, to: alex, note });
    return bench.chatSays.said.length > before;
  }
  const press = (id: RequestId) =>
    bench.requests.apply(id, { kind: 'approve-clicked', by: alex, clickId: 'again' });
  const cancel = (id: RequestId) =>
    bench.requests.apply(id, { kind: 'cancel-clicked', by: alex, comment: 'wrong device' });
  const observe = (id: RequestId, status: 'Cancelled' | 'Succeeded') =>
    bench.requests.apply(id, {
      kind: 'action-observed',
      machineAction: aMachineAction({ id: machineActionIdOf(id), status }),
    });

  it('does not say that an approval did not hold when its person has approved since, or asks anew', async () => {
    const pressed = await anAwaitingRequest(bench.requests);
    await press(pressed.id);
    const approved = await anApprovedRequest(bench.requests);
    const running = await aRunningRequest(bench.requests);

    assert.equal(await isTold(pressed.id, notHeld), false);
    assert.equal(await isTold(approved.id, notHeld), false);
    assert.equal(await isTold(running.id, notHeld), false);
  });

  it('says it all the same where that is true: of an open request, of one that others approved, of one stopped', async () => {
    const open = await anAwaitingRequest(bench.requests);
    const ofOthers = await anApprovedRequest(bench.requests, {}, sam);
    const stopped = await anApprovedRequest(bench.requests);
    await cancel(stopped.id);

    assert.equal(await isTold(open.id, notHeld), true);
    assert.equal(await isTold(ofOthers.id, notHeld), true);
    assert.equal(await isTold(stopped.id, notHeld), true);
  });

  it('does not say that nothing was cancelled when its person has asked again, or it is cancelled', async () => {
    const asked = await aRunningRequest(bench.requests);
    await cancel(asked.id);
    const cancelled = await aRunningRequest(bench.requests);
    await observe(cancelled.id, 'Cancelled');

    assert.equal(await isTold(asked.id, notCancelled), false);
    assert.equal(await isTold(cancelled.id, notCancelled), false);
  });

  it('says that a Release or Extend did not count, unless its person has pressed that again or has done it', async () => {
    const notReleased: PrivateNote = { about: 'release', why: { code: 'could-not-check' } };
    const notExtended: PrivateNote = { about: 'extend', why: { code: 'could-not-check' } };
    const boxed = async (): Promise<RequestId> => {
      const { id } = await aRunningRequest(bench.requests, { box: { text: '4h', seconds: 14_400 } });
      await observe(id, 'Succeeded');
      return id;
    };
    const [inForce, pressed, released] = [await boxed(), await boxed(), await boxed()];
    const extending = await boxed();
    const duration = { text: '8h', seconds: 28_800 };
    await bench.requests.apply(extending, { kind: 'extend-clicked', by: alex, clickId: 'more', duration });
    await bench.requests.apply(pressed, { kind: 'release-clicked', by: alex, clickId: 'again' });
    const lifted = { by: alex, at: await bench.requests.now(), number: 13 };
    await bench.requests.apply(released, { kind: 'restriction-released', ...lifted });

    assert.equal(await isTold(inForce, notReleased), true);
    assert.equal(await isTold(extending, notReleased), true);
    assert.equal(await isTold(extending, notExtended), false);
    await bench.requests.apply(extending, {
      kind: 'wish-verified',
      wish: 'extend',
      clickId: 'more',
      upn: undefined,
    });
    assert.equal(await isTold(extending, notExtended), false);
    assert.equal(await isTold(inForce, notExtended), true);
    // Pressed once more, much later, and that did not count; nor did what somebody else pressed since.
    bench.time.ahead += 60;
    for (const by of [alex, sam]) {
      await bench.requests.apply(extending, { kind: 'extend-clicked', by, clickId: 'again', duration });
      const why = { code: 'could-not-check' } as const;
      const refused = { kind: 'wish-refused', wish: 'extend', clickId: 'again', why, tell: true } as const;
      await bench.requests.apply(extending, refused);
    }
    const effects = bench.effectsOf(extending).flatMap((one) => (one.kind === 'tell' ? [one] : []));
    const told = effects.find(({ to }) => to.name === alex.name) ?? assert.fail();
    assert.equal(await isTold(extending, told.note), true);
    assert.equal(await isTold(pressed, notReleased), false);
    assert.equal(await isTold(released, notReleased), false);
  });

  it('says it where it goes on, and that it was too late where it has ended', async () => {
    const running = await aRunningRequest(bench.requests);
    const ended = await aRunningRequest(bench.requests);
    await cancel(ended.id);
    await observe(ended.id, 'Succeeded');

    assert.equal(await isTold(running.id, notCancelled), true);
    assert.equal(await isTold(ended.id, tooLate), true);
  });
});
