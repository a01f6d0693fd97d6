import assert from 'node:assert/strict';
import { recheckRefusal } from '../../../src/containment/attention.ts';
import { decide } from '../../../src/containment/decide.ts';
import type { Event } from '../../../src/containment/event.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import type { StateOf } from '../../../src/containment/state.ts';
import { filedStatusOf, isInDoubt, isRetryable, labelOf, mayGoOn } from '../../../src/containment/state.ts';
import { endingOf } from '../../../src/containment/ending.ts';
import { aMachineAction, alex, riley, sam } from '../../support/requests.ts';
import { inState, now, theApproval, theAttempt, theClick } from './situations.ts';

const retryBy = (by: typeof alex): Event => ({ kind: 'retry-clicked', by });
const closeBy = (by: typeof alex, comment = 'Settled by hand'): Event => ({
  kind: 'close-clicked',
  by,
  comment,
});
const died = (job: 'submit' | 'check-approval' | 'cancel-action'): Event => ({
  kind: 'job-died',
  job,
  clickId: theClick,
});

function attention(request: ContainmentRequest): StateOf<'attention'> {
  assert.ok(request.state.status === 'attention');
  return request.state;
}

function kinds(effects: readonly { readonly kind: string }[]): string[] {
  return effects.map(({ kind }) => kind);
}

describe('a retry', () => {
  for (const name of ['attention-sign-in', 'attention-step-failed']) {
    it(`renews the approval of the same person, now, and submits (${name})`, () => {
      const { request, effects } = decide(inState(name), retryBy(alex), now);

      assert.ok(request.state.status === 'approved');
      assert.equal(request.state.approval.by, alex);
      assert.equal(request.state.approval.at, now);
      assert.equal(request.state.approval.comment, 'Confirmed with the owner, go ahead');
      assert.deepEqual(kinds(effects), ['sync-card', 'submit']);
    });
  }

  it('makes an attempt that still holds the older approval’s token start nothing', () => {
    const before = inState('attention-sign-in');
    const approvedAt = attention(before).approval?.at ?? '';
    const { request } = decide(before, retryBy(alex), now);
    const start: Event = { kind: 'attempt-started', attemptId: 'attempt-2', deadline: now, approvedAt };

    assert.equal(decide(request, start, now).request, request);
  });

  it('of a second press changes nothing more', () => {
    const { request } = decide(inState('attention-sign-in'), retryBy(alex), now);

    const again = decide(request, retryBy(alex), now);

    assert.equal(again.request, request);
    assert.deepEqual(again.refusal, { code: 'nothing-to-retry' });
  });

  it('is nobody else’s, and not for what may have been sent or never can be', () => {
    const refusal = (name: string, by: typeof alex) => decide(inState(name), retryBy(by), now).refusal?.code;

    assert.equal(refusal('attention-sign-in', sam), 'only-approver-retries');
    assert.equal(refusal('attention-sign-in', riley), 'only-approver-retries');
    assert.equal(refusal('attention-unknown', alex), 'nothing-to-retry');
    assert.equal(refusal('attention-old-client', alex), 'nothing-to-retry');
    assert.equal(refusal('closed-sign-in', alex), 'nothing-to-retry');
    assert.equal(refusal('awaiting', alex), 'nothing-to-retry');
  });

  it('is not offered for what its requestor had stopped: that is withdrawn', () => {
    const stopped = inState('submitting-stopped');
    const why = { code: 'step-failed' } as const;

    const { request, effects } = decide(stopped, { kind: 'attempt-stuck', attemptId: theAttempt, why }, now);

    assert.equal(request.state.status, 'withdrawn');
    assert.deepEqual(kinds(effects), ['sync-card', 'notify']);
  });

  it('is not needed any more once requestor or approver has taken the request back', () => {
    for (const by of [riley, alex]) {
      const cancel: Event = { kind: 'cancel-clicked', by, comment: 'Wrong device' };
      assert.equal(decide(inState('attention-sign-in'), cancel, now).request.state.status, 'withdrawn');
    }
    const other = decide(
      inState('attention-sign-in'),
      { kind: 'cancel-clicked', by: sam, comment: 'No' },
      now,
    );
    assert.deepEqual(other.refusal, { code: 'not-requestor' });
  });
});

