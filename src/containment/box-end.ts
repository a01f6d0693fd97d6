import { submitEffect } from './approval.ts';
import { type Decision, changed, isPast, later, moved, tellClickers, unchanged } from './decision.ts';
import type { BoxEvent, Effect } from './event.ts';
import type { Instant, Person } from './person.ts';
import { type ContainmentRequest, hasDevice } from './request.ts';
import { type Approval, type State, filedStatusOf, isFinal, labelOf, mayGoOn } from './state.ts';
import { boxInForce, callAt, isBeingExtended, isInForce, warnAt } from './box-in-force.ts';
import type { AlsoRestricted, BoxLift, NewLift, RunningBox, Wish } from './time-box.ts';

type On<Kind extends BoxEvent['kind']> = Extract<BoxEvent, { kind: Kind }>;

/** The same request with another box: its card follows. */
export function boxed(
  request: ContainmentRequest,
  running: RunningBox,
  effects: readonly Effect[] = [],
): Decision {
  if (request.box === undefined) return unchanged(request);
  return changed({ ...request, box: { ...request.box, running } }, effects);
}

/** The time begins when Defender confirms that the device is restricted; whoever approved has approved its end. */
export function withBoxBegun(before: ContainmentRequest, decision: Decision, now: Instant): Decision {
  const { request } = decision;
  const { box, state } = request;
  if (box === undefined || box.running !== undefined || !isInForce(request)) return decision;
  if (before.state.status === 'ended' || state.status !== 'ended') return decision;
  const running: RunningBox = {
    since: now,
    until: later(now, box.duration.seconds),
    duration: box.duration,
    authorisedBy: state.approval.by,
    wishes: [],
  };
  return {
    ...decision,
    request: { ...request, box: { ...box, running } },
    effects: [...decision.effects, { kind: 'time-box', at: warnAt(running) }],
  };
}

/** Whatever restrictions it concerns are looked at when a lift has come to rest: over, or waiting for people. */
export function withLiftSettled(before: ContainmentRequest, decision: Decision): Decision {
  const { request } = decision;
  if (request.action !== 'unrestrict' || !isAtRest(request.state)) return decision;
  const isNew =
    filedStatusOf(before.state) !== filedStatusOf(request.state) ||
    isAtRest(before.state) !== isAtRest(request.state);
  return isNew ? { ...decision, effects: [...decision.effects, { kind: 'settle-lift' }] } : decision;
}

function isAtRest(state: State): boolean {
  return !['approved', 'submitting', 'running'].includes(state.status);
}

/** A lift that changes nothing any more, and has not lifted anything. */
export function hasComeToNothing(state: State): boolean {
  if (state.status === 'ended') return isFinal(state.machineAction.status) && !hasLifted(state);
  if (state.status === 'attention') return !mayGoOn(state);
  return ['denied', 'expired', 'withdrawn'].includes(state.status);
}

export function hasLifted(state: State): boolean {
  return state.status === 'ended' && state.machineAction.status === 'Succeeded';
}

export function onBoxWarned(
  request: ContainmentRequest,
  { until }: On<'box-warned'>,
  now: Instant,
): Decision {
  const box = boxInForce(request);
  if (box?.until !== until || box.warned === true || box.ended === true) return unchanged(request);
  if (box.lift !== undefined || !isPast(warnAt(box), now)) return unchanged(request);
  return boxed(request, { ...box, warned: true }, [{ kind: 'tell-box', about: 'ending', of: until }]);
}

/**
 * The end that was approved with the box has come. The lift is a request of its own, which bears that approval: it is
 * carried out with the approver's own token, asked for anew, or it waits for somebody else's.
 */
