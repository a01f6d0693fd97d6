import assert from 'node:assert/strict';
import { decide } from '../../../src/containment/decide.ts';
import { later } from '../../../src/containment/decision.ts';
import type { Event } from '../../../src/containment/event.ts';
import { type ContainmentRequest, type DeviceRequest, hasDevice } from '../../../src/containment/request.ts';
import type { MachineActionStatus, WaitReason } from '../../../src/containment/state.ts';
import { aMachineAction, riley, sam } from '../../support/requests.ts';
import { afterExpiry, inState, now, theApproval, theAttempt } from './situations.ts';

const observed = (status: MachineActionStatus, given: object = {}): Event => ({
  kind: 'action-observed',
  machineAction: aMachineAction({ status, ...given }),
});

function attemptOf(request: ContainmentRequest) {
  return request.state.status === 'submitting' ? request.state.attempt : assert.fail(request.state.status);
}

describe('an attempt to submit', () => {
  const started: Event = {
    kind: 'attempt-started',
    attemptId: 'attempt-2',
    deadline: '2026-11-23T03:17:40.000Z',
  };

  it('is the only one: another worker’s start changes nothing while it may have reached Defender', () => {
    for (const name of ['submitting', 'submitting-checking']) {
      const request = inState(name);

      assert.equal(decide(request, started, now).request, request);
    }
  });

  it('follows one that certainly was not sent, and is counted', () => {
    const { request } = decide(inState('submitting-throttled'), started, now);

    assert.deepEqual(attemptOf(request), {
      id: 'attempt-2',
      number: 2,
      startedAt: now,
      deadline: '2026-11-23T03:17:40.000Z',
      outcome: 'in-flight',
      after: 'throttled',
      commentLimit: undefined,
    });
  });

  it('does not start under the approval of somebody else than it has the token of', () => {
    const request = inState('approved');

    assert.equal(
      decide(request, { ...started, approvedAt: '2020-01-01T00:00:00.000Z' }, now).request,
      request,
    );
  });

  it('that is absent after all ends the request if its requestor had cancelled meanwhile', () => {
    const stuck: Event = { kind: 'attempt-stuck', attemptId: theAttempt, why: { code: 'outcome-unknown' } };
    const inDoubt = decide(inState('submitting-stopped'), stuck, now).request;

    const { request } = decide(inDoubt, { kind: 'action-absent' }, '2026-11-23T03:59:00.000Z');

    assert.equal(request.state.status, 'withdrawn');
  });

  it('that another worker did not begin says nothing of a later approval, nor of a later attempt', () => {
    const until = '2026-11-23T03:19:00.000Z';
    const late = (of: { approvedAt: string; tried: number }): Event[] => [
      { kind: 'attempt-void', ...of, why: { code: 'sign-in-gone' } },
      { kind: 'attempt-postponed', ...of, until, why: 'unreachable' },
      { kind: 'attempt-stuck', ...of, why: { code: 'sign-in-needed' } },
    ];
    const ofAnOlderApproval = late({ approvedAt: '2026-11-23T03:11:00.000Z', tried: 0 });
    const beforeTheAttempt = late({ approvedAt: theApproval, tried: 0 });

    for (const event of ofAnOlderApproval) {
      assert.equal(decide(inState('approved'), event, now).request, inState('approved'));
    }
    for (const event of [...ofAnOlderApproval, ...beforeTheAttempt]) {
      const waiting = inState('submitting-throttled');
      assert.equal(decide(waiting, event, now).request, waiting);
    }
  });

  it('that was postponed comes again when the wait is over', () => {
    const until = '2026-11-23T03:19:00.000Z';
    const postponed: Event = { kind: 'attempt-postponed', attemptId: theAttempt, until, why: 'throttled' };

    const { request, effects } = decide(inState('submitting'), postponed, now);

    assert.deepEqual(attemptOf(request).outcome, 'unsent');
    assert.deepEqual(attemptOf(request).wait, { until, why: 'throttled' });
    assert.ok(effects.some((effect) => effect.kind === 'submit' && effect.at === until));
  });

  describe('by a sign-in on Cordon’s own page, whose token is held for three minutes', () => {
    const steppedUpIn = (name: string): DeviceRequest => {
      const request = inState(name);
      const { state } = request;
      if (!hasDevice(request) || state.status !== 'submitting') assert.fail(state.status);
      return { ...request, state: { ...state, approval: { ...state.approval, at: now, steppedUp: true } } };
    };
    const postponed = (seconds: number, why: WaitReason): Event => ({
      kind: 'attempt-postponed',
      attemptId: theAttempt,
      until: later(now, seconds),
      why,
    });

    for (const why of ['throttled', 'budget', 'unreachable', 'checking'] as const) {
      it(`waits no longer than that (${why}): the approver is asked at once`, () => {
        const short = decide(steppedUpIn('submitting'), postponed(180, why), now);
        const long = decide(steppedUpIn('submitting'), postponed(181, why), now);

        assert.equal(attemptOf(short.request).wait?.until, later(now, 180));
        const { state } = long.request;
        assert.ok(state.status === 'attention' && state.reason.code === 'sign-in-needed');
        const isAsked = why === 'throttled' || why === 'budget';
        assert.equal(state.reason.notBefore, isAsked ? later(now, 181) : undefined);
        assert.ok(!long.effects.some(({ kind }) => kind === 'submit'));
        assert.ok(long.effects.some(({ kind }) => kind === 'notify'));
      });
    }

    it('waits for the end of a pause, however long: only then a sign-in is of use', () => {
      const { request } = decide(steppedUpIn('submitting'), postponed(3_600, 'paused'), now);

      assert.equal(attemptOf(request).wait?.why, 'paused');
    });

    it('waits as long as it is not certain that nothing was sent before', () => {
      const unchecked = { ...steppedUpIn('submitting'), unchecked: true };

      const { request } = decide(unchecked, postponed(3_600, 'checking'), now);

      assert.equal(attemptOf(request).wait?.why, 'checking');
    });

    it('is withdrawn instead when the requestor has cancelled', () => {
      const cancel: Event = { kind: 'cancel-clicked', by: riley, comment: 'wrong device' };
      const { request } = decide(steppedUpIn('submitting'), cancel, now);

      assert.equal(decide(request, postponed(3_600, 'throttled'), now).request.state.status, 'withdrawn');
    });
  });

  it('that was void leaves the request open for others, until it expires', () => {
    const why = { code: 'not-permitted' } as const;

    const inTime = decide(inState('submitting'), { kind: 'attempt-void', attemptId: theAttempt, why }, now);
    const late = decide(
      inState('submitting'),
      { kind: 'attempt-void', attemptId: theAttempt, why },
      afterExpiry,
    );

    assert.equal(inTime.request.state.status, 'awaiting');
    const expiry = (effects: typeof late.effects) =>
      effects.flatMap((effect) => (effect.kind === 'expire' ? [effect.at] : []));
    assert.deepEqual(expiry(inTime.effects), [inTime.request.expiresAt]);
    assert.deepEqual(expiry(late.effects), [afterExpiry]);
  });

  it('counts as absent only when the deadline and 120 seconds are over', () => {
    // The attempt's deadline is 03:12:36.
    const request = inState('submitting-checking');

    const early = decide(request, { kind: 'action-absent' }, '2026-11-23T03:14:35.999Z');
    const due = decide(request, { kind: 'action-absent' }, '2026-11-23T03:14:36.000Z');

    assert.equal(early.request, request);
    assert.equal(attemptOf(due.request).outcome, 'unsent');
    assert.equal(attemptOf(due.request).wait, undefined);
  });

  it('is not absent by an answer that Defender gave before the lag was over, however late it is told', () => {
    const askedAt = '2026-11-23T03:14:35.999Z';

    for (const situation of ['submitting-checking', 'attention-unknown'] as const) {
      const request = inState(situation);
      assert.equal(decide(request, { kind: 'action-absent', askedAt }, afterExpiry).request, request);
    }
  });

  it('of unknown outcome that ended as somebody’s question is open again once proven absent', () => {
    const request = inState('attention-unknown');

    const early = decide(request, { kind: 'action-absent' }, '2026-11-23T03:14:35.999Z');
    const due = decide(request, { kind: 'action-absent' }, now);

    assert.equal(early.request, request);
    assert.equal(due.request.state.status, 'awaiting');
    assert.ok(due.effects.some((effect) => effect.kind === 'expire'));
  });

  it('is not made after the requestor has cancelled what was certainly not sent', () => {
    const cancel: Event = { kind: 'cancel-clicked', by: riley, comment: 'wrong device' };
    const waiting = decide(inState('submitting-throttled'), cancel, now);
    const inDoubt = decide(inState('submitting'), cancel, now);
    const postponed = decide(
      inDoubt.request,
      { kind: 'attempt-postponed', attemptId: theAttempt, until: now, why: 'throttled' },
      now,
    );

    for (const { request, effects } of [waiting, postponed]) {
      assert.equal(request.state.status, 'withdrawn');
      assert.ok(!effects.some((effect) => effect.kind === 'submit'));
      assert.equal(decide(request, started, now).request, request);
    }
  });

  it('is not stopped by the wish of anybody whose right only Defender can judge', () => {
    const wish: Event = { kind: 'cancel-clicked', by: sam, comment: 'wrong device' };
    const wished = decide(inState('submitting-throttled'), wish, now);
    const found = decide(wished.request, { kind: 'action-found', machineAction: aMachineAction() }, now);

    assert.equal(wished.request.state.status, 'submitting');
    assert.ok(found.effects.some((effect) => effect.kind === 'cancel-action'));
  });

  it('can still be withdrawn by its requestor when somebody else’s wish to cancel waits', () => {
    const wished = decide(
      inState('submitting-throttled'),
      { kind: 'cancel-clicked', by: sam, comment: 'wrong device' },
      now,
    );

    const decision = decide(wished.request, { kind: 'cancel-clicked', by: riley, comment: 'yes' }, now);

    assert.equal(decision.request.state.status, 'withdrawn');
  });
});

