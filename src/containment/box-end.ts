import { submitEffect } from './approval.ts';
import { type Decision, changed, isPast, moved, tellClickers, unchanged } from './decision.ts';
import { endAfter } from './end-together.ts';
import type { BoxEvent, Effect } from './event.ts';
import type { Instant } from './person.ts';
import { type ContainmentRequest, hasDevice } from './request.ts';
import { isRestrictedElsewhere } from './standing.ts';
import {
  type Approval,
  type Label,
  type State,
  type VoidReason,
  filedStatusOf,
  isFinal,
  isRetryable,
  mayGoOn,
} from './state.ts';
import { boxInForce, callAt, isBeingExtended, isEndOpen, isInForce, warnAt } from './box-in-force.ts';
import { endWord } from './lift-word.ts';
import type { BoxLift, NewLift, OpenLift, RunningBox, Wish } from './time-box.ts';

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
    until: endAfter(request, now, box.duration),
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
 * carried out with the approver's own token, asked for anew, or it waits for somebody else's. Once borne it is spent; until
 * then it stands, whatever becomes of a lift that somebody has asked for.
 */
export function onBoxEnded(request: ContainmentRequest, event: On<'box-ended'>, now: Instant): Decision {
  const box = boxAtEnd(request, event, now);
  if (box === undefined) return unchanged(request);
  const { open, lift } = event;
  const approval: Approval = {
    by: box.authorisedBy,
    at: box.until,
    inAdvance: true,
    appliedAt: now,
    ...(request.batch === undefined ? {} : { press: endWord(box) }),
  };
  if (open === undefined)
    return liftAskedFor(request, { ...box, ended: true, spentOn: lift.id }, { lift, approval });
  return endedBeside(request, box, { open, approval });
}

/** The box whose end is this one, and still to be seen to. */
function boxAtEnd(
  request: ContainmentRequest,
  { until, open }: On<'box-ended'>,
  now: Instant,
): RunningBox | undefined {
  const box = boxInForce(request);
  if (box?.until !== until || !isPast(until, now)) return undefined;
  if (box.ended === true && !isEndOpen(box)) return undefined;
  // What was asked for has come to rest in this very moment: the next look finds out how.
  if (box.lift !== undefined) return box.lift.id === open?.id ? box : undefined;
  return box.ended !== true && isBeingExtended(box, now) ? undefined : box;
}

/** Somebody has asked for the lift before its time. If that still needs people, they are told from now on. */
function endedBeside(
  request: ContainmentRequest,
  box: RunningBox,
  { open, approval }: { readonly open: OpenLift; readonly approval: Approval },
): Decision {
  const found = box.lift === undefined ? liftFound(request, box, open) : { box, effects: [lookAgain] };
  const { id, number } = open;
  if (open.takesEnd) {
    const approve: Effect = { kind: 'approve-lift', lift: { id, number }, approval };
    return boxed(request, { ...found.box, ended: true, spentOn: id }, [approve, ...found.effects]);
  }
  return box.ended === true && box.lift !== undefined
    ? unchanged(request)
    : boxed(request, { ...found.box, ended: true }, found.effects);
}

const lookAgain: Effect = { kind: 'time-box' };

/** Certainly nothing was sent of it, and it waits for somebody's word. */
export function takesEnd(state: State): boolean {
  return state.status === 'awaiting' || isRetryable(state);
}

/** Only what was made for that very box: a request of somebody's own has a requestor who may be the approver. */
export function onApprovedInAdvance(
  request: ContainmentRequest,
  { approval, of }: On<'approved-in-advance'>,
  now: Instant,
): Decision {
  const { state } = request;
  // It cannot be too late: the approval is older than the request.
  if (!hasDevice(request) || request.lifts !== of || !takesEnd(state)) return unchanged(request);
  const why = { code: 'decided-meanwhile', by: approval.by.name } as const;
  const overtaken: Effect[] =
    'approval' in state && state.approval !== undefined
      ? [{ kind: 'tell', to: state.approval.by, note: { about: 'approval', why } }]
      : [];
  return moved(request, { status: 'approved', approval }, [
    submitEffect(approval, now),
    ...('clicks' in state ? tellClickers(state.clicks, why) : []),
    ...overtaken,
  ]);
}

interface NewlyAsked {
  readonly lift: On<'box-ended'>['lift'];
  readonly approval: Approval;
}

/** From now on there is one open lift, and nobody else's press makes another. */
export function liftAskedFor(
  request: ContainmentRequest,
  box: RunningBox,
  { lift, approval }: NewlyAsked,
  except?: Wish,
): Decision {
  const asked = liftFound(request, box, lift, except);
  return boxed(request, asked.box, [{ kind: 'lift', lift, approval }, ...asked.effects]);
}

