import { boxed, liftAskedFor, liftFound } from './box-end.ts';
import { type Decision, refused, tellAs, toldBy, unchanged } from './decision.ts';
import { endAfter } from './end-together.ts';
import type { BoxEvent, Refusal, Tell } from './event.ts';
import { type Instant, type Person, isSamePerson } from './person.ts';
import type { ContainmentRequest } from './request.ts';
import { boxInForce, warnAt } from './box-in-force.ts';
import type { VoidReason } from './state.ts';
import type { OpenLift, RunningBox, Wish } from './time-box.ts';

type On<Kind extends BoxEvent['kind']> = Extract<BoxEvent, { kind: Kind }>;

/** As for an approval (`approval.ts`): the click's own turn comes first, and the card speaks only when that was not enough. */
const secondsForTheTurn = 4;
const secondsForDefender = 3;

/** The approval of the end, given early: by whoever may approve, never by the requestor. */
export function onReleaseClicked(
  request: ContainmentRequest,
  { by, clickId, comment }: On<'release-clicked'>,
  now: Instant,
): Decision {
  if (isSamePerson(by, request.requestor)) return refused(request, 'own-request-release');
  return noted(request, { verb: 'release', id: clickId, by, at: now, comment });
}

/**
 * The end is moved to so long after the press, not after the end that stood: the presser reads what they get, and two presses
 * at once do not add up.
 */
export function onExtendClicked(
  request: ContainmentRequest,
  { by, clickId, duration, comment }: On<'extend-clicked'>,
  now: Instant,
): Decision {
  if (isSamePerson(by, request.requestor)) return refused(request, 'own-request-extend');
  if (boxInForce(request) === undefined) return refused(request, 'no-time-box');
  if (duration === undefined) return refused(request, 'bad-duration');
  return noted(request, { verb: 'extend', duration, id: clickId, by, at: now, comment });
}

function noted(request: ContainmentRequest, wish: Wish): Decision {
  const box = boxInForce(request);
  if (box === undefined) return refused(request, 'no-time-box');
  const waiting = box.wishes.find((one) => isPressedAgain(one, wish));
  const others = box.wishes.filter((one) => one !== waiting);
  const refusal = hopeless(request, { ...box, wishes: others }, wish);
  if (refusal !== undefined) return refused(request, refusal);
  if (waiting !== undefined) return renewed(request, box, waiting, wish);
  const { request: next } = boxed(request, { ...box, wishes: [...box.wishes, wish] });
  return {
    request: next,
    effects: [
      { kind: 'check-approval', clickId: wish.id, afterSeconds: secondsForTheTurn },
      { kind: 'sync-card', afterSeconds: secondsForDefender },
    ],
  };
}

/** The press names the wish that waits for a sign-in of its person: it is theirs, anew. */
function isPressedAgain({ id, verb, by, signInUntil }: Wish, wish: Wish): boolean {
  return id === wish.id && verb === wish.verb && signInUntil !== undefined && isSamePerson(by, wish.by);
}

/** It counts from now on, with what was written now. */
function renewed(request: ContainmentRequest, box: RunningBox, waiting: Wish, wish: Wish): Decision {
  const { signInUntil } = waiting;
  const anew = { ...wish, comment: wish.comment ?? waiting.comment, signInUntil };
  const wishes = box.wishes.map((one) => (one === waiting ? anew : one));
  return {
    request: boxed(request, { ...box, wishes }).request,
    effects: [{ kind: 'sync-card', afterSeconds: secondsForDefender }],
  };
}

function hopeless(request: ContainmentRequest, box: RunningBox, wish: Wish): Refusal['code'] | undefined {
  if (box.lift !== undefined) return 'lift-asked-for';
  if (wish.verb === 'extend' && endAfter(request, wish.at, wish.duration) <= box.until) return 'not-longer';
  const isDouble = box.wishes.some((one) => one.id === wish.id || isSamePerson(one.by, wish.by));
  return isDouble ? 'wish-checking' : undefined;
}

/** A press that waits for its check; undefined once it was decided or is void. */
export function wishOf(request: ContainmentRequest, clickId: string): Wish | undefined {
  return boxInForce(request)?.wishes.find(({ id }) => id === clickId);
}

/** The wish of this person, if it waits for a sign-in of theirs. */
export function wishForSignIn(
  request: ContainmentRequest,
  person: Person,
  verb: Wish['verb'],
): Wish | undefined {
  return boxInForce(request)?.wishes.find(
    (wish) => wish.verb === verb && wish.signInUntil !== undefined && isSamePerson(wish.by, person),
  );
}

