import { onApproveRefused, submitEffect } from './approval.ts';
import { onWishRefused, wishOf } from './box-wishes.ts';
import { onCancelRefused, tellCanceller } from './cancellation.ts';
import { type Decision, moved, refused, unchanged } from './decision.ts';
import type { Event, Refusal } from './event.ts';
import { onAttemptStuck, onAttemptVoid } from './execution.ts';
import { type Instant, type Person, isSamePerson } from './person.ts';
import { type ContainmentRequest, type DeviceRequest, hasDevice } from './request.ts';
import { ofNoAttempt } from './of-attempt.ts';
import { type Approval, isRetryable } from './state.ts';
import { isVisible } from './visible.ts';

type On<Kind extends Event['kind']> = Extract<Event, { kind: Kind }>;

/** The approval is given anew, by the same person and now: nothing was sent under the old one. */
export function onRetryClicked(
  request: ContainmentRequest,
  event: On<'retry-clicked'>,
  now: Instant,
): Decision {
  const { state } = request;
  if (!hasDevice(request) || !isRetryable(state)) return refused(request, 'nothing-to-retry');
  if (!isSamePerson(state.approval.by, event.by)) return refused(request, 'only-approver-retries');
  const { steppedUp: _earlier, ...earlier } = state.approval;
  const approval: Approval = {
    ...earlier,
    at: now,
    ...(event.steppedUp === true ? { steppedUp: true } : {}),
  };
  return moved(request, { status: 'approved', approval }, [submitEffect(approval, now)]);
}

/** What needs attention is settled by those who may approve; a status that nobody could read, by anybody. */
export function recheckRefusal(
  { state, requestor, place }: ContainmentRequest,
  by: Person,
): Refusal | undefined {
  if (state.status !== 'attention') return undefined;
  if (isSamePerson(by, requestor)) return { code: 'own-request-recheck' };
  return place.kind === 'personal' ? { code: 'nobody-here' } : undefined;
}

/** Ends what needs attention, by a remark of somebody who may approve; the label stays, for nothing else is known. */
export function onCloseClicked(
  request: ContainmentRequest,
  event: On<'close-clicked'>,
  now: Instant,
): Decision {
  const { state } = request;
  if (isSamePerson(event.by, request.requestor)) return refused(request, 'own-request-close');
  if (request.place.kind === 'personal') return refused(request, 'nobody-here');
  if (!hasDevice(request) || state.status !== 'attention' || state.closed)
    return refused(request, 'nothing-to-close');
  if (!isVisible(event.comment)) return refused(request, 'comment-missing');
  const { cancel, ...rest } = state;
  const closed = { by: event.by, at: now, comment: event.comment.trim() };
  return moved(request, { ...rest, closed }, [
    { kind: 'notify', about: 'Needs attention' },
    ...(cancel ? [tellCanceller(cancel, { code: 'closed' })] : []),
  ]);
}

/** Work that is tried no more must not leave the request waiting for it. */
export function onJobDied(request: ContainmentRequest, event: On<'job-died'>, now: Instant): Decision {
  const { state } = request;
  if (event.job === 'check-approval') {
    const refusal = { clickId: event.clickId ?? '', why: { code: 'could-not-check' }, tell: true } as const;
    return wishOf(request, refusal.clickId) === undefined
      ? onApproveRefused(request, { kind: 'approve-refused', ...refusal }, now)
      : onWishRefused(request, refusal, now);
  }
  if (!hasDevice(request)) return unchanged(request);
  if (event.job === 'cancel-action') {
    if (state.status !== 'running' || state.cancel === undefined) return unchanged(request);
    if (isOfAnother(event, state.cancel)) return unchanged(request);
    const { by } = state.cancel;
    return onCancelRefused(request, { kind: 'cancel-refused', by, why: { code: 'failed' }, tell: true });
  }
  return onSubmissionDied(request, event, now);
}

function onSubmissionDied(request: DeviceRequest, event: On<'job-died'>, now: Instant): Decision {
  const { state } = request;
  if ('approval' in state && isOfAnother(event, state.approval)) return unchanged(request);
  const sent = state.status === 'submitting' && state.attempt.outcome !== 'unsent';
  const of = sent ? { attemptId: state.attempt.id } : ofNoAttempt(state);
  const isCertain = !sent && request.unchecked !== true;
  // Whoever approved in advance is not here to retry: everybody entitled may decide.
  if (isCertain && 'approval' in state && state.approval?.inAdvance === true)
    return onAttemptVoid(request, { kind: 'attempt-void', ...of, why: { code: 'step-failed' } }, now);
  const why = { code: isCertain ? 'step-failed' : 'outcome-unknown' } as const;
  return onAttemptStuck(request, { kind: 'attempt-stuck', ...of, why }, now);
}

/** A dead letter comes late: somebody may have approved or wished anew since, and that has a job of its own. */
function isOfAnother({ since }: On<'job-died'>, current: { readonly at: Instant } | undefined): boolean {
  return since !== undefined && current?.at !== since;
}