export function onBoxEnded(request: ContainmentRequest, event: On<'box-ended'>, now: Instant): Decision {
  const box = boxInForce(request);
  if (box?.until !== event.until || box.ended === true || !isPast(box.until, now)) return unchanged(request);
  // Somebody has asked for the lift before its time: if that still needs people, they are told from now on.
  const approval: Approval = { by: box.authorisedBy, at: box.until, inAdvance: true };
  if (box.lift !== undefined) {
    const { id, number } = box.lift;
    const effects: Effect[] = [
      { kind: 'approve-lift', lift: { id, number }, approval },
      { kind: 'time-box' },
    ];
    return boxed(request, { ...box, ended: true }, effects);
  }
  if (event.open !== undefined) {
    const found = liftFound(box, event.open);
    return boxed(request, { ...found.box, ended: true }, found.effects);
  }
  if (isBeingExtended(box, now)) return unchanged(request);
  return liftAskedFor(request, { ...box, ended: true }, { lift: event.lift, approval });
}

/** Only what was made for a time box: a request of somebody's own has a requestor who may be the approver. */
export function onApprovedInAdvance(
  request: ContainmentRequest,
  { approval }: On<'approved-in-advance'>,
  now: Instant,
): Decision {
  const { state } = request;
  // It cannot be too late: the approval is older than the request.
  if (!hasDevice(request) || state.status !== 'awaiting' || request.lifts === undefined)
    return unchanged(request);
  return moved(request, { status: 'approved', approval }, [
    submitEffect(approval, now),
    ...tellClickers(state.clicks, { code: 'decided-meanwhile', by: approval.by.name }),
  ]);
}

interface Asked {
  readonly lift: On<'box-ended'>['lift'];
  readonly approval: Approval;
}

/** From now on there is one open lift, and nobody else's press makes another. */
export function liftAskedFor(
  request: ContainmentRequest,
  box: RunningBox,
  { lift, approval }: Asked,
  except?: Wish,
): Decision {
  const asked = liftFound(box, lift, except);
  return boxed(request, asked.box, [{ kind: 'lift', lift, approval }, ...asked.effects]);
}

function tellWishers(
  { wishes }: RunningBox,
  why: Extract<Effect, { kind: 'tell' }>['note']['why'] & { readonly code: 'lift-meanwhile' },
  except?: Wish,
): Effect[] {
  return wishes
    .filter((wish) => wish !== except)
    .map((wish) => ({ kind: 'tell', to: wish.by, note: { about: wish.verb, why } }));
}

/** There is an open request to lift the restriction already, whoever made it: that one it is. */
export function liftFound(
  box: RunningBox,
  { id, number }: NewLift,
  except?: Wish,
): { readonly box: RunningBox; readonly effects: Effect[] } {
  const next: RunningBox = { ...box, lift: { id, number }, wishes: [], failed: undefined, voided: undefined };
  const why = { code: 'lift-meanwhile', number } as const;
  return { box: next, effects: [{ kind: 'time-box' }, ...tellWishers(box, why, except)] };
}

/** Nobody's approval stands behind the lift any more, and the time is over: whoever is entitled may give theirs. */
export function onLiftAwaits(
  request: ContainmentRequest,
  { lift: { id, number }, alsoRestricted }: On<'lift-awaits'>,
  now: Instant,
): Decision {
  const box = boxOf(request, id);
  if (box?.lift === undefined || box.ended !== true || isAsked(box.lift, alsoRestricted))
    return unchanged(request);
  return boxed(request, { ...box, lift: { id, number, alsoRestricted, awaitedSince: now } }, [
    { kind: 'tell-box', about: 'wanted', of: now },
    { kind: 'time-box', at: callAt(now) },
  ]);
}

/** The thread was asked, and knows what else would be lifted. */
function isAsked(lift: BoxLift, alsoRestricted: AlsoRestricted | undefined): boolean {
  return lift.awaitedSince !== undefined && lift.alsoRestricted?.at === alsoRestricted?.at;
}

