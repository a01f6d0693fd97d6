import { later } from '../containment/decision.ts';
import type { Event } from '../containment/event.ts';
import { replicationLagSeconds } from '../containment/execution.ts';
import type { Instant } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { StateOf } from '../containment/state.ts';
import { DefenderError } from '../defender/errors.ts';
import {
  type Expectation,
  type Reconciliation,
  findAfterSending,
  findOurAction,
  judgeSubmitted,
  mayBeOurs,
} from '../defender/reconcile.ts';
import { isFinished } from '../defender/schema.ts';
import { newAttemptId } from '../platform/ids.ts';
import { readDeviceTwice, reasonOf } from './check-approval.ts';
import { type NoSession, type Session, openSession } from './defender-session.ts';
import { approvalOf, expectationOf } from './machine-action.ts';
import { type JobParts, secondsBetween } from './parts.ts';
import type { JobHandler } from './queue.ts';
import type { Again } from './queue.ts';
import { isTooOld, judgeFailure } from './submit-failure.ts';
import { follow } from './follow.ts';

/** The time one attempt may take; only after it another worker may take over. */
const attemptSeconds = 20;
/** While looking for an action whose POST had no answer: soon at first, then less often. */
const lookAgain = { least: 5, most: 60 };
/** After this without a usable answer somebody has to look: the card says so and offers to check again. */
const longestSearchSeconds = 900;

type Submitting = StateOf<'submitting'>;

/** Hands an approved request to Defender: exactly one accepted POST, whatever breaks on the way. */
export function createSubmit(parts: JobParts): JobHandler {
  return async ({ requestId }) => {
    const request = await parts.requests.byId(requestId);
    if (request === undefined) return undefined;
    const { state } = request;
    if (state.status === 'approved') return begin(parts, request);
    if (state.status !== 'submitting') return undefined;
    if (state.attempt.outcome === 'unsent') return continueUnsent(parts, request, state);
    if (state.attempt.outcome === 'unknown') return reconcile(parts, request, state);
    return takeOver(parts, request, state);
  };
}

async function continueUnsent(
  parts: JobParts,
  request: ContainmentRequest,
  state: Submitting,
): Promise<Again | undefined> {
  const { wait } = state.attempt;
  const remaining = wait ? secondsBetween(await parts.requests.now(), wait.until) : 0;
  return remaining > 0.5 ? { againInSeconds: remaining } : begin(parts, request);
}

/** Another worker's attempt, perhaps of a killed process: its deadline is waited for, then Defender is asked. */
async function takeOver(
  parts: JobParts,
  request: ContainmentRequest,
  state: Submitting,
): Promise<Again | undefined> {
  const now = await parts.requests.now();
  const remaining = secondsBetween(now, state.attempt.deadline);
  if (remaining > 0) return { againInSeconds: remaining };
  const decision = await parts.requests.apply(request.id, {
    kind: 'attempt-unclear',
    attemptId: state.attempt.id,
    lookAgainAt: now,
  });
  const next = decision?.request;
  return next?.state.status === 'submitting' ? reconcile(parts, next, next.state) : undefined;
}

async function begin(parts: JobParts, request: ContainmentRequest): Promise<undefined> {
  const { state } = request;
  if (state.status !== 'approved' && state.status !== 'submitting') return;
  const now = await parts.requests.now();
  if (isTooOld(request, now)) {
    const why = { code: 'defender-unreachable' } as const;
    await parts.requests.apply(request.id, { kind: 'attempt-void', attemptId: undefined, why });
    return;
  }
  const session = await openSession(parts, request, state.approval.by, { priority: 'fresh' });
  if (!session.ok) {
    await parts.requests.apply(request.id, withoutSession(request, session, now));
    return;
  }
  try {
    if (await adoptWhatRuns(parts, request, session)) return;
    await attempt(parts, request, session);
  } finally {
    await session.close();
  }
}

function withoutSession(request: ContainmentRequest, session: NoSession, now: Instant): Event {
  if (!session.transient) return { kind: 'attempt-void', attemptId: undefined, why: session.why };
  const waited = secondsBetween(approvalOf(request)?.at ?? now, now);
  const seconds = Math.max(session.retryAfterMs / 1000, paced(waited));
  return { kind: 'attempt-postponed', attemptId: undefined, until: later(now, seconds), why: 'unreachable' };
}

function paced(sinceSeconds: number): number {
  return Math.min(lookAgain.most, Math.max(lookAgain.least, sinceSeconds / 6));
}

/** An action of the kind that is already live on the device is followed, not repeated. */
async function adoptWhatRuns(
  parts: JobParts,
  request: ContainmentRequest,
  session: Session,
): Promise<boolean> {
  try {
    const expected = await expectationOf(parts, request, session);
    const actions = await parts.defender.listOpenActions(
      session.token,
      { machineId: request.deviceId, types: [expected.type] },
      session.options,
    );
    const found = findOurAction(actions, expected);
    // Nothing is in doubt here, so a comment that only begins like ours is no proof that an ended action was.
    const guessed = found.match === 'ours' && found.commentCutTo !== undefined && isFinished(found.action);
    if (found.match === 'none' || guessed) return false;
    await follow(parts, request, { found, expected });
    return true;
  } catch (error) {
    // No attempt is in doubt, and Defender itself refuses a duplicate: the list must not hold up the restriction.
    if (error instanceof DefenderError) return false;
    throw error;
  }
}

