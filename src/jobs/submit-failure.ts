import { later } from '../containment/decision.ts';
import type { Event } from '../containment/event.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { AttentionReason, WaitReason } from '../containment/state.ts';
import type { DefenderError } from '../defender/errors.ts';
import { type Expectation, findOurAction } from '../defender/reconcile.ts';
import { reasonOf } from './check-approval.ts';
import type { Session } from './defender-session.ts';
import { judgeAnswer } from './submit-answer.ts';
import { approvalOf } from './machine-action.ts';
import { type JobParts, secondsBetween } from './parts.ts';

interface Failure {
  readonly error: DefenderError;
  readonly session: Session;
  readonly expected: Expectation;
}

/** After this an approval that never reached Defender is void: it was given for then, not for whenever. */
const longestWaitSeconds = 900;
/** One 401 or 404 may be a passing fault of Defender's; a second one is an answer. */
const secondChances = 1;
const secondChanceSeconds = 2;
const longestBackoffSeconds = 60;

/** Each documented error of the POST becomes its own truthful state. */
export async function judgeFailure(
  parts: JobParts,
  request: ContainmentRequest,
  failure: Failure,
): Promise<void> {
  if (request.state.status !== 'submitting') return;
  if (failure.error.kind === 'active-request-exists' && (await adopt(parts, request, failure))) return;
  const now = await parts.requests.now();
  await parts.requests.apply(request.id, eventOf(request, failure.error, now));
}

/** `ActiveRequestAlreadyExists`: find the live action and follow it. */
async function adopt(parts: JobParts, request: ContainmentRequest, failure: Failure): Promise<boolean> {
  const { session, expected } = failure;
  const actions = await parts.defender
    .listOpenActions(session.token, { machineId: request.deviceId, types: [expected.type] }, session.options)
    .catch(() => []);
  const found = findOurAction(actions, expected);
  if (found.match === 'none') return false;
  await judgeAnswer(parts, request, { answer: found.action, expected });
  return true;
}

export function eventOf(request: ContainmentRequest, error: DefenderError, now: string): Event {
  const { state } = request;
  const attempt = state.status === 'submitting' ? state.attempt : undefined;
  const attemptId = attempt?.id;
  const tries = attempt?.number ?? 1;
  const postponed = (seconds: number, why: WaitReason): Event => ({
    kind: 'attempt-postponed',
    attemptId,
    until: later(now, seconds),
    why,
  });
  const stuck = stuckReason(error);
  if (stuck !== undefined) return { kind: 'attempt-stuck', attemptId, why: stuck };
  const voided = reasonOf(error);
  if (voided !== undefined) {
    const passing = error.kind === 'unauthorized' || error.kind === 'not-found';
    return passing && tries <= secondChances
      ? postponed(secondChanceSeconds, 'checking')
      : { kind: 'attempt-void', attemptId, why: voided };
  }
  if (!error.certainlyNotApplied && attemptId !== undefined) {
    return { kind: 'attempt-unclear', attemptId, lookAgainAt: later(now, 1) };
  }
  const waited = secondsBetween(approvalOf(request)?.at ?? now, now);
  if (waited > longestWaitSeconds)
    return { kind: 'attempt-void', attemptId, why: { code: 'defender-unreachable' } };
  const seconds = error.retryAfterMs === undefined ? backoff(tries) : error.retryAfterMs / 1000;
  return postponed(seconds, waitReasonOf(error));
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
  if (error.kind === 'budget') return 'budget';
  return error.kind === 'active-request-exists' ? 'checking' : 'unreachable';
}

function backoff(tries: number): number {
  return Math.min(longestBackoffSeconds, 2 ** Math.min(tries, 10));
}