describe('closing', () => {
  for (const name of ['attention-os', 'attention-refused', 'attention-unknown', 'attention-sign-in']) {
    it(`keeps label and reason, and is an end of its own (${name})`, () => {
      const before = inState(name);

      const { request, effects } = decide(before, closeBy(sam, '  Settled by hand '), now);

      assert.equal(labelOf(request.state), 'Needs attention');
      assert.deepEqual(attention(request).reason, attention(before).reason);
      assert.deepEqual(attention(request).closed, { by: sam, at: now, comment: 'Settled by hand' });
      assert.equal(endingOf(request.state), now);
      assert.notEqual(endingOf(before.state), now);
      assert.deepEqual(kinds(effects), ['sync-card', 'notify']);
    });
  }

  it('frees the device for a new request, and nothing brings it back', () => {
    const { request } = decide(inState('attention-unknown'), closeBy(sam), now);
    const later: Event[] = [
      { kind: 'action-found', machineAction: aMachineAction() },
      { kind: 'action-absent' },
      retryBy(alex),
      closeBy(alex),
      died('submit'),
      { kind: 'submission-paused', hold: { reason: 'drill', since: now } },
    ];

    assert.equal(filedStatusOf(request.state), 'attention');
    assert.ok(!mayGoOn(request.state) && !isInDoubt(request.state) && !isRetryable(request.state));
    for (const event of later) assert.equal(decide(request, event, now).request, request);
  });

  it('is not for the requestor, not for a personal chat, and not without words', () => {
    const request = inState('attention-unknown');
    const personal = { ...request, place: { ...request.place, kind: 'personal' as const } };

    assert.deepEqual(decide(request, closeBy(riley), now).refusal, { code: 'own-request-close' });
    assert.deepEqual(decide(personal, closeBy(sam), now).refusal, { code: 'nobody-here' });
    assert.deepEqual(decide(request, closeBy(sam, ' \u2800'), now).refusal, { code: 'comment-missing' });
    assert.deepEqual(decide(inState('pending'), closeBy(sam), now).refusal, { code: 'nothing-to-close' });
  });

  it('tells whoever wished to cancel that nothing was cancelled', () => {
    const asked = inState('submitting-cancel-asked');
    const why = { code: 'outcome-unknown' } as const;
    const stuck = decide(asked, { kind: 'attempt-stuck', attemptId: theAttempt, why }, now).request;

    const { effects } = decide(stuck, closeBy(alex), now);

    const note = { about: 'cancellation', why: { code: 'closed' } };
    assert.deepEqual(effects.at(-1), { kind: 'tell', to: sam, note });
  });
});

describe('checking again', () => {
  it('is for those who may approve where attention is needed, and for anybody elsewhere', () => {
    const request = inState('attention-unknown');
    const personal = { ...request, place: { ...request.place, kind: 'personal' as const } };

    assert.deepEqual(recheckRefusal(request, riley), { code: 'own-request-recheck' });
    assert.deepEqual(recheckRefusal(personal, sam), { code: 'nobody-here' });
    assert.equal(recheckRefusal(request, sam), undefined);
    assert.equal(recheckRefusal(inState('pending'), riley), undefined);
  });
});

describe('Defender’s answer to an earlier wish to cancel', () => {
  it('says nothing of a later one of the same person', () => {
    const request = inState('in-progress-cancel-asked');
    const wishedAt = '2026-11-23T03:11:00.000Z';
    const refused = { kind: 'cancel-refused', by: sam, why: { code: 'failed' }, tell: true } as const;

    assert.equal(decide(request, { ...refused, wishedAt }, now).request, request);
    assert.equal(decide(request, { kind: 'cancel-accepted', by: sam, wishedAt }, now).request, request);
    assert.notEqual(decide(request, refused, now).request, request);
  });
});

describe('a job that is tried no more', () => {
  for (const [name, reason] of [
    ['approved', 'step-failed'],
    ['submitting-throttled', 'step-failed'],
    ['submitting', 'outcome-unknown'],
    ['submitting-checking', 'outcome-unknown'],
  ] as const) {
    it(`of submission leaves ${name} as ${reason}`, () => {
      const { request, effects } = decide(inState(name), died('submit'), now);

      assert.equal(attention(request).reason.code, reason);
      assert.deepEqual(kinds(effects), ['sync-card', 'notify']);
    });
  }

  it('of a submission whose past nobody knows leaves it as such', () => {
    const { request } = decide({ ...inState('approved'), unchecked: true }, died('submit'), now);

    assert.equal(attention(request).reason.code, 'outcome-unknown');
  });

  it('of an earlier approval or wish leaves the later one alone, which has a job of its own', () => {
    const since = '2026-11-23T03:11:00.000Z';
    for (const name of ['approved', 'submitting-throttled', 'submitting', 'in-progress-cancel-asked']) {
      const request = inState(name);
      for (const job of ['submit', 'cancel-action'] as const) {
        assert.equal(decide(request, { kind: 'job-died', job, since }, now).request, request);
      }
    }

    const own = decide(inState('approved'), { kind: 'job-died', job: 'submit', since: theApproval }, now);
    assert.equal(attention(own.request).reason.code, 'step-failed');
  });

  it('of a check makes the click void, and its person is told', () => {
    const { request, effects } = decide(inState('awaiting-click'), died('check-approval'), now);

    assert.ok(request.state.status === 'awaiting' && request.state.clicks.length === 0);
    assert.deepEqual(request.state.voided?.why, { code: 'could-not-check' });
    assert.deepEqual(kinds(effects), ['sync-card', 'tell']);
  });

  it('of a cancellation refuses it, and its person is told', () => {
    const { request, effects } = decide(inState('in-progress-cancel-asked'), died('cancel-action'), now);

    assert.ok(request.state.status === 'running' && request.state.cancel === undefined);
    assert.ok(kinds(effects).includes('tell'));
  });

  it('changes nothing where nothing waits for it', () => {
    for (const name of [
      'awaiting',
      'pending',
      'succeeded',
      'attention-unknown',
      'in-progress-cancel-accepted',
    ]) {
      const request = inState(name);
      for (const job of ['submit', 'check-approval', 'cancel-action'] as const) {
        assert.equal(decide(request, died(job), now).request, request);
      }
    }
  });
});
