import { approverOf, expired, secondsForTheHolder } from './approval.ts';
import { type Decision, isPast, moved, refused, tellAs, tellClickers, unchanged } from './decision.ts';
import type { CancelRefusal, Effect, Event } from './event.ts';
import { type Instant, type Person, isSamePerson } from './person.ts';
import { type ContainmentRequest, type DeviceRequest, hasDevice } from './request.ts';
import { type Cancellation, type StateOf, isRetryable } from './state.ts';

type On<Kind extends Event['kind']> = Extract<Event, { kind: Kind }>;

/** The job calls Defender only if the click's own turn did not get the answer. */
const secondsForTheTurn = 4;

export function onCancelClicked(
  request: ContainmentRequest,
  event: On<'cancel-clicked'>,
  now: Instant,
): Decision {
  const { state } = request;
  if (state.status === 'awaiting') return withdraw(request, state, event, now);
  return hasDevice(request) ? cancelApproved(request, event, now) : refused(request, 'nothing-to-cancel');
}

function cancelApproved(request: DeviceRequest, event: On<'cancel-clicked'>, now: Instant): Decision {
  const { state } = request;
  switch (state.status) {
    case 'approved':
      return withdrawApproved(request, state, event, now);
    case 'submitting':
    case 'running':
      return cancelAction(request, state, event, now);
    case 'attention':
      return isRetryable(state)
        ? withdrawApproved(request, state, event, now)
        : refused(request, 'nothing-to-cancel');
    default:
      return refused(request, 'nothing-to-cancel');
  }
}

function withdraw(
  request: ContainmentRequest,
  state: StateOf<'awaiting'>,
  event: On<'cancel-clicked'>,
  now: Instant,
): Decision {
  if (!mayStop(request, event.by)) return refused(request, 'not-requestor');
  if (isPast(request.expiresAt, now)) return expired(request, state, now);
  return moved(request, { status: 'withdrawn', by: event.by, at: now, comment: event.comment }, [
    ...tellClickers(state.clicks, { code: 'ended-meanwhile' }),
    { kind: 'notify', about: 'Withdrawn' },
  ]);
}

/** Of everything else there is nothing left to stop. */
export function isStoppable({ state }: Pick<ContainmentRequest, 'state'>): boolean {
  return ['awaiting', 'approved', 'submitting', 'running'].includes(state.status) || isRetryable(state);
}

/** No sign-in is needed to stop it: certainly nothing was sent, whoever may stop that. */
export function isStoppedByWord(request: ContainmentRequest, person: Person): boolean {
  const { state } = request;
  if (state.status === 'submitting') return state.attempt.outcome === 'unsent' && mayStop(request, person);
  return state.status === 'awaiting' || state.status === 'approved' || isRetryable(state);
}

/**
 * Who may stop by their word alone what was certainly never sent. The end of a time box is for those who may approve: whoever
 * asked for the restriction has no say in it alone.
 */
export function mayStop(request: ContainmentRequest, person: Person): boolean {
  const approver = approverOf(request.state);
  if (approver !== undefined && isSamePerson(person, approver)) return true;
  return request.lifts === undefined && isSamePerson(person, request.requestor);
}

/** Approved but not yet handed to Defender: no Defender right is needed to stop what was never sent. */
function withdrawApproved(
  request: DeviceRequest,
  state: StateOf<'approved' | 'submitting' | 'attention'>,
  event: On<'cancel-clicked'>,
  now: Instant,
): Decision {
  if (!mayStop(request, event.by)) return refused(request, 'not-requestor');
  return moved(
    request,
    { status: 'withdrawn', by: event.by, at: now, comment: event.comment, approval: state.approval },
    [{ kind: 'notify', about: 'Withdrawn' }],
  );
}

/** Defender decides by the canceller's own token; while a submission is in doubt the wish is kept. */
function cancelAction(
  request: DeviceRequest,
  state: StateOf<'submitting'> | StateOf<'running'>,
  event: On<'cancel-clicked'>,
  now: Instant,
): Decision {
  if (state.status === 'submitting' && state.attempt.outcome === 'unsent' && mayStop(request, event.by)) {
    return withdrawApproved(request, state, event, now);
  }
  const earlier = state.cancel;
  if (earlier !== undefined && !isOutranked(request, earlier, event.by)) {
    return refused(request, 'cancel-under-way');
  }
  const cancel: Cancellation = { by: event.by, at: now, comment: event.comment, stage: 'requested' };
  const effects: Effect[] = [];
  if (state.status === 'running') effects.push({ kind: 'cancel-action', afterSeconds: secondsBefore(event) });
  if (earlier !== undefined) effects.push(tellCanceller(earlier, { code: 'taken-over' }));
  return moved(request, { ...state, cancel }, effects);
}

/** What the job leaves to whoever calls Defender first. */
function secondsBefore({ typed, steppedUp }: On<'cancel-clicked'>): number {
  if (steppedUp === true) return secondsForTheHolder;
  return typed === true ? 0 : secondsForTheTurn;
}

/** Whoever may stop the action does not wait behind the wish of somebody whose rights are not known. */
function isOutranked(request: ContainmentRequest, earlier: Cancellation, presser: Person): boolean {
  return earlier.stage === 'requested' && mayStop(request, presser) && !mayStop(request, earlier.by);
}

export function tellCanceller(cancel: Cancellation, why: CancelRefusal): Effect {
  return { kind: 'tell', to: cancel.by, note: { about: 'cancellation', why } };
}

export function onCancelAccepted(request: DeviceRequest, event: On<'cancel-accepted'>): Decision {
  const { state } = request;
  if (state.status !== 'running' || !isWaiting(state.cancel, event)) return unchanged(request);
  return moved(request, { ...state, cancel: { ...state.cancel, stage: 'accepted' } }, [{ kind: 'track' }]);
}

export function onCancelRefused(request: DeviceRequest, event: On<'cancel-refused'>): Decision {
  const { state } = request;
  if (state.status !== 'running') return unchanged(request);
  const { cancel, ...rest } = state;
  if (!isWaiting(cancel, event)) return unchanged(request);
  const effects = tellAs(event.tell, cancel.by, { about: 'cancellation', why: event.why });
  return moved(request, rest, [{ kind: 'track' }, ...effects]);
}

/** A late answer to somebody else's wish, or to an earlier one, says nothing of this one. */
function isWaiting(
  cancel: Cancellation | undefined,
  { by, wishedAt }: On<'cancel-accepted' | 'cancel-refused'>,
): cancel is Cancellation {
  if (cancel?.stage !== 'requested' || !isSamePerson(cancel.by, by)) return false;
  return wishedAt === undefined || wishedAt === cancel.at;
}
