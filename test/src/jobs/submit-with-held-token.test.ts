import assert from 'node:assert/strict';
import sinon from 'sinon';
import { later } from '../../../src/containment/decision.ts';
import type { Event } from '../../../src/containment/event.ts';
import type { RequestId } from '../../../src/containment/ids.ts';
import { ofNoAttempt } from '../../../src/containment/of-attempt.ts';
import { DefenderError } from '../../../src/defender/errors.ts';
import { continueClick } from '../../../src/jobs/continue-click.ts';
import type { JobParts } from '../../../src/jobs/parts.ts';
import { followPauses, pauseSubmission, resumeSubmission } from '../../../src/jobs/pausing.ts';
import { overWith, token, waitingForSignIn, wantMore } from './extra-step.ts';
import { failing } from './fake-defender.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('the process that holds the only token of an approval', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(async () => {
    bench.time.ahead = 0;
    bench.defenderSays.reset();
    bench.access.reset();
    wantMore(bench);
    await resumeSubmission(bench.pauses, 'test');
  });

  const waiting = () => waitingForSignIn(bench);

  it('leaves the token to no later job: that one asks the token service, and needs the person again', async () => {
    const click = await waiting();
    const { requestId } = click.purpose;
    await pauseSubmission(bench.pauses, { reason: 'A drill', by: 'test' });
    const clock = sinon.useFakeTimers({ toFake: ['performance'] });
    try {
      const continued = await continueClick(bench.parts, click, token);
      clock.tick(70_000);
      await overWith(continued);
    } finally {
      clock.restore();
      await resumeSubmission(bench.pauses, 'test');
    }
    const [calls, asked] = [bench.defenderSays.calls.length, bench.access.asked.length];
    bench.time.ahead = 160;

    await bench.handlers.submit({ requestId });

    assert.ok(bench.access.asked.length > asked);
    assert.deepEqual(bench.defenderSays.calls.slice(calls), []);
    assert.equal(await bench.labelOf(requestId), 'Needs attention');
  });

  it('waits with its token for longer than a minute when Defender asks for that', async () => {
    const click = await waiting();
    bench.defenderSays.answers({ submit: failing('throttled', { retryAfterMs: 120_000 }) });
    const clock = sinon.useFakeTimers({ toFake: ['performance'] });
    const waited = () => {
      bench.defenderSays.answers({ submit: undefined });
      bench.time.ahead += 119;
      clock.tick(119_000);
    };
    const requests: JobParts['requests'] = {
      ...bench.requests,
      apply: async (id, event) => {
        const applied = await bench.requests.apply(id, event);
        if (event.kind === 'attempt-postponed') waited();
        return applied;
      },
    };
    try {
      await overWith(await continueClick({ ...bench.parts, requests }, click, token));
    } finally {
      clock.restore();
    }

    assert.equal(await bench.labelOf(click.purpose.requestId), 'Pending');
    assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([token.token]));
  });

  it('says at once that it takes another sign-in when the wait is longer than the token is held', async () => {
    const click = await waiting();
    const { requestId } = click.purpose;
    bench.defenderSays.answers({ submit: failing('throttled', { retryAfterMs: 1_800_000 }) });

    await overWith(await continueClick(bench.parts, click, token));

    const { state } = await bench.reread(requestId);
    assert.ok(state.status === 'attention' && state.reason.code === 'sign-in-needed');
    const waitMs = Date.parse(state.reason.notBefore ?? '') - Date.now();
    assert.ok(waitMs > 1_700_000 && waitMs <= 1_800_000, String(waitMs));
    assert.ok(bench.effectsOf(requestId).some(({ kind }) => kind === 'notify'));
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

  describe('is not overtaken by the job', () => {
    /** Approved by the extra step, and held by a process that waits. */
    async function approvedBySignIn(): Promise<RequestId> {
      const { requestId, clickId } = (await waiting()).purpose;
      const device = { name: 'ws', osPlatform: 'Windows11' };
      await bench.requests.apply(requestId, { kind: 'approve-verified', clickId, device, steppedUp: true });
      return requestId;
    }
    const follow = () => followPauses({ ...bench.parts, database: bench });
    const job = async (requestId: RequestId) =>
      (await bench.handlers.submit({ requestId }))?.againInSeconds ?? 0;
    const staysBehind = (seconds: number) => assert.ok(seconds > 28 && seconds <= 30, String(seconds));

    it('around the end of a pause', async () => {
      const requestId = await approvedBySignIn();
      await pauseSubmission(bench.pauses, { reason: 'A drill', by: 'test' });
      await follow();
      bench.time.ahead = 40;
      const whilePaused = await job(requestId);
      await resumeSubmission(bench.pauses, 'test');
      const justResumed = await job(requestId);
      await follow();
      const resumed = await job(requestId);

      for (const seconds of [whilePaused, justResumed, resumed]) staysBehind(seconds);
      assert.equal(await bench.labelOf(requestId), 'Approved');
      bench.time.ahead = 71;
      await bench.handlers.submit({ requestId });
      assert.equal(await bench.labelOf(requestId), 'Needs attention');
    });

    it('around the end of a pause that began while Defender had asked to wait', async () => {
      const requestId = await approvedBySignIn();
      const { state } = await bench.reread(requestId);
      const until = later(await bench.requests.now(), 5);
      await bench.requests.apply(requestId, {
        kind: 'attempt-postponed',
        ...ofNoAttempt(state),
        until,
        why: 'paused',
      });
      await pauseSubmission(bench.pauses, { reason: 'A drill', by: 'test' });
      bench.time.ahead = 40;

      staysBehind(await job(requestId));
    });

    it('when an attempt in doubt was proven absent just now', async () => {
      const requestId = await approvedBySignIn();
      const deadline = later(await bench.requests.now(), 20);
      await bench.requests.apply(requestId, { kind: 'attempt-started', attemptId: 'attempt', deadline });
      bench.time.ahead = 145;
      await bench.requests.apply(requestId, { kind: 'action-absent' });

      staysBehind(await job(requestId));

      assert.equal(await bench.labelOf(requestId), 'Submitting');
    });

    it('unless the database may have forgotten what was sent, for which a pause waits', async () => {
      const requestId = await approvedBySignIn();
      bench.time.ahead = 40;
      await bench.sql
        .updateTable('requests')
        .set({ look_first_until: new Date(Date.now() + 160_000) })
        .where('id', '=', requestId)
        .execute();
      await pauseSubmission(bench.pauses, { reason: 'A restored backup', by: 'test' });

      await bench.handlers.submit({ requestId });

      assert.ok(bench.access.asked.length > 1);
    });
  });
});
