import { secondsTheTokenWaits, submitEffect } from './approval.ts';
import { mayStop, tellCanceller } from './cancellation.ts';
import { type Decision, isPast, later, moved, unchanged } from './decision.ts';
import type { Effect, Event } from './event.ts';
import { type OfAttempt, belongsTo } from './of-attempt.ts';
import type { Instant } from './person.ts';
import type { DeviceRequest } from './request.ts';
import {
  type Attempt,
  type Cancellation,
  type MachineAction,
  type MachineActionStatus,
  type State,
  type StateOf,
  isFinal,
  isForRetry,
  isInDoubt,
  labelOf,
} from './state.ts';

type On<Kind extends Event['kind']> = Extract<Event, { kind: Kind }>;

/** How long a POST with an unknown outcome may stay invisible in Defender's lists (replication lag). */
export const replicationLagSeconds = 120;

export function onAttemptStarted(
  request: DeviceRequest,
  event: On<'attempt-started'>,
  now: Instant,
): Decision {
  const { state } = request;
  if (isOfAnotherApproval(state, event.approvedAt)) return unchanged(request);
  const attempt: Attempt = {
    id: event.attemptId,
    number: state.status === 'submitting' ? state.attempt.number + 1 : 1,
    startedAt: now,
    deadline: event.deadline,
    outcome: 'in-flight',
    commentLimit: event.commentLimit,
    after: state.status === 'submitting' ? state.attempt.wait?.why : undefined,
  };
  if (state.status === 'approved') {
    return moved(request, { status: 'submitting', approval: state.approval, attempt });
  }
  // Only an attempt that certainly reached nobody may be followed by another.
  if (state.status === 'submitting' && state.attempt.outcome === 'unsent') {
    return moved(request, { ...state, attempt });
  }
  return unchanged(request);
}

function isOfAnotherApproval(state: State, approvedAt: Instant | undefined): boolean {
  const approval = 'approval' in state ? state.approval : undefined;
  return approvedAt !== undefined && approval?.at !== approvedAt;
}

export function onAttemptPostponed(
  request: DeviceRequest,
  event: On<'attempt-postponed'>,
  now: Instant,
): Decision {
  const state = currentAttempt(request, event, now);
  if (state === undefined) return unchanged(request);
  if (isStopped(request, state)) return withdrawn(request, state, [], now);
  if (outlastsToken(request, state, event)) {
    const notBefore = event.why === 'throttled' || event.why === 'budget' ? event.until : undefined;
    const why = { code: 'sign-in-needed', ...(notBefore === undefined ? {} : { notBefore }) } as const;
    return onAttemptStuck(request, { ...event, kind: 'attempt-stuck', why }, now);
  }
  const attempt: Attempt = {
    ...state.attempt,
    outcome: 'unsent',
    wait: { until: event.until, why: event.why },
  };
  return moved(request, { ...state, attempt }, [submitEffect(state.approval, now, event.until)]);
}

/**
 * Then nobody will have the token any more, and the card must not promise that it is used. A pause is no such wait: another
 * sign-in is of use only when it ends; nor is a look for what a restored database has forgotten.
 */
function outlastsToken(
  { unchecked }: DeviceRequest,
  { approval }: StateOf<'submitting'>,
  { why, until }: On<'attempt-postponed'>,
): boolean {
  if (approval.steppedUp !== true || why === 'paused' || unchecked === true) return false;
  return !isPast(until, later(approval.at, secondsTheTokenWaits));
}

/** Defender took nothing: the approval counts no longer, the request is open for others. */
export function onAttemptVoid(request: DeviceRequest, event: On<'attempt-void'>, now: Instant): Decision {
  const state = currentAttempt(request, event, now);
  if (state === undefined) return unchanged(request);
  const { by, press } = state.approval;
  const tell: Effect = { kind: 'tell', to: by, note: { about: 'approval', why: event.why } };
  if (isStopped(request, state)) return withdrawn(request, state, [tell], now);
  const open = openAnew(request, event, now);
  const ofSeveral = press === undefined ? {} : ({ press, told: true } as const);
  const voided = { by, at: now, why: event.why, ...ofSeveral };
  return moved(open, { status: 'awaiting', clicks: [], voided }, [
    tell,
    ...openAgain(open, state.cancel, now),
  ]);
}

