import { later } from '../containment/decision.ts';
import { ofNoAttempt } from '../containment/of-attempt.ts';
import type { Instant } from '../containment/person.ts';
import { type DeviceRequest, hasDevice } from '../containment/request.ts';
import type { StateOf } from '../containment/state.ts';
import { DefenderError } from '../defender/errors.ts';
import { type Expectation, type Reconciliation, judgeSubmitted } from '../defender/reconcile.ts';
import { deadlineIn } from '../platform/deadline.ts';
import { newAttemptId } from '../platform/ids.ts';
import { passed } from '../platform/steps.ts';
import type { BeforeSending } from '../store/look-first.ts';
import { type Session, openSession } from './defender-session.ts';
import { follow } from './follow.ts';
import { adoptWhatRuns } from './look-first.ts';
import { approvalOf, expectationOf } from './machine-action.ts';
import { type JobParts, secondsBetween } from './parts.ts';
import type { Again, JobHandler } from './run-job.ts';
import { reconcile } from './reconcile-submission.ts';
import { mayLift } from './may-lift.ts';
import { settleForgotten, withoutSessionInDoubt } from './settle-forgotten.ts';
import { isTooOld, judgeFailure, withoutSession } from './submit-failure.ts';
import { secondsOfTheHolder } from './token-holder.ts';

/** The time one attempt may take; only after it another worker may take over. */
export const attemptSeconds = 20;
/** After a pause everything goes on within this time. */
const lookForResumeSeconds = 5;

type Submitting = StateOf<'submitting'>;

interface Worker {
  /** Of a sign-in on Cordon's own page: nobody else can send what was approved by it. */
  readonly holdsToken?: boolean;
}

/** Hands an approved request to Defender: exactly one accepted POST, whatever breaks on the way. */
export function createSubmit(parts: JobParts, { holdsToken = false }: Worker = {}): JobHandler {
  return async ({ requestId, since }) => {
    const request = await parts.requests.byId(requestId);
    if (request === undefined || !hasDevice(request)) return undefined;
    const { state } = request;
    // A later approval has a job of its own.
    if (since !== undefined && approvalOf(request)?.at !== since) return undefined;
    const left = holdsToken ? 0 : await secondsOfTheHolder(parts, request);
    if (left > 0) return { againInSeconds: left };
    passed('submission-taken', requestId);
    if (state.status === 'approved') return begin(parts, request);
    if (state.status !== 'submitting') return undefined;
    if (state.attempt.outcome === 'unsent') return continueUnsent(parts, request, state);
    if (state.attempt.outcome === 'unknown') return reconcile(parts, request, state);
    return takeOver(parts, request, state);
  };
}

async function continueUnsent(
  parts: JobParts,
  request: DeviceRequest,
  state: Submitting,
): Promise<Again | undefined> {
  const { wait } = state.attempt;
  const remaining = wait ? secondsBetween(await parts.requests.now(), wait.until) : 0;
  return remaining > 0.5 ? { againInSeconds: remaining } : begin(parts, request);
}

/** Another worker's attempt, perhaps of a killed process: its deadline is waited for, then Defender is asked. */
async function takeOver(
  parts: JobParts,
  request: DeviceRequest,
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
  passed('attempt-taken-over', request.id);
  const next = decision?.request;
  if (next === undefined || !hasDevice(next) || next.state.status !== 'submitting') return undefined;
  return reconcile(parts, next, next.state);
}

async function begin(parts: JobParts, request: DeviceRequest): Promise<Again | undefined> {
  const before = await parts.lookFirst.of(request.id);
  if (before === undefined) return undefined;
  const paused = (await parts.pauses.read()).length > 0;
  if (before.lookFirstUntil === undefined) {
    if (paused) return waitForResume(parts, request);
    if (isTooOld(request, before, await parts.requests.now())) return tooOld(parts, request);
  }
  return withToken(parts, request, before, paused);
}

