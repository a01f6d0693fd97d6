import { impossibility } from './device.ts';
import {
  type Decision,
  isPast,
  later,
  moved,
  refused,
  tellAs,
  tellClickers,
  toldBy,
  unchanged,
} from './decision.ts';
import type { Effect, Event, Tell } from './event.ts';
import { isToLookUp, mayBeUnseen, withFoundDevice } from './found-device.ts';
import { type Instant, type Person, isSamePerson } from './person.ts';
import type { ContainmentRequest } from './request.ts';
import { foundTwice, leavesOutOf, leavingOut, pressOfSeveral } from './leave-out.ts';
import type { Approval, Click, State, StateOf, VoidReason } from './state.ts';
import { isVisible } from './visible.ts';

type On<Kind extends Event['kind']> = Extract<Event, { kind: Kind }>;

/** The bot answers within 5 s; the job takes over when the click's own turn had 3 s and got no answer. */
const secondsForTheTurn = 4;
/** From then on the card says that the click is being checked. */
const secondsForDefender = 3;

export function onApproveClicked(
  request: ContainmentRequest,
  event: On<'approve-clicked'>,
  now: Instant,
): Decision {
  const { state } = request;
  if (isSamePerson(event.by, request.requestor)) return refused(request, 'own-request');
  if (request.place.kind === 'personal') return refused(request, 'nobody-here');
  if (state.status !== 'awaiting') {
    const approver = approverOf(state);
    const again = approver !== undefined && isSamePerson(approver, event.by);
    return refused(request, again ? 'already-approved-by-you' : 'already-decided');
  }
  if (isPast(request.expiresAt, now)) return expired(request, state, now);
  if (mayBeUnseen(request) && event.deviceId === undefined) return refused(request, 'device-found-since');
  const waiting = state.clicks.find((click) => isPressedAgain(click, event));
  if (waiting !== undefined) return renewed(request, state, waiting, { ...event, at: now });
  if (state.clicks.some((click) => click.id === event.clickId || isSamePerson(click.by, event.by))) {
    return refused(request, 'already-checking');
  }
  const click = clickOf(event, now);
  const next = moved(request, { ...state, clicks: [...state.clicks, click] });
  // The card shows "checking" only if the check outlasts the turn: a second edit at once would say nothing.
  return {
    request: next.request,
    effects: [
      { kind: 'check-approval', clickId: click.id, afterSeconds: secondsForTheTurn },
      { kind: 'sync-card', afterSeconds: secondsForDefender },
    ],
  };
}

function clickOf(
  { clickId, by, comment, deviceId, alsoRestrictedAt, leavesOut }: On<'approve-clicked'>,
  at: Instant,
): Click {
  return {
    id: clickId,
    by,
    at,
    comment,
    ...(deviceId === undefined ? {} : { deviceId }),
    ...(alsoRestrictedAt === undefined ? {} : { alsoRestrictedAt }),
    ...leavesOutOf({ leavesOut }),
  };
}

/** The press names the click that waits for a sign-in of its person: it is theirs, anew. */
function isPressedAgain({ id, by, signInUntil }: Click, event: On<'approve-clicked'>): boolean {
  return id === event.clickId && signInUntil !== undefined && isSamePerson(by, event.by);
}

function renewed(
  request: ContainmentRequest,
  state: StateOf<'awaiting'>,
  waiting: Click,
  again: Pick<Click, 'at' | 'comment' | 'deviceId' | 'alsoRestrictedAt' | 'leavesOut'>,
): Decision {
  const { at, comment = waiting.comment, deviceId = waiting.deviceId, alsoRestrictedAt } = again;
  const { leavesOut: _earlier, ...rest } = waiting;
  const anew = {
    ...rest,
    at,
    comment,
    ...(deviceId === undefined ? {} : { deviceId }),
    // What the newest press was shown and chose counts, not what an earlier one was.
    alsoRestrictedAt,
    ...leavesOutOf(again),
  };
  const clicks = state.clicks.map((click) => (click === waiting ? anew : click));
  return {
    request: moved(request, { ...state, clicks }).request,
    effects: [{ kind: 'sync-card', afterSeconds: secondsForDefender }],
  };
}