/** A lift that was approved in advance was never anybody's to decide: its time begins now. Its card says why it is. */
function openAnew(
  request: DeviceRequest,
  { others }: Pick<On<'attempt-void'>, 'others'>,
  now: Instant,
): DeviceRequest {
  const { state, createdAt, expiresAt } = request;
  const wasDecided = !('approval' in state) || state.approval?.inAdvance !== true;
  const openSeconds = (Date.parse(expiresAt) - Date.parse(createdAt)) / 1_000;
  return {
    ...request,
    ...(wasDecided ? {} : { expiresAt: later(now, openSeconds) }),
    ...(others === undefined ? {} : { alsoRestricted: { at: now, others } }),
  };
}

/** Back to awaiting approval: the time goes on, and whoever asked to cancel learns that nothing was sent. */
function openAgain(request: DeviceRequest, cancel: Cancellation | undefined, now: Instant): Effect[] {
  const expire: Effect = { kind: 'expire', at: isPast(request.expiresAt, now) ? now : request.expiresAt };
  // It was made without anybody's look at the device: whoever decides now should know what is at stake.
  const look: Effect[] = request.lifts === undefined ? [] : [lookOf(request)];
  return [expire, ...look, ...(cancel === undefined ? [] : [tellCanceller(cancel, { code: 'never-sent' })])];
}

/** Of several devices the others mostly come back in the same moment. */
function lookOf({ batch }: DeviceRequest): Effect {
  return { kind: 'look-up-device', ...(batch === undefined ? {} : { withOthers: true }) };
}

export function onAttemptUnclear(
  request: DeviceRequest,
  event: On<'attempt-unclear'>,
  now: Instant,
): Decision {
  const state = currentAttempt(request, event, event.lookAgainAt);
  if (state === undefined) return unchanged(request);
  const attempt: Attempt = {
    ...state.attempt,
    outcome: 'unknown',
    wait: { until: event.lookAgainAt, why: 'checking' },
  };
  return moved(request, { ...state, attempt }, [submitEffect(state.approval, now, event.lookAgainAt)]);
}

export function onAttemptStuck(request: DeviceRequest, event: On<'attempt-stuck'>, now: Instant): Decision {
  const state = currentAttempt(request, event, now);
  if (state === undefined) return unchanged(request);
  const unclear = event.why.code === 'outcome-unknown';
  // Nobody may retry what somebody who may has stopped.
  if (isForRetry(event.why) && isStopped(request, state)) return withdrawn(request, state, [], now);
  return moved(
    request,
    {
      status: 'attention',
      reason: event.why,
      at: now,
      approval: state.approval,
      attempt: unclear ? state.attempt : { ...state.attempt, outcome: 'unsent' },
      ...(unclear && state.cancel ? { cancel: state.cancel } : {}),
    },
    [
      { kind: 'notify', about: 'Needs attention' },
      ...(!unclear && state.cancel ? [tellCanceller(state.cancel, { code: 'never-sent' })] : []),
    ],
  );
}

/** Defender's answer to the POST, or the action found by looking it up: from now on it is followed. */
export function onActionFound(request: DeviceRequest, event: On<'action-found'>, now: Instant): Decision {
  const { state } = request;
  const { machineAction } = event;
  if (state.status !== 'submitting' && state.status !== 'approved' && !isInDoubt(state)) {
    return unchanged(request);
  }
  if (state.approval === undefined) return unchanged(request);
  const { approval } = state;
  const cancel = 'cancel' in state ? state.cancel : undefined;
  if (isFinal(machineAction.status)) {
    const next = {
      status: 'ended',
      approval,
      machineAction,
      submittedAt: now,
      endedAt: now,
      cancel,
    } as const;
    return moved(request, next, [
      { kind: 'notify', about: labelOf(next) },
      ...overtaken(cancel, machineAction),
    ]);
  }
  return moved(
    request,
    { status: 'running', approval, machineAction, submittedAt: now, confirmedAt: now, cancel },
    [{ kind: 'track' }, ...(cancel ? [{ kind: 'cancel-action' as const, afterSeconds: 0 }] : [])],
  );
}

/**
 * Looked up and not there. Counts only if the lag was over when Defender was asked; then the attempt reached nobody. A
 * process that stood still since may tell it late, perhaps when another attempt is on its way.
 */
export function onActionAbsent(
  request: DeviceRequest,
  { askedAt }: On<'action-absent'>,
  now: Instant,
): Decision {
  const { state } = request;
  const lookedAt = askedAt ?? now;
  if (isInDoubt(state) && state.attempt !== undefined) {
    if (!isPast(later(state.attempt.deadline, replicationLagSeconds), lookedAt)) return unchanged(request);
    if (isStopped(request, state)) return withdrawn(request, state, [], now);
    return neverArrived(request, state, now);
  }
  if (state.status !== 'submitting' || state.attempt.outcome === 'unsent') return unchanged(request);
  if (!isPast(later(state.attempt.deadline, replicationLagSeconds), lookedAt)) return unchanged(request);
  if (isStopped(request, state)) return withdrawn(request, state, [], now);
  const { wait: _over, ...attempt } = state.attempt;
  const unsent = { ...state, attempt: { ...attempt, outcome: 'unsent' } } as const;
  return moved(request, unsent, [submitEffect(state.approval, now)]);
}