export function onLiftStillAwaits(
  request: ContainmentRequest,
  { lift, people }: On<'lift-still-awaits'>,
  now: Instant,
): Decision {
  const box = boxOf(request, lift.id);
  const awaitedSince = box?.lift?.awaitedSince;
  if (box?.lift === undefined || awaitedSince === undefined || box.lift.called !== undefined)
    return unchanged(request);
  if (!isPast(callAt(awaitedSince), now)) return unchanged(request);
  return boxed(request, { ...box, lift: { ...box.lift, called: { at: now, people } } }, [
    { kind: 'tell-box', about: 'called', of: now },
  ]);
}

/** The restriction is still in force; it may be released or extended again. */
export function onLiftFailed(request: ContainmentRequest, event: On<'lift-failed'>, now: Instant): Decision {
  const box = boxOf(request, event.lift.id);
  if (box === undefined) return unchanged(request);
  const { lift: _over, ...rest } = box;
  const { number } = event.lift;
  const next = boxed(request, { ...rest, failed: { number, label: event.label, at: now } });
  // Before its time the lift was somebody's wish: the end that was approved is still to come.
  return rest.ended === true ? next : { ...next, effects: [...next.effects, { kind: 'time-box' }] };
}

function boxOf(request: ContainmentRequest, lift: string): RunningBox | undefined {
  const box = boxInForce(request);
  return box?.lift?.id === lift ? box : undefined;
}

export function onRestrictionReleased(
  request: ContainmentRequest,
  { by, at, number }: On<'restriction-released'>,
): Decision {
  if (!isInForce(request)) return unchanged(request);
  const box = boxInForce(request);
  const released = { by, at, number };
  if (box === undefined || request.box === undefined) return changed({ ...request, released });
  const { lift: _over, ...rest } = box;
  const running = { ...rest, wishes: [] };
  return changed(
    { ...request, released, box: { ...request.box, running } },
    tellWishers(box, { code: 'lift-meanwhile', number }),
  );
}

/** What a look at the box found in the register. */
export interface BoxFacts {
  /** The request that `box.lift` names, as it stands. */
  readonly lift?: Pick<ContainmentRequest, 'state' | 'alsoRestricted'> | undefined;
  /** The newest lift that Defender confirmed behind this restriction. */
  readonly release?: { readonly by: Person; readonly at: Instant; readonly number: number } | undefined;
}

/** What is due, without what only the store can say: the ids of a new lift, and whom to call. */
export type Due =
  | Exclude<BoxEvent, { kind: 'box-ended' | 'lift-still-awaits' }>
  | Omit<On<'box-ended'>, 'lift'>
  | Omit<On<'lift-still-awaits'>, 'people'>;

export function dueOf(request: ContainmentRequest, facts: BoxFacts, now: Instant): Due | undefined {
  if (facts.release !== undefined && isInForce(request))
    return { kind: 'restriction-released', ...facts.release };
  const box = boxInForce(request);
  if (box === undefined) return undefined;
  return (facts.lift && dueOfLift(box, facts.lift, now)) ?? dueOfTime(box, now);
}

function dueOfLift(
  { lift, ended }: RunningBox,
  { state, alsoRestricted }: NonNullable<BoxFacts['lift']>,
  now: Instant,
): Due | undefined {
  if (lift === undefined) return undefined;
  const { id, number, awaitedSince, called } = lift;
  const which = { lift: { id, number } };
  if (hasComeToNothing(state)) return { kind: 'lift-failed', ...which, label: labelOf(state) };
  if (state.status !== 'awaiting' || ended !== true) return undefined;
  if (awaitedSince === undefined || !isAsked(lift, alsoRestricted))
    return { kind: 'lift-awaits', ...which, alsoRestricted };
  return called === undefined && isPast(callAt(awaitedSince), now)
    ? { kind: 'lift-still-awaits', ...which }
    : undefined;
}

function dueOfTime(box: RunningBox, now: Instant): Due | undefined {
  const { until } = box;
  if (box.ended === true) return undefined;
  if (isPast(until, now))
    return box.lift === undefined && isBeingExtended(box, now) ? undefined : { kind: 'box-ended', until };
  const isToWarn = box.warned !== true && box.lift === undefined && isPast(warnAt(box), now);
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