describe('a machine action', () => {
  it('never goes backwards: an older answer that arrives late changes nothing', () => {
    const request = inState('in-progress');

    assert.equal(decide(request, observed('Pending'), now).request, request);
  });

  it('that is seen again as it was is remembered as confirmed, without an edit of the card', () => {
    const decision = decide(inState('in-progress'), observed('InProgress'), now);

    assert.equal(decision.request.revision, inState('in-progress').revision);
    assert.equal(
      decision.request.state.status === 'running' ? decision.request.state.confirmedAt : undefined,
      now,
    );
    assert.deepEqual(decision.effects, []);
  });

  it('that is seen again after nobody could see it is confirmed on the card', () => {
    const { request, effects } = decide(inState('pending-unconfirmed'), observed('Pending'), now);

    assert.equal(request.state.status === 'running' && 'unconfirmed' in request.state, false);
    assert.deepEqual(effects, [{ kind: 'sync-card' }]);
  });

  it('of somebody else stays theirs, whatever a later look says', () => {
    const { request } = decide(inState('pending-followed'), observed('Succeeded', { ours: true }), now);

    assert.equal(request.state.status === 'ended' && request.state.machineAction.ours, false);
  });

  for (const [status, label] of [
    ['Succeeded', 'Succeeded'],
    ['Failed', 'Failed'],
    ['TimeOut', 'Timed out'],
    ['Cancelled', 'Cancelled'],
  ] as const) {
    it(`that ends as ${status} ends the request, the tracking, and tells the thread`, () => {
      const { request, effects } = decide(inState('pending'), observed(status), now);

      assert.equal(request.state.status, 'ended');
      assert.deepEqual(effects, [
        { kind: 'sync-card' },
        { kind: 'untrack' },
        { kind: 'notify', about: label },
      ]);
    });
  }
});