/** It was in doubt and is certain now that nothing was sent: whoever approved must not believe that it was. */
function neverArrived(request: DeviceRequest, state: StateOf<'attention'>, now: Instant): Decision {
  const by = state.approval?.by;
  const why = { code: 'defender-unreachable' } as const;
  const voided = by && { by, at: now, why };
  const open = openAnew(request, {}, now);
  return moved(open, { status: 'awaiting', clicks: [], ...(voided ? { voided } : {}) }, [
    ...(by ? [{ kind: 'tell', to: by, note: { about: 'approval', why } } as const] : []),
    ...openAgain(open, state.cancel, now),
  ]);
}

/** A later look at the action. Never backwards: an older answer that arrives late changes nothing. */
export function onActionObserved(
  request: DeviceRequest,
  event: On<'action-observed'>,
  now: Instant,
): Decision {
  const { state } = request;
  if (state.status !== 'running' || state.machineAction.id !== event.machineAction.id) {
    return unchanged(request);
  }
  if (progress[event.machineAction.status] < progress[state.machineAction.status]) return unchanged(request);
  const machineAction = { ...event.machineAction, ours: state.machineAction.ours };
  if (isFinal(machineAction.status)) return ended(request, state, machineAction, now);
  const { unconfirmed, ...confirmed } = state;
  const next = { ...confirmed, machineAction, confirmedAt: now };
  if (machineAction.status !== state.machineAction.status || unconfirmed === true) {
    return moved(request, next);
  }
  // Seen again as it was: remembered, but not worth an edit of the card.
  return { request: { ...request, state: next }, effects: [] };
}

export function onNotConfirmed(request: DeviceRequest): Decision {
  const { state } = request;
  if (state.status !== 'running' || state.unconfirmed === true) return unchanged(request);
  return moved(request, { ...state, unconfirmed: true });
}

const progress: Record<MachineActionStatus, number> = {
  Pending: 0,
  InProgress: 1,
  Succeeded: 2,
  Failed: 2,
  TimeOut: 2,
  Cancelled: 2,
};

function ended(
  request: DeviceRequest,
  state: StateOf<'running'>,
  machineAction: MachineAction,
  now: Instant,
): Decision {
  const { approval, submittedAt, cancel } = state;
  const next = { status: 'ended', approval, machineAction, submittedAt, endedAt: now, cancel } as const;
  return moved(request, next, [
    { kind: 'untrack' },
    { kind: 'notify', about: labelOf(next) },
    ...overtaken(cancel, machineAction),
  ]);
}

/** The action ended before Defender was asked to cancel it: whoever wished so learns that it was too late. */
function overtaken(cancel: Cancellation | undefined, { status }: MachineAction): Effect[] {
  const tooLate = cancel?.stage === 'requested' && status !== 'Cancelled';
  return tooLate ? [tellCanceller(cancel, { code: 'already-final' })] : [];
}

type Stoppable = StateOf<'submitting'> | StateOf<'attention'>;

/** Somebody who may has cancelled, and nothing was sent. Anybody else's wish is for Defender to judge. */
function isStopped(request: DeviceRequest, { cancel }: Stoppable): boolean {
  return cancel !== undefined && mayStop(request, cancel.by);
}

function withdrawn(
  request: DeviceRequest,
  state: Stoppable,
  effects: readonly Effect[],
  now: Instant,
): Decision {
  const { by, comment } = state.cancel ?? { by: request.requestor, comment: '' };
  return moved(request, { status: 'withdrawn', by, at: now, comment, approval: state.approval }, [
    ...effects,
    { kind: 'notify', about: 'Withdrawn' },
  ]);
}

/** The state that the outcome of an attempt applies to; one of an older attempt or approval applies to none. */
function currentAttempt(
  { state }: DeviceRequest,
  of: OfAttempt,
  now: Instant,
): StateOf<'submitting'> | undefined {
  if (state.status !== 'approved' && state.status !== 'submitting') return undefined;
  if (!belongsTo(of, state)) return undefined;
  if (state.status === 'submitting') return state;
  const attempt: Attempt = { id: 'none', number: 0, startedAt: now, deadline: now, outcome: 'unsent' };
  return { status: 'submitting', approval: state.approval, attempt };
}