export function onApproveVerified(
  request: ContainmentRequest,
  event: On<'approve-verified'>,
  now: Instant,
): Decision {
  const { state } = request;
  if (state.status !== 'awaiting') return unchanged(request);
  const click = state.clicks.find((one) => one.id === event.clickId);
  if (click === undefined) return unchanged(request);
  if (isPast(request.expiresAt, now)) return expired(request, state, now);
  const tell = event.tell ?? false;
  const elsewhere = notThisDevice(request, click, event);
  if (elsewhere === 'renewed') return unchanged(request);
  if (event.isTwin === true) return foundTwice(request, state, { by: click.by, click, tell }, now);
  if (elsewhere === 'unseen') return clickVoid(request, { click, why: { code: 'other-device' }, tell }, now);
  const settled = withFoundDevice(request, event, event.device);
  if (!settled.ok) return clickVoid(request, { click, why: settled.why, tell }, now);
  const impossible = impossibility(event.device);
  if (impossible !== undefined) {
    return moved(
      settled.request,
      { status: 'attention', reason: { code: impossible, detail: event.device.osPlatform }, at: now },
      [
        ...tellClickers(state.clicks, { code: 'ended-meanwhile' }, click.id),
        { kind: 'notify', about: 'Needs attention' },
      ],
    );
  }
  const approval = {
    ...approvalBy(click, event, now),
    ...pressOfSeveral(request, state, click),
    ...(state.voided === undefined ? {} : { again: true as const }),
  };
  return moved(settled.request, { status: 'approved', approval }, [
    submitEffect(approval, now),
    ...tellClickers(state.clicks, { code: 'decided-meanwhile', by: click.by.name }, click.id),
    ...leavingOut(click),
  ]);
}

function approvalBy(
  { by, at, comment, alsoRestrictedAt }: Click,
  { upn, steppedUp }: On<'approve-verified'>,
  now: Instant,
): Approval {
  return {
    by,
    // Whoever had to sign in first has approved by that, however long ago they pressed.
    at: steppedUp === true ? now : at,
    comment,
    upn,
    ...(alsoRestrictedAt === undefined ? {} : { alsoRestrictedAt }),
    ...(steppedUp === true ? { steppedUp: true } : {}),
  };
}

/**
 * `renewed`: for another device, while this one was checked; the next look checks that one. `unseen`: the device was found by
 * somebody else after the press.
 */
function notThisDevice(
  request: ContainmentRequest,
  click: Click,
  { deviceId }: On<'approve-verified'>,
): 'renewed' | 'unseen' | undefined {
  if (click.deviceId === undefined) return mayBeUnseen(request) ? 'unseen' : undefined;
  return deviceId !== undefined && click.deviceId !== deviceId ? 'renewed' : undefined;
}

/** The click neither holds nor fails before its person has signed in again, or the time for that is over. */
export function onApproveNeedsSignIn(
  request: ContainmentRequest,
  event: On<'approve-needs-sign-in'>,
  now: Instant,
): Decision {
  const { state } = request;
  if (state.status !== 'awaiting' || isPast(event.until, now)) return unchanged(request);
  const waiting = state.clicks.find((one) => one.id === event.clickId);
  if (waiting === undefined) return unchanged(request);
  const clicks = state.clicks.map((one) => (one === waiting ? { ...one, signInUntil: event.until } : one));
  const afterSeconds = Math.ceil((Date.parse(event.until) - Date.parse(now)) / 1000);
  return moved(request, { ...state, clicks }, [
    { kind: 'check-approval', clickId: waiting.id, afterSeconds },
  ]);
}

/** Only the process that holds a stepped-up token can use it; the job comes after it and finds out whether it did. */
export const secondsForTheHolder = 30;

/**
 * From the sign-in on, that process holds the token for waits that end within this time: what Defender or its calls' share
 * ask for is mostly a minute or two, and another sign-in at night takes about as long as this.
 */
