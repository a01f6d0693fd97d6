import { later } from '../containment/decision.ts';
import type { Event } from '../containment/event.ts';
import { type OfAttempt, ofNoAttempt } from '../containment/of-attempt.ts';
import type { Instant } from '../containment/person.ts';
import type { DeviceRequest } from '../containment/request.ts';
import type { AttentionReason, VoidReason, WaitReason } from '../containment/state.ts';
import type { DefenderError } from '../defender/errors.ts';
import { type Expectation, findOurAction } from '../defender/reconcile.ts';
import type { BeforeSending } from '../store/look-first.ts';
import { reasonOf } from './check-approval.ts';
import type { NoSession, Session } from './defender-session.ts';
import { follow } from './follow.ts';
import { approvalOf } from './machine-action.ts';
import { type JobParts, secondsBetween } from './parts.ts';
import { paced } from './search-pace.ts';

interface Failure {
  readonly error: DefenderError;
  readonly session: Session;
  readonly expected: Expectation;
  readonly before: BeforeSending;
}

/** After this an approval that never reached Defender is void. */
const longestWaitSeconds = 900;
const secondChanceSeconds = 2;
const longestBackoffSeconds = 60;

/** Each documented error of the POST becomes its own truthful state. */
export async function judgeFailure(parts: JobParts, request: DeviceRequest, failure: Failure): Promise<void> {
  if (request.state.status !== 'submitting') return;
  if (failure.error.kind === 'active-request-exists' && (await adopt(parts, request, failure))) return;
  const now = await parts.requests.now();
  await parts.requests.apply(request.id, eventOf(request, failure, now));
}

/** `ActiveRequestAlreadyExists`: find the live action and follow it. */
async function adopt(parts: JobParts, request: DeviceRequest, failure: Failure): Promise<boolean> {
  const { session, expected } = failure;
  const actions = await parts.defender
    .listOpenActions(session.token, { machineId: request.deviceId, types: [expected.type] }, session.options)
    .catch(() => []);
  const found = findOurAction(actions, expected);
  if (found.match === 'none') return false;
  await follow(parts, request, { found, expected });
  return true;
}

function eventOf(request: DeviceRequest, { error, before }: Failure, now: Instant): Event {
  const { state } = request;
  const attemptId = state.status === 'submitting' ? state.attempt.id : undefined;
  const of = ofAttempt(request);
  const tries = state.status === 'submitting' ? state.attempt.number : 1;
  const hadSecondChance = state.status === 'submitting' && state.attempt.after === 'checking';
  const stuck = stuckReason(error);
  if (stuck !== undefined) return { kind: 'attempt-stuck', ...of, why: stuck };
  const voided = reasonOf(error);
  if (voided !== undefined && !(isPassing(error) && !hadSecondChance)) {
    return refusedEvent(request, of, voided);
  }
  if (!error.certainlyNotApplied && attemptId !== undefined) {
    return { kind: 'attempt-unclear', attemptId, lookAgainAt: later(now, 1) };
  }
  if (error.kind !== 'paused' && isTooOld(request, before, now)) {
    return { kind: 'attempt-void', ...of, why: { code: 'defender-unreachable' } };
  }
  const until = later(now, secondsToWait(error, tries));
  return { kind: 'attempt-postponed', ...of, until, why: waitReasonOf(error) };
}

function ofAttempt({ state }: DeviceRequest): OfAttempt {
  return state.status === 'submitting' ? { attemptId: state.attempt.id } : ofNoAttempt(state);
}

const waitsThatMayLast: readonly (WaitReason | undefined)[] = ['throttled', 'budget', 'paused'];

/**
 * An approval was given for then, not for whenever. Only a wait that Defender, the budget or a pause asked for, and that
 * the card shows, may outlast it.
 */
