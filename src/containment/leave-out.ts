import { type Decision, moved, tellAs, tellClickers, unchanged } from './decision.ts';
import type { Effect, Event, Tell } from './event.ts';
import type { Instant, Person } from './person.ts';
import type { ContainmentRequest } from './request.ts';
import type { Approval, Click, State, StateOf } from './state.ts';

/** Of several devices: neither approved nor denied in words. Nothing comes of such a one, and its card goes on with the others. */

export function leavesOutOf({ leavesOut = [] }: Pick<Click, 'leavesOut'>): Pick<Click, 'leavesOut'> {
  return leavesOut.length === 0 ? {} : { leavesOut };
}

export function leavingOut({ leavesOut: requests, by }: Click): Effect[] {
  return requests === undefined ? [] : [{ kind: 'leave-out', requests, by }];
}

/** Which press the approval came from, and who pressed besides: one press is for many devices, and told of once. */
export function pressOfSeveral(
  { batch }: ContainmentRequest,
  { clicks }: StateOf<'awaiting'>,
  { id }: Click,
): Pick<Approval, 'press' | 'overtook'> {
  if (batch === undefined) return {};
  const overtook = clicks
    .filter((click) => click.id !== id)
    .map((click) => ({ by: click.by.objectId, press: click.id }));
  return { press: id, ...(overtook.length === 0 ? {} : { overtook }) };
}

/** An approval was given for others of the devices. What somebody has pressed Approve for is theirs to see through. */
export function onLeftOut(
  request: ContainmentRequest,
  { by }: Extract<Event, { kind: 'left-out' }>,
  now: Instant,
): Decision {
  const { state } = request;
  if (state.status !== 'awaiting' || request.batch === undefined || state.clicks.length > 0)
    return unchanged(request);
  const next: State = { status: 'denied', by, at: now, comment: '', leftOut: 'not-chosen' };
  return moved(request, next, [{ kind: 'notify', about: 'Denied' }]);
}

interface FoundBy {
  readonly by: Person;
  /** The press whose check found it. */
  readonly click?: Click;
  readonly tell?: Tell;
}

/** It is another one of the same request: whatever is approved is approved for that one. */
export function foundTwice(
  request: ContainmentRequest,
  { clicks }: StateOf<'awaiting'>,
  { by, click, tell = false }: FoundBy,
  now: Instant,
): Decision {
  const why = { code: 'already-requested', number: request.number, byAnotherName: true } as const;
  return moved(request, { status: 'denied', by, at: now, comment: '', leftOut: 'same-device' }, [
    ...tellClickers(clicks, why, click?.id),
    ...(click === undefined ? [] : tellAs(tell, click.by, { about: 'approval', why })),
    { kind: 'notify', about: 'Denied' },
  ]);
}