async function withToken(
  parts: JobParts,
  request: DeviceRequest,
  before: BeforeSending,
  paused: boolean,
): Promise<Again | undefined> {
  const approver = approvalOf(request)?.by;
  if (approver === undefined) return undefined;
  const until = before.lookFirstUntil;
  const session = await openSession(parts, request, approver, { priority: 'fresh' });
  if (!session.ok) {
    if (until !== undefined) return withoutSessionInDoubt(parts, request, session, until);
    const now = await parts.requests.now();
    await parts.requests.apply(request.id, withoutSession(request, session, now));
    return undefined;
  }
  passed('submission-token-received', request.id);
  try {
    if (until === undefined) {
      const look = await adoptWhatRuns(parts, request, session);
      if (look === 'no-answer' && wasInDoubt(request)) await inDoubtAgain(parts, request);
      else if (look !== 'follows') await send(parts, request, session, before);
      return undefined;
    }
    // What the database may have forgotten is looked for during a pause too: that only reads.
    const settled = await settleForgotten(parts, request, session, until);
    if (settled.kind !== 'never-sent') return settled.again;
    // A pause for the sake of a restored database lengthens no approval: what is too old is not kept for its end.
    const isKept = paused && !isTooOld(request, before, await parts.requests.now());
    if (isKept) return await waitForResume(parts, request);
    await send(parts, request, session, before);
    return undefined;
  } finally {
    await session.close();
  }
}

/** Its attempt was looked for and not found: sent again only by somebody whom Defender just told what runs. */
function wasInDoubt({ state }: DeviceRequest): boolean {
  return state.status === 'submitting' && state.attempt.number > 0 && state.attempt.wait === undefined;
}

async function inDoubtAgain(parts: JobParts, { id, state }: DeviceRequest): Promise<void> {
  if (state.status !== 'submitting') return;
  const lookAgainAt = later(await parts.requests.now(), lookForResumeSeconds);
  await parts.requests.apply(id, { kind: 'attempt-unclear', attemptId: state.attempt.id, lookAgainAt });
}

/** A request whose attempt had to wait for something else says now that it waits for the end of the pause. */
async function waitForResume(parts: JobParts, request: DeviceRequest): Promise<Again | undefined> {
  const { state } = request;
  if (state.status !== 'submitting' || state.attempt.wait?.why === 'paused') {
    return { againInSeconds: lookForResumeSeconds };
  }
  const until = later(await parts.requests.now(), lookForResumeSeconds);
  await parts.requests.apply(request.id, {
    kind: 'attempt-postponed',
    ...ofNoAttempt(state),
    until,
    why: 'paused',
  });
  return undefined;
}

async function tooOld(parts: JobParts, request: DeviceRequest): Promise<undefined> {
  const why = { code: 'defender-unreachable' } as const;
  await parts.requests.apply(request.id, { kind: 'attempt-void', ...ofNoAttempt(request.state), why });
}

async function send(
  parts: JobParts,
  request: DeviceRequest,
  session: Session,
  before: BeforeSending,
): Promise<undefined> {
  if (!(await mayLift(parts, request, session, before))) return;
  passed('nothing-runs-already', request.id);
  if (isTooOld(request, before, await parts.requests.now())) return tooOld(parts, request);
  const attemptId = newAttemptId();
  const planned = await expectationOf(parts, request, session);
  const commentLimit = await parts.commentLimits.read(request.tenantId);
  // Taken before the database's time is read, so that the local deadline can only be stricter than the recorded one.
  const deadline = deadlineIn(attemptSeconds * 1000);
  const now = await parts.requests.now();
  const begun = await parts.requests.apply(request.id, {
    kind: 'attempt-started',
    attemptId,
    deadline: later(now, attemptSeconds),
    commentLimit,
    ...approvedAtOf(request),
  });
  const sending = begun?.request;
  if (sending === undefined || !hasDevice(sending)) return;
  const { state } = sending;
  if (state.status !== 'submitting' || state.attempt.id !== attemptId) return;
  passed('attempt-recorded', request.id);
  const expected = { ...planned, notBefore: state.attempt.startedAt };
  try {
    const answer = await parts.defender.submit(
      session.token,
      { machineId: request.deviceId, action: request.action, comment: expected.sentComment },
      { ...session.options, deadline },
    );
    passed('submission-answered', request.id);
    await judgeAnswer(parts, sending, { found: judgeSubmitted(answer, expected), expected });
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    passed('submission-failed', request.id);
    await judgeFailure(parts, sending, { error, session, expected, before });
  }
}

function approvedAtOf(request: DeviceRequest): { approvedAt?: Instant } {
  const approval = approvalOf(request);
  return approval === undefined ? {} : { approvedAt: approval.at };
}

/** An answer about another device, or about an action that has ended, says nothing of our POST: it is looked up. */
async function judgeAnswer(
  parts: JobParts,
  request: DeviceRequest,
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