export const secondsTheTokenWaits = 180;

/** The submission of what was approved, as soon as possible or at a later moment. */
export function submitEffect({ steppedUp }: Approval, now: Instant, at?: Instant): Effect {
  if (steppedUp === true) return { kind: 'submit', at: later(at ?? now, secondsForTheHolder) };
  return at === undefined ? { kind: 'submit' } : { kind: 'submit', at };
}

export function onApproveRefused(
  request: ContainmentRequest,
  event: On<'approve-refused'>,
  now: Instant,
): Decision {
  const { state } = request;
  if (state.status !== 'awaiting') return unchanged(request);
  const click = state.clicks.find((one) => one.id === event.clickId);
  if (click === undefined) return unchanged(request);
  if (event.seen !== undefined && event.seen.signInUntil !== click.signInUntil) return unchanged(request);
  return clickVoid(request, { ...event, click }, now);
}

interface VoidClick {
  readonly click: Click;
  readonly why: VoidReason;
  readonly tell: Tell;
}

function clickVoid(request: ContainmentRequest, { click, why, tell }: VoidClick, now: Instant): Decision {
  const { state } = request;
  if (state.status !== 'awaiting') return unchanged(request);
  const clicks = state.clicks.filter((one) => one !== click);
  // Whoever is being asked which device they mean has not failed: nothing is said of it to everybody.
  const isAsked = why.code === 'device-unclear' && tell !== true;
  const ofSeveral = request.batch === undefined ? {} : { press: click.id, ...toldBy(tell) };
  const voided = { by: click.by, at: now, why, ...ofSeveral };
  const next = isAsked ? { ...state, clicks } : { ...state, clicks, voided };
  return moved(request, next, tellAs(tell, click.by, { about: 'approval', why }));
}

/** Somebody's own token showed the device: certain impossibilities end the request. */
export function onDeviceRead(request: ContainmentRequest, event: On<'device-read'>, now: Instant): Decision {
  const { state } = request;
  if (state.status !== 'awaiting' || !isToLookUp(request)) return unchanged(request);
  if (event.isTwin === true) return foundTwice(request, state, { by: event.by ?? request.requestor }, now);
  const settled = withFoundDevice(request, event, event.device);
  if (!settled.ok) return unchanged(request);
  const impossible = impossibility(event.device);
  if (impossible === undefined) return moved(settled.request, state);
  return moved(
    settled.request,
    { status: 'attention', reason: { code: impossible, detail: event.device.osPlatform }, at: now },
    [
      ...tellClickers(state.clicks, { code: 'ended-meanwhile' }),
      { kind: 'notify', about: 'Needs attention' },
    ],
  );
}

export function onDenyClicked(
  request: ContainmentRequest,
  event: On<'deny-clicked'>,
  now: Instant,
): Decision {
  const { state } = request;
  if (isSamePerson(event.by, request.requestor)) return refused(request, 'own-request-deny');
  if (state.status !== 'awaiting') return refused(request, 'already-decided');
  if (isPast(request.expiresAt, now)) return expired(request, state, now);
  if (!isVisible(event.comment)) return refused(request, 'comment-missing');
  return moved(request, { status: 'denied', by: event.by, at: now, comment: event.comment.trim() }, [
    ...tellClickers(state.clicks, { code: 'denied-meanwhile', by: event.by.name }),
    { kind: 'notify', about: 'Denied' },
  ]);
}

/** Whoever approved what is under way or has ended; nobody, as long as nothing is approved. */
export function approverOf(state: State): Person | undefined {
  return 'approval' in state ? state.approval?.by : undefined;
}

/** A click after the end of the time: refused, and the request expires now, should the job be late. */
export function expired(request: ContainmentRequest, state: StateOf<'awaiting'>, now: Instant): Decision {
  const decision = moved(request, { status: 'expired', at: now }, [
    ...tellClickers(state.clicks, { code: 'ended-meanwhile' }),
    { kind: 'notify', about: 'Expired' },
  ]);
  return { ...decision, refusal: { code: 'expired' } };
}