export function onWishVerified(
  request: ContainmentRequest,
  event: On<'wish-verified'>,
  now: Instant,
): Decision {
  const box = boxInForce(request);
  const wish = wishOf(request, event.clickId);
  if (box === undefined || wish === undefined) return unchanged(request);
  if (event.wish === 'extend' || wish.verb === 'extend')
    return extendedBy(request, box, { wish, event, now });
  if (event.open !== undefined) return notNeeded(request, box, { wish, open: event.open, event, now });
  const steppedUp = event.steppedUp === true;
  const approval = {
    by: wish.by,
    at: decidedAt(wish, event, now),
    comment: wish.comment,
    upn: event.upn,
    ...(steppedUp ? { steppedUp: true as const } : {}),
    ...(request.batch === undefined ? {} : { press: wish.id }),
  };
  return liftAskedFor(request, box, { lift: event.lift, approval }, wish);
}

/** Whoever had to sign in first has decided by that, however long ago they pressed. */
function decidedAt(wish: Wish, { steppedUp }: On<'wish-verified'>, now: Instant): Instant {
  return steppedUp === true ? now : wish.at;
}

interface NotNeeded extends Verified {
  readonly open: OpenLift;
}

/** Somebody asks for the lift in a request of their own, which is approved as that, or not at all. */
function notNeeded(
  request: ContainmentRequest,
  box: RunningBox,
  { wish, open, event, now }: NotNeeded,
): Decision {
  const found = liftFound(request, box, open, wish);
  const why = { code: 'lift-meanwhile', number: open.number } as const;
  return boxed(
    request,
    { ...found.box, voided: voidedBy(request, wish, { why, at: now, tell: event.tell }) },
    [...found.effects, ...tellAs(event.tell ?? false, wish.by, { about: wish.verb, why, at: wish.at })],
  );
}

interface Void {
  readonly why: VoidReason;
  readonly at: Instant;
  readonly tell: Tell | undefined;
}

function voidedBy(
  { batch }: ContainmentRequest,
  { verb, by, id }: Wish,
  { why, at, tell = false }: Void,
): RunningBox['voided'] {
  return { verb, by, at, why, ...(batch === undefined ? {} : { press: id, ...toldBy(tell) }) };
}

interface Verified {
  readonly wish: Wish;
  readonly event: On<'wish-verified'>;
  readonly now: Instant;
}

function extendedBy(request: ContainmentRequest, box: RunningBox, { wish, event, now }: Verified): Decision {
  if (wish.verb !== 'extend' || event.wish !== 'extend') return unchanged(request);
  const decided = { ...wish, at: decidedAt(wish, event, now) };
  const until = endAfter(request, decided.at, wish.duration);
  if (until > box.until) return extended(request, box, decided);
  // Somebody else has moved it further meanwhile.
  const why = { code: 'not-longer' } as const;
  const wishes = box.wishes.filter((one) => one !== wish);
  return boxed(
    request,
    { ...box, wishes, voided: voidedBy(request, wish, { why, at: now, tell: event.tell }) },
    tellAs(event.tell ?? false, wish.by, { about: wish.verb, why, at: wish.at }),
  );
}

/** Whoever moves the end has authorised the new one, so the lift at that end is theirs, and with their own token. */
function extended(request: ContainmentRequest, box: RunningBox, wish: Wish & { verb: 'extend' }): Decision {
  const { id, by, at, duration } = wish;
  const until = endAfter(request, at, duration);
  const wishes = box.wishes.filter((one) => one.id !== id);
  const { since, until: from } = box;
  const next: RunningBox = {
    since,
    until,
    duration,
    authorisedBy: by,
    extended: { by, at, from, until, ...(request.batch === undefined ? {} : { press: id }) },
    wishes,
  };
  return boxed(request, next, [{ kind: 'time-box', at: warnAt(next) }]);
}

/** As for an approval: the wish neither holds nor fails before its person has signed in again. */
export function onWishNeedsSignIn(
  request: ContainmentRequest,
  { clickId, until }: On<'wish-needs-sign-in'>,
  now: Instant,
): Decision {
  const box = boxInForce(request);
  const waiting = wishOf(request, clickId);
  if (box === undefined || waiting === undefined || until <= now) return unchanged(request);
  const wishes = box.wishes.map((one) => (one === waiting ? { ...one, signInUntil: until } : one));
  const afterSeconds = Math.ceil((Date.parse(until) - Date.parse(now)) / 1000);
  return boxed(request, { ...box, wishes }, [{ kind: 'check-approval', clickId, afterSeconds }]);
}

export function onWishRefused(
  request: ContainmentRequest,
  { clickId, seen, why, tell }: Omit<On<'wish-refused'>, 'kind' | 'wish'>,
  now: Instant,
): Decision {
  const box = boxInForce(request);
  const wish = wishOf(request, clickId);
  if (box === undefined || wish === undefined) return unchanged(request);
  if (seen !== undefined && seen.signInUntil !== wish.signInUntil) return unchanged(request);
  const wishes = box.wishes.filter((one) => one !== wish);
  // Whoever has taken the device out of their own press has not failed: nothing is said of it to everybody.
  if (why.code === 'device-unclear' && tell === false) return boxed(request, { ...box, wishes });
  return boxed(
    request,
    { ...box, wishes, voided: voidedBy(request, wish, { why, at: now, tell }) },
    tellAs(tell, wish.by, { about: wish.verb, why, at: wish.at }),
  );
}
