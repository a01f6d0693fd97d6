import assert from 'node:assert/strict';
import { DefenderError } from '../../../src/defender/errors.ts';
import { checkApproval } from '../../../src/jobs/check-approval.ts';
import { type Continued, abandonClick, continueClick } from '../../../src/jobs/continue-click.ts';
import { pauseSubmission, resumeSubmission } from '../../../src/jobs/pausing.ts';
import type { Event } from '../../../src/containment/event.ts';
import type { RequestId } from '../../../src/containment/ids.ts';
import type { JobParts } from '../../../src/jobs/parts.ts';
import { alex, sam } from '../../support/requests.ts';
import { aRunningRequest, anAwaitingRequest, machineActionIdOf } from '../../support/running-request.ts';
import { anAction, failing } from './fake-defender.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const token = {
  token: 'token-of-the-extra-step',
  upn: 'alex.moreno@contoso.example',
  expiresAt: new Date('2100-01-01T00:00:00Z'),
};

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
    bench.access.fails(alex, { kind: 'interaction-required', claims: undefined, aadsts: '50076' });
  });

  /** Alex pressed Approve, and Entra wants another step. */
  async function waiting() {
    const { id: requestId } = await anAwaitingRequest(bench.requests);
    await bench.requests.apply(requestId, { kind: 'approve-clicked', by: alex, clickId: 'clk' });
    const click = { requestId, clickId: 'clk' };
    const outcome = await checkApproval(bench.parts, { ...click, inTurn: true, mayStepUp: true });
    assert.equal(outcome.kind, 'sign-in-needed');
    return { person: alex, purpose: { verb: 'approve', ...click } } as const;
  }

  async function overWith(continued: Continued): Promise<Continued> {
    if (continued.kind === 'counts') await continued.onwards;
    return continued;
  }

  const submitsLater = (id: RequestId) =>
    bench.effectsOf(id).find((effect) => effect.kind === 'submit' && effect.at !== undefined);

  it('is checked, decided and submitted with that token alone', async () => {
    const click = await waiting();

    const continued = await overWith(await continueClick(bench.parts, click, token));

    assert.equal(continued.kind, 'counts');
    assert.equal(await bench.labelOf(click.purpose.requestId), 'Pending');
    assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([token.token]));
  });

  it('leaves the token to no later job: that one asks the token service, and needs the person again', async () => {
    const click = await waiting();
    const { requestId } = click.purpose;
    bench.defenderSays.answers({ submit: failing('throttled', { retryAfterMs: 120_000 }) });
    await overWith(await continueClick(bench.parts, click, token));
    const [calls, asked] = [bench.defenderSays.calls.length, bench.access.asked.length];
    bench.defenderSays.answers({ submit: undefined });
    bench.time.ahead = 160;

    await bench.handlers.submit({ requestId });

    assert.ok(bench.access.asked.length > asked);
    assert.deepEqual(bench.defenderSays.calls.slice(calls), []);
    assert.equal(await bench.labelOf(requestId), 'Needs attention');
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

    assert.equal(continued.kind === 'void' && continued.why.code, 'not-permitted');
    assert.equal(await bench.labelOf(click.purpose.requestId), 'Awaiting approval');
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

  it('is void, told to nobody but the page, when the sign-in comes to nothing', async () => {
    const click = await waiting();
    const { requestId } = click.purpose;

    await abandonClick(bench.parts, click, { code: 'wrong-account' });

    const { state } = await bench.reread(requestId);
    assert.ok(state.status === 'awaiting' && state.clicks.length === 0);
    assert.ok(!bench.effectsOf(requestId).some(({ kind }) => kind === 'tell'));
  });

  it('is abandoned without harm when it has been decided meanwhile', async () => {
    const click = await waiting();
    await overWith(await continueClick(bench.parts, click, token));

    await abandonClick(bench.parts, click, { code: 'wrong-account' });

    assert.equal(await bench.labelOf(click.purpose.requestId), 'Pending');
  });

  it('leaves no token in the audit record', async () => {
    const click = await waiting();
    await overWith(await continueClick(bench.parts, click, token));

    const records = JSON.stringify(await bench.audited(click.purpose.requestId));

    assert.ok(records.includes('step-up-token-used'));
    assert.ok(!records.includes(token.token));
  });

  it('leaves the submission alone to this process as long as it may hold the token', async () => {
    const click = await waiting();
    const { requestId } = click.purpose;
    let refused = 0;
    bench.defenderSays.answers({
      submit: (...args) => {
        refused += 1;
        return refused === 1
          ? Promise.reject(new DefenderError('throttled', { retryAfterMs: 1_500 }))
          : bench.defenderSays.usual.submit(...args);
      },
    });

    await overWith(await continueClick(bench.parts, click, token));

    assert.equal(await bench.labelOf(requestId), 'Pending');
    const [first, ...later] = bench
      .effectsOf(requestId)
      .flatMap((effect) => (effect.kind === 'submit' ? [Date.parse(effect.at ?? '')] : []));
    const { state } = await bench.reread(requestId);
    const approvedAt = Date.parse(state.status === 'running' ? state.approval.at : '');
    assert.equal(first, approvedAt + 30_000);
    assert.ok(later.length > 0 && later.every((at) => at >= approvedAt + 31_500));
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

  it('says that nothing is sent while submission is paused, instead of waiting for an answer', async () => {
    const { id } = await aRunningRequest(bench.requests);
    bench.defenderSays.answers({ cancelAction: failing('paused') });
    const purpose = { verb: 'cancel', requestId: id, comment: 'wrong device' } as const;

    const continued = await continueClick(bench.parts, { person: alex, purpose }, token);

    assert.equal(continued.kind, 'paused');
    assert.equal(bench.defenderSays.count('cancelAction'), 1);
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

  it('is not overtaken by the job, which comes when the same wait is over', async () => {
    const click = await waiting();
    const { requestId } = click.purpose;
    let refused = 0;
    let job: unknown;
    bench.defenderSays.answers({
      submit: (...args) => {
        refused += 1;
        return refused === 1
          ? Promise.reject(new DefenderError('throttled', { retryAfterMs: 1_500 }))
          : bench.defenderSays.usual.submit(...args);
      },
      listOpenActions: async (...args) => {
        // Defender is slow to say what runs, and the queue's job begins meanwhile.
        if (refused === 1) job = await bench.handlers.submit({ requestId });
        return bench.defenderSays.usual.listOpenActions(...args);
      },
    });

    await overWith(await continueClick(bench.parts, click, token));

    assert.equal(await bench.labelOf(requestId), 'Pending');
    const { againInSeconds } = job as { againInSeconds: number };
    assert.ok(againInSeconds > 28 && againInSeconds <= 30, String(againInSeconds));
    assert.equal(bench.defenderSays.count('submit'), 2);
  });

  /** The database refuses this event so often, as one does whose connection is ended by an operator. */
  function withBlips(kind: Event['kind'], blips: number, meanwhile: () => void = () => undefined): JobParts {
    let left = blips;
    const requests: JobParts['requests'] = {
      ...bench.requests,
      apply: (id, event) => {
        if (event.kind !== kind || left === 0) return bench.requests.apply(id, event);
        left -= 1;
        meanwhile();
        return Promise.reject(Object.assign(new Error('terminating connection'), { code: '57P01' }));
      },
    };
    return { ...bench.parts, requests };
  }

  it('goes on with its token when the database fails before anything is sent', async () => {
    const click = await waiting();

    const continued = await overWith(await continueClick(withBlips('attempt-started', 2), click, token));

    assert.equal(continued.kind, 'counts');
    assert.equal(await bench.labelOf(click.purpose.requestId), 'Pending');
    assert.equal(bench.defenderSays.count('submit'), 1);
  });

  it('finds what it sent with its token when the database fails to store the answer', async () => {
    const click = await waiting();
    const deadlineOver = () => (bench.time.ahead = 21);

    const continued = await overWith(
      await continueClick(withBlips('action-found', 1, deadlineOver), click, token),
    );

    assert.equal(continued.kind, 'counts');
    assert.equal(await bench.labelOf(click.purpose.requestId), 'Pending');
    assert.equal(bench.defenderSays.count('submit'), 1);
    assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([token.token]));
  });

  it('holds its token while the database cannot be read either', async () => {
    const click = await waiting();
    const parts = withBlips('attempt-started', 1);
    let reads = 0;
    const byId: JobParts['requests']['byId'] = (...args) => {
      reads += 1;
      // The first look is the check's, the second the submission's own.
      return reads === 3 || reads === 4
        ? Promise.reject(Object.assign(new Error('too many connections'), { code: '53300' }))
        : bench.requests.byId(...args);
    };

    await overWith(await continueClick({ ...parts, requests: { ...parts.requests, byId } }, click, token));

    assert.ok(reads > 4);
    assert.equal(await bench.labelOf(click.purpose.requestId), 'Pending');
  });

  it('keeps its token for a minute while submission is paused, and sends when that ends', async () => {
    const click = await waiting();
    const { requestId } = click.purpose;
    await pauseSubmission(bench.pauses, { reason: 'A drill', by: 'test' });
    const continued = await continueClick(bench.parts, click, token);
    assert.equal(continued.kind, 'counts');
    await resumeSubmission(bench.pauses, 'test');
    await overWith(continued);

    assert.equal(await bench.labelOf(requestId), 'Pending');
    assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([token.token]));
  });
});
