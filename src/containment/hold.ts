import { submitEffect } from './approval.ts';
import { type Decision, changed, unchanged } from './decision.ts';
import type { Event } from './event.ts';
import type { Instant } from './person.ts';
import type { ContainmentRequest } from './request.ts';
import { type State, type StateOf, mayGoOn } from './state.ts';

/** The card says that nothing is submitted for now; what is submitted already goes on. */
export function onSubmissionPaused(
  request: ContainmentRequest,
  { hold }: Extract<Event, { kind: 'submission-paused' }>,
): Decision {
  if (!isBeforeDefender(request.state) || request.hold?.since === hold.since) return unchanged(request);
  return changed({ ...request, hold });
}

/** What Defender has, or what came to its end, is held up by no pause. */
export function withoutIdleHold(decision: Decision): Decision {
  if (decision.request.hold === undefined || isBeforeDefender(decision.request.state)) return decision;
  const { hold: _over, ...request } = decision.request;
  return { ...decision, request };
}

export function onSubmissionResumed(request: ContainmentRequest, now: Instant): Decision {
  const { hold, ...rest } = request;
  if (hold === undefined) return unchanged(request);
  const { state } = request;
  return changed(rest, isWaiting(state) ? [submitEffect(state.approval, now)] : []);
}

/** Whether a pause concerns this request: Defender has not taken it, as far as is known. */
export function isBeforeDefender(state: State): boolean {
  return ['awaiting', 'approved', 'submitting'].includes(state.status) || mayGoOn(state);
}

function isWaiting(state: State): state is StateOf<'approved' | 'submitting'> {
  return state.status === 'approved' || (state.status === 'submitting' && state.attempt.outcome === 'unsent');
}
