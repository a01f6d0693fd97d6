import { type Asked, hasComeToNothing, hasLifted, isAsked, takesEnd } from './box-end.ts';
import { boxInForce, callAt, isBeingExtended, isEndOpen, isInForce, warnAt } from './box-in-force.ts';
import { isPast } from './decision.ts';
import type { BoxEvent } from './event.ts';
import type { Instant } from './person.ts';
import type { ContainmentRequest } from './request.ts';
import { isRestrictedElsewhere } from './standing.ts';
import { type State, labelOf, mayGoOn } from './state.ts';
import type { BoxLift, Release, RunningBox } from './time-box.ts';

type On<Kind extends BoxEvent['kind']> = Extract<BoxEvent, { kind: Kind }>;

/** What a look at the box found in the register. */
export interface BoxFacts {
  /** The request that `box.lift` names, as it stands. */
  readonly lift?: Pick<ContainmentRequest, 'state' | 'lifts' | 'alsoRestricted'> | undefined;
  /** The newest lift that Defender confirmed behind this restriction. */
  readonly release?: Release | undefined;
}

/** What is due, without what only the store can say: the ids of a new lift, and whom to call. */
export type Due =
  | Exclude<BoxEvent, { kind: 'box-ended' | 'lift-still-awaits' }>
  | Omit<On<'box-ended'>, 'lift'>
  | Omit<On<'lift-still-awaits'>, 'people'>;

export function dueOf(request: ContainmentRequest, facts: BoxFacts, now: Instant): Due | undefined {
  if (facts.release !== undefined && (isInForce(request) || isRestrictedElsewhere(request)))
    return { kind: 'restriction-released', ...facts.release };
  const box = boxInForce(request);
  if (box === undefined) return undefined;
  const { lift } = facts;
  const isOwn = lift?.lifts === request.id;
  return (lift && dueOfLift(box, { ...lift, isOwn }, now)) ?? dueOfTime(box, now);
}

interface LiftFacts extends Omit<Asked, 'label'> {
  readonly state: State;
  /** It was made for this box. */
  readonly isOwn: boolean;
}

function dueOfLift(
  box: RunningBox,
  { state, isOwn, alsoRestricted }: LiftFacts,
  now: Instant,
): Due | undefined {
  const { lift, until } = box;
  if (lift === undefined) return undefined;
  const which = { lift: { id: lift.id, number: lift.number } };
  const label = labelOf(state);
  // One that has lifted something, but no release of this restriction, came before it.
  if (hasComeToNothing(state) || hasLifted(state)) return { kind: 'lift-failed', ...which, label };
  if (box.ended !== true) return undefined;
  if (isOwn && isEndOpen(box) && takesEnd(state)) return { kind: 'box-ended', until };
  const needsPeople = state.status === 'awaiting' || mayGoOn(state);
  return needsPeople ? dueOfAsking(lift, { label, alsoRestricted }, now) : undefined;
}

function dueOfAsking(lift: BoxLift, asked: Asked, now: Instant): Due | undefined {
  const which = { lift: { id: lift.id, number: lift.number } };
  if (!isAsked(lift, asked)) return { kind: 'lift-awaits', ...which, ...asked };
  const isToCall = lift.called === undefined && isPast(callAt(lift.awaitedSince), now);
  return isToCall ? { kind: 'lift-still-awaits', ...which } : undefined;
}

function dueOfTime(box: RunningBox, now: Instant): Due | undefined {
  const { until, lift } = box;
  if (box.ended === true)
    return lift === undefined && isEndOpen(box) ? { kind: 'box-ended', until } : undefined;
  if (isPast(until, now))
    return lift === undefined && isBeingExtended(box, now) ? undefined : { kind: 'box-ended', until };
  const isToWarn = box.warned !== true && lift === undefined && isPast(warnAt(box), now);
  return isToWarn ? { kind: 'box-warned', until } : undefined;
}

/** How often an open lift is looked at, should nobody have said what became of it. */
const lookSeconds = 60;
const soonSeconds = 2;

/** Seconds until something is due again; undefined: nothing before somebody does something. */
export function nextLook(request: ContainmentRequest, now: Instant): number | undefined {
  const box = boxInForce(request);
  if (box === undefined) return undefined;
  const { lift } = box;
  if (lift === undefined && box.ended === true) return undefined;
  if (lift?.awaitedSince !== undefined && lift.called === undefined)
    return Math.min(lookSeconds, secondsUntil(callAt(lift.awaitedSince), now));
  if (lift !== undefined) return lookSeconds;
  const isWarned = box.warned === true || isPast(warnAt(box), now);
  return secondsUntil(isWarned ? box.until : warnAt(box), now);
}

function secondsUntil(moment: Instant, now: Instant): number {
  return Math.max(soonSeconds, (Date.parse(moment) - Date.parse(now)) / 1_000);
}