export function isTooOld(request: DeviceRequest, { changedAt }: BeforeSending, now: Instant): boolean {
  const { state } = request;
  if (request.hold !== undefined) return false;
  if (state.status === 'submitting') {
    const { wait, after } = state.attempt;
    // The first attempt behind a pause may find Defender away: nobody could have made it earlier.
    if (waitsThatMayLast.includes(wait?.why) || after === 'paused') return false;
  }
  // An approved request changes once more only by the end of a pause: from then on its time runs again.
  const since = state.status === 'approved' ? changedAt : approvedSince(request);
  return secondsBetween(since ?? now, now) > longestWaitSeconds;
}

/** An approval in advance may be of a moment when no process was there to use it. */
function approvedSince(request: DeviceRequest): Instant | undefined {
  const approval = approvalOf(request);
  return approval?.inAdvance === true ? (approval.appliedAt ?? request.createdAt) : approval?.at;
}

/** What else restricts the device was not told, so that nothing was begun: as for an answer to the submission. */
export function withoutList(
  request: DeviceRequest,
  error: DefenderError,
  before: BeforeSending,
  now: Instant,
): Event {
  const { state } = request;
  const of = ofNoAttempt(state);
  const voided = reasonOf(error);
  const hadSecondChance = state.status === 'submitting' && state.attempt.wait?.why === 'checking';
  if (voided !== undefined && !(isPassing(error) && !hadSecondChance))
    return refusedEvent(request, of, voided);
  if (isTooOld(request, before, now))
    return { kind: 'attempt-void', ...of, why: { code: 'defender-unreachable' } };
  const waited = secondsBetween(approvedSince(request) ?? now, now);
  const seconds = isPassing(error) ? secondChanceSeconds : Math.max(secondsAsked(error), paced(waited));
  return { kind: 'attempt-postponed', ...of, until: later(now, seconds), why: waitReasonOf(error) };
}

function secondsAsked({ retryAfterMs = 0 }: DefenderError): number {
  return retryAfterMs / 1000;
}

/** Nothing was begun: a missing sign-in is the approver's to renew, any other refusal opens the request for others. */
export function withoutSession(request: DeviceRequest, session: NoSession, now: Instant): Event {
  const of = ofNoAttempt(request.state);
  if (!session.transient) return refusedEvent(request, of, session.why);
  const waited = secondsBetween(approvedSince(request) ?? now, now);
  const seconds = Math.max(session.retryAfterMs / 1000, paced(waited));
  return { kind: 'attempt-postponed', ...of, until: later(now, seconds), why: 'unreachable' };
}

/**
 * Only the approver's own sign-in can go on where that is all that is missing. Whoever approved in advance is not here now:
 * rather than wait for them, the request is open for everybody who is entitled.
 */
function refusedEvent(request: DeviceRequest, of: OfAttempt, why: VoidReason): Event {
  const isMissing = why.code === 'sign-in-gone' || why.code === 'extra-sign-in-needed';
  return isMissing && approvalOf(request)?.inAdvance !== true
    ? { kind: 'attempt-stuck', ...of, why: { code: 'sign-in-needed' } }
    : { kind: 'attempt-void', ...of, why };
}

/** One 401 or 404 may be a passing fault of Defender's; a second one is an answer. */
function isPassing(error: DefenderError): boolean {
  return error.kind === 'unauthorized' || error.kind === 'not-found';
}

function secondsToWait(error: DefenderError, tries: number): number {
  if (isPassing(error)) return secondChanceSeconds;
  if (error.retryAfterMs !== undefined) return error.retryAfterMs / 1000;
  return Math.min(longestBackoffSeconds, 2 ** Math.min(tries, 10));
}

function stuckReason(error: DefenderError): AttentionReason | undefined {
  switch (error.kind) {
    case 'os-not-supported':
      return { code: 'os-not-supported' };
    case 'client-version-not-supported':
      return { code: 'client-too-old' };
    case 'bad-request':
      return { code: 'refused-by-defender', detail: error.code ?? `HTTP ${error.status ?? 400}` };
    default:
      return undefined;
  }
}

function waitReasonOf(error: DefenderError): WaitReason {
  if (error.kind === 'throttled') return 'throttled';
  if (error.kind === 'budget' || error.kind === 'paused') return error.kind;
  return error.kind === 'active-request-exists' || isPassing(error) ? 'checking' : 'unreachable';
}