async function attempt(parts: JobParts, request: ContainmentRequest, session: Session): Promise<void> {
  const attemptId = newAttemptId();
  const planned = await expectationOf(parts, request, session);
  const commentLimit = await parts.commentLimits.read(request.tenantId);
  // Taken before the database's time is read, so that the local timer can only be stricter than the deadline.
  const startedLocally = performance.now();
  const now = await parts.requests.now();
  const begun = await parts.requests.apply(request.id, {
    kind: 'attempt-started',
    attemptId,
    deadline: later(now, attemptSeconds),
    commentLimit,
    ...approvedAtOf(request),
  });
  const state = begun?.request.state;
  if (begun === undefined || state?.status !== 'submitting' || state.attempt.id !== attemptId) return;
  const expected = { ...planned, notBefore: state.attempt.startedAt };
  const left = attemptSeconds * 1000 - (performance.now() - startedLocally);
  try {
    const answer = await parts.defender.submit(
      session.token,
      { machineId: request.deviceId, action: request.action, comment: expected.sentComment },
      { ...session.options, signal: AbortSignal.timeout(Math.max(1, Math.floor(left))) },
    );
    await judgeAnswer(parts, begun.request, { found: judgeSubmitted(answer, expected), expected });
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    await judgeFailure(parts, begun.request, { error, session, expected });
  }
}

function approvedAtOf(request: ContainmentRequest): { approvedAt?: Instant } {
  const approval = approvalOf(request);
  return approval === undefined ? {} : { approvedAt: approval.at };
}

/** An answer about another device, or about an action that has ended, says nothing of our POST: it is looked up. */
async function judgeAnswer(
  parts: JobParts,
  request: ContainmentRequest,
  { found, expected }: { found: Reconciliation; expected: Expectation },
): Promise<void> {
  const { state } = request;
  if (found.match !== 'none') {
    await follow(parts, request, { found, expected });
  } else if (state.status === 'submitting') {
    const lookAgainAt = later(await parts.requests.now(), 1);
    await parts.requests.apply(request.id, {
      kind: 'attempt-unclear',
      attemptId: state.attempt.id,
      lookAgainAt,
    });
  }
}

/** The POST's outcome is unknown: look for our mark, by machine, type, requestor and time, before anything else. */
async function reconcile(
  parts: JobParts,
  request: ContainmentRequest,
  state: Submitting,
): Promise<Again | undefined> {
  const session = await openSession(parts, request, state.approval.by, { priority: 'fresh' });
  if (!session.ok) {
    return session.transient
      ? searchLater(parts, request, state, session.retryAfterMs)
      : giveUp(parts, request, state);
  }
  try {
    return await lookForAction(parts, request, state, session);
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    // Whoever may not see the device or its actions any more cannot settle what became of the POST.
    return reasonOf(error) === undefined
      ? await searchLater(parts, request, state, error.retryAfterMs ?? 0)
      : await giveUp(parts, request, state);
  } finally {
    await session.close();
  }
}

async function searchLater(
  parts: JobParts,
  request: ContainmentRequest,
  state: Submitting,
  retryAfterMs: number,
): Promise<Again | undefined> {
  const silence = secondsBetween(state.attempt.deadline, await parts.requests.now());
  if (silence > longestSearchSeconds) return await giveUp(parts, request, state);
  return { againInSeconds: Math.max(paced(silence), retryAfterMs / 1000) };
}

/** Somebody has to look: the card says so. */
async function giveUp(
  parts: JobParts,
  request: ContainmentRequest,
  state: Submitting,
): Promise<Again | undefined> {
  await parts.requests.apply(request.id, {
    kind: 'attempt-stuck',
    attemptId: state.attempt.id,
    why: { code: 'outcome-unknown' },
  });
  return undefined;
}

async function lookForAction(
  parts: JobParts,
  request: ContainmentRequest,
  state: Submitting,
  session: Session,
): Promise<Again | undefined> {
  const expected = await expectationOf(parts, request, session);
  const actions = await parts.defender.listOpenActions(
    session.token,
    { machineId: request.deviceId, types: [expected.type] },
    session.options,
  );
  const found = findAfterSending(actions, expected);
  if (found.match !== 'none') {
    await follow(parts, request, { found, expected });
    return undefined;
  }
  const silence = secondsBetween(state.attempt.deadline, await parts.requests.now());
  if (silence < replicationLagSeconds) return { againInSeconds: lookAgain.least };
  // "Not there" counts only from somebody who can see the device at all.
  await readDeviceTwice(parts, session, request);
  if (mayBeOurs(actions, expected)) return giveUp(parts, request, state);
  await parts.requests.apply(request.id, { kind: 'action-absent' });
  return undefined;
}
