import { approverOf, expired } from './approval.ts';
import { type Decision, isPast, moved, refused, tellClickers, unchanged } from './decision.ts';
import type { Effect, Event } from './event.ts';
import { type Instant, type Person, isSamePerson } from './person.ts';
import type { ContainmentRequest } from './request.ts';
import type { Cancellation, StateOf } from './state.ts';

type On<Kind extends Event['kind']> = Extract<Event, { kind: Kind }>;

/** The job calls Defender only if the click's own turn did not get the answer. */
const secondsForTheTurn = 4;

export function onCancelClicked(
  request: ContainmentRequest,
  event: On<'cancel-clicked'>,
  now: Instant,
): Decision {
  const { state } = request;
  switch (state.status) {
    case 'awaiting':
      return withdraw(request, state, event, now);
    case 'approved':
      return withdrawApproved(request, state, event, now);
    case 'submitting':
    case 'running':
      return cancelAction(request, state, event, now);
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
  if (!isSamePerson(event.by, request.requestor)) return refused(request, 'not-requestor');
  if (isPast(request.expiresAt, now)) return expired(request, state, now);
  return moved(request, { status: 'withdrawn', by: event.by, at: now, comment: event.comment }, [
    ...tellClickers(state.clicks, { code: 'ended-meanwhile' }),
    { kind: 'notify', about: 'Withdrawn' },
  ]);
}

/** Who may stop by their word alone what was certainly never sent. */
export function mayStop(request: ContainmentRequest, person: Person): boolean {
  const approver = approverOf(request.state);
  return (
    isSamePerson(person, request.requestor) || (approver !== undefined && isSamePerson(person, approver))
  );
}

/** Approved but not yet handed to Defender: no Defender right is needed to stop what was never sent. */
function withdrawApproved(
  request: ContainmentRequest,
  state: StateOf<'approved'> | StateOf<'submitting'>,
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
  request: ContainmentRequest,
  state: StateOf<'submitting'> | StateOf<'running'>,
  event: On<'cancel-clicked'>,
  now: Instant,
): Decision {
  if (state.status === 'submitting' && state.attempt.outcome === 'unsent' && mayStop(request, event.by)) {
    return withdrawApproved(request, state, event, now);
  }
  if (state.cancel !== undefined) return refused(request, 'cancel-under-way');
  const cancel: Cancellation = { by: event.by, at: now, comment: event.comment, stage: 'requested' };
  const effects =
    state.status === 'running' ? [{ kind: 'cancel-action' as const, afterSeconds: secondsForTheTurn }] : [];
  return moved(request, { ...state, cancel }, effects);
}

export function onCancelAccepted(request: ContainmentRequest): Decision {
  const { state } = request;
  if (state.status !== 'running' || state.cancel?.stage !== 'requested') return unchanged(request);
  return moved(request, { ...state, cancel: { ...state.cancel, stage: 'accepted' } }, [{ kind: 'track' }]);
}

export function onCancelRefused(request: ContainmentRequest, event: On<'cancel-refused'>): Decision {
  const { state } = request;
  if (state.status !== 'running' || state.cancel?.stage !== 'requested') return unchanged(request);
  const { cancel, ...rest } = state;
  const effects: Effect[] = event.tell
    ? [{ kind: 'tell', to: cancel.by, note: { about: 'cancellation', why: event.why } }]
    : [];
  return moved(request, rest, [{ kind: 'track' }, ...effects]);
}
