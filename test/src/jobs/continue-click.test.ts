import assert from 'node:assert/strict';
import { DefenderError } from '../../../src/defender/errors.ts';
import { pageOf } from '../../../bot/texts/pages.ts';
import { checkApproval } from '../../../src/jobs/check-approval.ts';
import { abandonClick, continueClick } from '../../../src/jobs/continue-click.ts';
import type { RequestId } from '../../../src/containment/ids.ts';
import { aDeviceId, aMachineAction, alex, sam } from '../../support/requests.ts';
import { aRunningRequest, machineActionIdOf } from '../../support/running-request.ts';
import { overWith, token, waitingForSignIn, wantMore } from './extra-step.ts';
import { aMachine, anAction, failing } from './fake-defender.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('a click that goes on after a sign-in on Cordon’s own page', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.time.ahead = 0;
    bench.defenderSays.reset();
    bench.access.reset();
    wantMore(bench);
  });

  const waiting = (wish: Parameters<typeof waitingForSignIn>[1] = {}) => waitingForSignIn(bench, wish);

  const submitsLater = (id: RequestId) =>
    bench.effectsOf(id).find((effect) => effect.kind === 'submit' && effect.at !== undefined);

  it('is checked, decided and submitted with that token alone', async () => {
    const click = await waiting();

    const continued = await overWith(await continueClick(bench.parts, click, token));

    assert.equal(continued.kind, 'counts');
    assert.equal(await bench.labelOf(click.purpose.requestId), 'Pending');
    assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([token.token]));
  });

  it('has a submission by job behind it, should this process die with the token', async () => {
    const click = await waiting();

    await overWith(await continueClick(bench.parts, click, token));

    assert.notEqual(submitsLater(click.purpose.requestId), undefined);
  });

  it('is refused when somebody else has decided, and nothing is sent', async () => {
    const click = await waiting();
    const { requestId } = click.purpose;
    await bench.requests.apply(requestId, { kind: 'deny-clicked', by: sam, comment: 'No' });

    const continued = await continueClick(bench.parts, click, token);

    assert.notEqual(continued.kind, 'counts');
    assert.equal(await bench.labelOf(requestId), 'Denied');
    assert.ok(!bench.defenderSays.calls.includes('submit'));
  });

  it('is void when Defender refuses its person, whatever the sign-in', async () => {
    const click = await waiting();
    bench.defenderSays.answers({ readDevice: failing('forbidden') });

    const continued = await continueClick(bench.parts, click, token);

    assert.ok(continued.kind === 'void' && continued.why.code === 'not-permitted');
    assert.ok(continued.noteId !== undefined);
    const waits = bench.effectsOf(click.purpose.requestId).filter(({ kind }) => kind === 'tell');
    assert.deepEqual(
      waits.map((effect) => effect.kind === 'tell' && effect.unlessTold),
      [continued.noteId],
    );
    assert.equal(await bench.labelOf(click.purpose.requestId), 'Awaiting approval');
  });

  it('sends nobody back to a sign-in that cannot ask which device is meant', async () => {
    const click = await waiting({ deviceId: undefined, deviceName: 'ws-finance-017' });
    const machines = [aDeviceId(), aDeviceId('b'.repeat(40))].map((id) => aMachine({ id }));
    const found = { fit: 'exact', isCut: false, machines } as const;
    bench.defenderSays.answers({ findDevices: () => Promise.resolve(found) });

    const continued = await continueClick(bench.parts, click, token);

    assert.ok(continued.kind === 'void' && continued.why.code === 'device-unclear');
    const page = pageOf('approve', continued).lines.join(' ');
    assert.match(page, /Deny the request, and have it made with the device id/);
    assert.doesNotMatch(page, /Press Approve again/);
  });

  it('ends the request, and says so, when its device can never have the action', async () => {
    const click = await waiting();
    bench.defenderSays.answers({
      readDevice: (_token, id) => Promise.resolve(aMachine({ id, osPlatform: 'macOS' })),
    });

    const continued = await continueClick(bench.parts, click, token);

    assert.equal(continued.kind, 'not-possible');
    assert.match(pageOf('approve', continued).title, /^#\d+ cannot be carried out$/);
    assert.equal(await bench.labelOf(click.purpose.requestId), 'Needs attention');
    assert.ok(!bench.defenderSays.calls.includes('submit'));
  });

  it('is tried again while Defender asks to wait', async () => {
    const click = await waiting();
    let asked = 0;
    bench.defenderSays.answers({
      readDevice: (...args) => {
        asked += 1;
        return asked === 1
          ? Promise.reject(new DefenderError('throttled', { retryAfterMs: 100 }))
          : bench.defenderSays.usual.readDevice(...args);
      },
    });

    const continued = await overWith(await continueClick(bench.parts, click, token));

    assert.equal(continued.kind, 'counts');
    assert.equal(asked, 2);
  });

  it('is void, told by a message unless the page does, when the sign-in comes to nothing', async () => {
    const click = await waiting();
    const { requestId } = click.purpose;

    const noteId = await abandonClick(bench.parts, click, { code: 'wrong-account' });

    const { state } = await bench.reread(requestId);
    assert.ok(state.status === 'awaiting' && state.clicks.length === 0);
    const tells = bench.effectsOf(requestId).filter(({ kind }) => kind === 'tell');
    assert.ok(noteId !== undefined);
    assert.deepEqual(
      tells.map((effect) => effect.kind === 'tell' && effect.unlessTold),
      [noteId],
    );
  });

  it('is abandoned without harm when it has been decided meanwhile', async () => {
    const click = await waiting();
    await overWith(await continueClick(bench.parts, click, token));

    await abandonClick(bench.parts, click, { code: 'wrong-account' });

    assert.equal(await bench.labelOf(click.purpose.requestId), 'Pending');
  });

  it('goes on by its newest link when the sign-in by an older one comes to nothing', async () => {
    const older = await waiting();
    const { requestId, clickId } = older.purpose;
    bench.time.ahead = 5;
    const check = { requestId, clickId, inTurn: true, mayStepUp: true };
    const pressedAgain = await checkApproval(bench.parts, check);
    assert.ok(pressedAgain.kind === 'sign-in-needed');
    const newer = { ...older, purpose: { ...older.purpose, signInUntil: pressedAgain.until } };

    await abandonClick(bench.parts, older, { code: 'extra-sign-in-needed' });

    assert.ok(bench.effectsOf(requestId).every(({ kind }) => kind !== 'tell'));
    const continued = await overWith(await continueClick(bench.parts, newer, token));
    assert.equal(continued.kind, 'counts');
  });

  it('is given up by a link of an older program, which does not say which of several it is', async () => {
    const { person, purpose } = await waiting();
    const { requestId, clickId } = purpose;
    const older = { person, purpose: { verb: 'approve', requestId, clickId } } as const;

    await abandonClick(bench.parts, older, { code: 'wrong-account' });

    const { state } = await bench.reread(requestId);
    assert.ok(state.status === 'awaiting' && state.clicks.length === 0);
  });

  it('leaves no token in the audit record', async () => {
    const click = await waiting();
    await overWith(await continueClick(bench.parts, click, token));

    const records = JSON.stringify(await bench.audited(click.purpose.requestId));

    assert.ok(records.includes('step-up-token-used'));
    assert.ok(!records.includes(token.token));
  });

  it('counts from the sign-in, not from the press that waited for it', async () => {
    const click = await waiting();
    bench.time.ahead = 599;
    let asked = 0;
    bench.defenderSays.answers({
      readDevice: (...args) => {
        asked += 1;
        if (asked > 1) return bench.defenderSays.usual.readDevice(...args);
        // The click is older than ten minutes by now.
        bench.time.ahead = 605;
        return Promise.reject(new DefenderError('throttled', { retryAfterMs: 100 }));
      },
    });

    const continued = await overWith(await continueClick(bench.parts, click, token));

    assert.equal(continued.kind, 'counts');
    const { state } = await bench.reread(click.purpose.requestId);
    assert.ok(state.status === 'running');
    assert.ok(Date.parse(state.approval.at) >= Date.now() + 600_000);
  });

  it('is told as given up when it was, and as withdrawn when the request is', async () => {
    const click = await waiting();
    const { requestId } = click.purpose;
    await abandonClick(bench.parts, click, { code: 'could-not-check' });
    assert.equal((await continueClick(bench.parts, click, token)).kind, 'gone');

    const approved = await waiting();
    await continueClick(bench.parts, approved, token);
    const second = await waiting();
    await bench.requests.apply(second.purpose.requestId, {
      kind: 'approve-verified',
      clickId: 'clk',
      device: { name: 'ws', osPlatform: 'Windows11' },
    });
    await bench.requests.apply(second.purpose.requestId, { kind: 'cancel-clicked', by: alex, comment: 'No' });

    const continued = await continueClick(bench.parts, second, token);

    assert.equal(continued.kind === 'refused' && continued.refusal.code, 'already-decided');
    assert.equal(await bench.labelOf(second.purpose.requestId), 'Withdrawn');
    assert.equal(await bench.labelOf(requestId), 'Awaiting approval');
  });

  it('counts by a second link only as long as its approval is under way', async () => {
    const click = await waiting();
    const { requestId } = click.purpose;
    await overWith(await continueClick(bench.parts, click, token));

    const running = await continueClick(bench.parts, click, token);
    await bench.requests.apply(requestId, {
      kind: 'action-observed',
      machineAction: aMachineAction({ id: bench.defenderSays.actions[0]?.id ?? '', status: 'Succeeded' }),
    });
    const ended = await continueClick(bench.parts, click, token);

    assert.equal(running.kind, 'counts');
    assert.equal(ended.kind === 'refused' && ended.refusal.code, 'already-approved-by-you');
    assert.equal(bench.defenderSays.count('submit'), 1);
  });

  it('is approved by you, for a second link that is refused while the first one counts', async () => {
    const click = await waiting();
    const { requestId } = click.purpose;
    bench.defenderSays.answers({
      readDevice: async () => {
        bench.defenderSays.answers({ readDevice: undefined });
        await overWith(await continueClick(bench.parts, click, token));
        throw new DefenderError('unauthorized');
      },
    });

    const continued = await continueClick(bench.parts, click, token);

    assert.ok(continued.kind === 'refused' && continued.refusal.code === 'already-approved-by-you');
    assert.equal(bench.defenderSays.count('submit'), 1);
    assert.equal(await bench.labelOf(requestId), 'Pending');
  });

  it('hands nothing over by a second link when the first one came to a stop', async () => {
    const click = await waiting();
    bench.defenderSays.answers({ submit: failing('os-not-supported') });
    await overWith(await continueClick(bench.parts, click, token));
    assert.equal(await bench.labelOf(click.purpose.requestId), 'Needs attention');

    const again = await continueClick(bench.parts, click, token);

    assert.equal(again.kind === 'refused' && again.refusal.code, 'already-approved-by-you');
    assert.equal(bench.defenderSays.count('submit'), 1);
  });

  it('looks again with that token alone when that was what was pressed', async () => {
    const { id } = await aRunningRequest(bench.requests);
    bench.defenderSays.actions.push(anAction({ id: machineActionIdOf(id), status: 'Succeeded' }));
    const looked = { person: alex, purpose: { verb: 'recheck', requestId: id } } as const;

    const continued = await continueClick(bench.parts, looked, token);

    assert.equal(continued.kind === 'looked' && continued.outcome.kind, 'confirmed');
    assert.equal(await bench.labelOf(id), 'Succeeded');
    assert.deepEqual(bench.defenderSays.tokens, [token.token]);
  });
});