export function tellWishers({ wishes }: RunningBox, why: VoidReason, except?: Wish): Effect[] {
  return wishes
    .filter((wish) => wish !== except)
    .map((wish) => ({ kind: 'tell', to: wish.by, note: { about: wish.verb, why, at: wish.at } }));
}

/** They are overtaken; of several devices it is remembered which presses, and by what, so that each is told that once. */
export function withoutWishes(
  { batch }: ContainmentRequest,
  { overtook: _before, ...box }: RunningBox,
  { why, except }: { readonly why: VoidReason; readonly except?: Wish | undefined },
): RunningBox {
  const overtook = box.wishes.filter((wish) => wish !== except).map(({ id, by }) => ({ press: id, by, why }));
  return { ...box, wishes: [], ...(batch === undefined || overtook.length === 0 ? {} : { overtook }) };
}

/** There is an open request to lift the restriction already, whoever made it: that one it is. */
export function liftFound(
  request: ContainmentRequest,
  box: RunningBox,
  { id, number }: NewLift,
  except?: Wish,
): { readonly box: RunningBox; readonly effects: Effect[] } {
  const why = { code: 'lift-meanwhile', number } as const;
  const next: RunningBox = {
    ...withoutWishes(request, box, { why, except }),
    lift: { id, number },
    failed: undefined,
    voided: undefined,
  };
  return { box: next, effects: [lookAgain, ...tellWishers(box, why, except)] };
}

/** Only people can bring the lift on, and the time is over: whoever is entitled is asked. */
export function onLiftAwaits(
  request: ContainmentRequest,
  { lift: { id, number }, label, alsoRestricted }: On<'lift-awaits'>,
  now: Instant,
): Decision {
  const box = boxOf(request, id);
  if (box?.lift === undefined || box.ended !== true || isAsked(box.lift, { label, alsoRestricted }))
    return unchanged(request);
  return boxed(request, { ...box, lift: { id, number, label, alsoRestricted, awaitedSince: now } }, [
    { kind: 'tell-box', about: 'wanted', of: now },
    { kind: 'time-box', at: callAt(now) },
  ]);
}

/** What the thread was asked to do, and what it was told that would lift besides. */
export interface Asked extends Pick<BoxLift, 'alsoRestricted'> {
  readonly label: Label;
}

export function isAsked(
  lift: BoxLift,
  { label, alsoRestricted }: Asked,
): lift is BoxLift & { readonly awaitedSince: Instant } {
  if (lift.awaitedSince === undefined || lift.label !== label) return false;
  return lift.alsoRestricted?.at === alsoRestricted?.at;
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

/**
 * The restriction is still in force; it may be released or extended again. Before its time the lift was somebody's wish, and
 * the end that was approved is still to come; so it is after it, unless people have turned it down. Otherwise people are asked.
 */
export function onLiftFailed(request: ContainmentRequest, event: On<'lift-failed'>, now: Instant): Decision {
  const box = boxOf(request, event.lift.id);
  if (box === undefined) return unchanged(request);
  const { lift: _over, ...rest } = box;
  const { number } = event.lift;
  const isTurnedDown = event.label === 'Denied' && isPast(box.until, now);
  const next: RunningBox = {
    ...rest,
    failed: { number, label: event.label, at: now },
    ...(isTurnedDown ? { ended: true } : {}),
  };
  const isOver = next.ended === true && !isEndOpen(next);
  return boxed(request, next, [isOver ? { kind: 'tell-box', about: 'unlifted', of: now } : lookAgain]);
}

function boxOf(request: ContainmentRequest, lift: string): RunningBox | undefined {
  const box = boxInForce(request);
  return box?.lift?.id === lift ? box : undefined;
}

export function onRestrictionReleased(
  request: ContainmentRequest,
  { kind: _kind, ...release }: On<'restriction-released'>,
): Decision {
  if (!isInForce(request) && !isRestrictedElsewhere(request)) return unchanged(request);
  const box = boxInForce(request);
  const last = request.elsewhere?.at(-1);
  const released = { ...release, ...(last === undefined ? {} : { after: last.actionId }) };
  if (box === undefined || request.box === undefined) return changed({ ...request, released });
  const { lift: _over, ...rest } = box;
  const why = { code: 'lift-meanwhile', number: released.number } as const;
  const running = withoutWishes(request, rest, { why });
  return changed({ ...request, released, box: { ...request.box, running } }, tellWishers(box, why));
}
