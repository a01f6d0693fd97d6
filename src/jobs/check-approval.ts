import type { Event, Refusal, Tell } from '../containment/event.ts';
import type { DeviceId, RequestId } from '../containment/ids.ts';
import { type ContainmentRequest, hasDevice } from '../containment/request.ts';
import { type Instant, isSamePerson } from '../containment/person.ts';
import type { Click, VoidReason } from '../containment/state.ts';
import type { Wish } from '../containment/time-box.ts';
import { boxInForce } from '../containment/box-in-force.ts';
import { later } from '../containment/decision.ts';
import type { FoundDevices } from '../defender/device-search.ts';
import { DefenderError } from '../defender/errors.ts';
import { newNoteId } from '../platform/ids.ts';
import { passed } from '../platform/steps.ts';
import { stepUpMinutes } from '../store/step-ups.ts';
import { type Session, openSession } from './defender-session.ts';
import { factsOf } from './device-facts.ts';
import { approvalOf } from './machine-action.ts';
import { type JobParts, secondsBetween } from './parts.ts';
import { type Meant, readMeantDevice } from './resolve-device.ts';
import { type Waiting, isWish, waitingClick } from './waiting-click.ts';

/** After this the click is void: nobody should find a device restricted by a click they have forgotten. */
const longestCheckSeconds = 600;

export type CheckOutcome =
  | { readonly kind: 'decided'; readonly request: ContainmentRequest; readonly refusal?: Refusal | undefined }
  | (Told & { readonly kind: 'refused'; readonly why: VoidReason; readonly request: ContainmentRequest })
  /** Nothing is approved: the presser has to say first which of these devices the name of the request means. */
  | (Told & { readonly kind: 'choose'; readonly request: ContainmentRequest; readonly found: FoundDevices })
  /** The click waits for a sign-in of its person on Cordon's own page; `again`: it did so before. */
  | {
      readonly kind: 'sign-in-needed';
      readonly claims?: string | undefined;
      readonly why: VoidReason;
      readonly again: boolean;
      readonly until: Instant;
    }
  | { readonly kind: 'no-answer'; readonly retryAfterMs: number };

interface Told {
  /** Of the message that goes out unless the turn takes it back: see `toldHere`. */
  readonly noteId?: string | undefined;
}

interface Check {
  readonly requestId: RequestId;
  readonly clickId: string;
  /** The click's own turn waits and tells the person; a job tells by message. */
  readonly inTurn: boolean;
  /** The person is there to be led to Cordon's own sign-in page, and there is one. */
  readonly mayStepUp?: boolean | undefined;
  /** By the token of such a sign-in, which nobody but this process holds. */
  readonly steppedUp?: boolean | undefined;
  /** Of a press for several devices: until when a sign-in for any of them is waited for. */
  readonly until?: Instant | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Parts = Pick<JobParts, 'requests' | 'access' | 'defender'>;

/** Does the presser's own token see the device? Then the click is an approval, or the wish to release or extend counts. */
export async function checkApproval(parts: Parts, check: Check): Promise<CheckOutcome> {
  const outcome = await look(parts, check);
  return outcome.kind === 'sign-in-needed' && isOver(check) ? withoutLink(parts, check, outcome) : outcome;
}

async function look(parts: Parts, check: Check): Promise<CheckOutcome> {
  const request = await parts.requests.byId(check.requestId);
  if (request === undefined) return { kind: 'no-answer', retryAfterMs: 0 };
  const click = waitingClick(request, check.clickId);
  if (click === undefined) return { kind: 'decided', request };
  const asleepMs = check.inTurn ? 0 : await untilSignInMs(parts, click);
  if (asleepMs > 0) return { kind: 'no-answer', retryAfterMs: asleepMs };
  const { signal } = check;
  const session = await openSession(parts, request, click.by, { priority: 'interactive', signal });
  passed('presser-token-received', request.id);
  if (session.ok) return checkDevice(parts, check, { request, click, session });
  if (session.transient) return unanswered(parts, check, click, session);
  return refuseOrStepUp(parts, check, { click, why: session.why, claims: session.claims });
}

async function untilSignInMs(parts: Parts, { signInUntil }: Click): Promise<number> {
  if (signInUntil === undefined) return 0;
  return secondsBetween(await parts.requests.now(), signInUntil) * 1000;
}

/** The turn has told its person something else meanwhile: whatever comes of the check now needs a message. */
function isOver({ signal }: Check): boolean {
  return signal?.aborted === true;
}

/** What only another sign-in can answer waits for it, as long as somebody is there to be asked. */
async function refuseOrStepUp(
  parts: Parts,
  check: Check,
  { click, why, claims }: { click: Waiting; why: VoidReason; claims?: string | undefined },
): Promise<CheckOutcome> {
  if (why.code !== 'extra-sign-in-needed') return refuse(parts, check, click, { why });
  // The person may have pressed again while a job waited for Entra, and have a link by now.
  if (!check.inTurn) return refuse(parts, check, click, { why, onlyIfSeen: true });
  if (check.mayStepUp !== true) return refuse(parts, check, click, { why });
  const again = click.signInUntil !== undefined;
  if (isOver(check)) return withoutLink(parts, check, { why, again, until: undefined });
  const until = check.until ?? later(await parts.requests.now(), stepUpMinutes * 60);
  const waiting = { clickId: check.clickId, until, aadsts: why.aadsts };
  const decision = await parts.requests.apply(
    check.requestId,
    isWish(click)
      ? { kind: 'wish-needs-sign-in', wish: click.verb, ...waiting }
      : { kind: 'approve-needs-sign-in', ...waiting },
  );
  passed('click-waits-for-sign-in', check.requestId);
  // Decided or void meanwhile: nobody signs in for a click that is no more.
  if (decision !== undefined && waitingClick(decision.request, check.clickId) === undefined)
    return { kind: 'decided', request: decision.request };
  return { kind: 'sign-in-needed', claims, why, again, until };
}

/**
 * A click must not wait for a sign-in that its person does not know of. One that did before goes on: there is a link. So does
 * one that another press has been led to since.
 */
async function withoutLink(
  parts: Parts,
  check: Check,
  {
    why,
    again,
    until,
  }: { readonly why: VoidReason; readonly again: boolean; readonly until: Instant | undefined },
): Promise<CheckOutcome> {
  const request = await parts.requests.byId(check.requestId);
  if (request === undefined || again) return { kind: 'no-answer', retryAfterMs: 0 };
  const click = waitingClick(request, check.clickId);
  if (click === undefined) return { kind: 'decided', request };
  return refuse(parts, check, { ...click, signInUntil: until }, { why, onlyIfSeen: true });
}

async function checkDevice(
  parts: Parts,
  check: Check,
  { request, click, session }: { request: ContainmentRequest; click: Waiting; session: Session },
): Promise<CheckOutcome> {
  try {
    const meant = await readMeantDevice(parts, session, request, chosenBy(click, request));
    if (meant.kind === 'no') return await refuse(parts, check, click, { why: meant.why });
    if (meant.kind === 'unclear') return await askWhich(parts, check, click, meant.found);
    passed('device-read', request.id);
    return await decideBy(parts, check, { request, click, session, meant });
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    const why = reasonOf(error);
    return why
      ? await refuseOrStepUp(parts, check, { click, why, claims: error.claims })
      : await unanswered(parts, check, click, error);
  } finally {
    await session.close();
  }
}

/** Release and Extend are about what is restricted, whatever else bears its name. */
function chosenBy(click: Waiting, request: ContainmentRequest): DeviceId | undefined {
  return isWish(click) && hasDevice(request) ? request.deviceId : click.deviceId;
}

interface Read {
  readonly request: ContainmentRequest;
  readonly click: Waiting;
  readonly session: Session;
  readonly meant: Extract<Meant, { kind: 'device' }>;
}

async function decideBy(
  parts: Parts,
  check: Check,
  { request, click, session, meant }: Read,
): Promise<CheckOutcome> {
  const noteId = noteIdOf(check);
  const verified = {
    clickId: click.id,
    upn: session.upn,
    tell: tellBy(noteId),
    ...(check.steppedUp === true ? { steppedUp: true } : {}),
  };
  const { deviceId, machine } = meant;
  const decision = await parts.requests.apply(
    request.id,
    isWish(click)
      ? await wishVerified(parts, request, click, verified)
      : { kind: 'approve-verified', deviceId, device: factsOf(machine), ...verified },
  );
  passed(isWish(click) ? 'wish-counted' : 'approval-stored', request.id);
  const after = decision?.request ?? request;
  const why = whyVoid(after, click);
  return why === undefined
    ? { kind: 'decided', request: after, refusal: decision?.refusal }
    : { kind: 'refused', why, request: after, noteId };
}

async function wishVerified(
  parts: Parts,
  request: ContainmentRequest,
  wish: Wish,
  verified: { clickId: string; upn: string | undefined; tell: Tell; steppedUp?: boolean },
): Promise<Event> {
  const event = { kind: 'wish-verified', ...verified } as const;
  return wish.verb === 'release'
    ? { ...event, wish: 'release', lift: await parts.requests.nextLift(request, event) }
    : { ...event, wish: 'extend' };
}

/** Why the click that was just decided on does not count, where it does not. */
function whyVoid(request: ContainmentRequest, click: Waiting): VoidReason | undefined {
  const { state } = request;
  if (waitingClick(request, click.id) !== undefined) return undefined;
  if (isWish(click)) {
    // What counts leaves none of these.
    const voided = boxInForce(request)?.voided;
    return voided !== undefined && isSamePerson(voided.by, click.by) ? voided.why : undefined;
  }
  if (state.status !== 'awaiting') return undefined;
  return state.voided !== undefined && isSamePerson(state.voided.by, click.by) ? state.voided.why : undefined;
}

async function askWhich(
  parts: Parts,
  check: Check,
  click: Waiting,
  found: FoundDevices,
): Promise<CheckOutcome> {
  const steppedUp = check.steppedUp === true ? { steppedUp: true as const } : {};
  const refused = await refuse(parts, check, click, { why: { code: 'device-unclear', ...steppedUp } });
  const isThere = check.inTurn && !isOver(check) && check.steppedUp !== true;
  return refused.kind === 'refused' && isThere ? { ...refused, kind: 'choose', found } : refused;
}

/** What Defender's answer says about the person's rights; undefined when it says nothing about them. */
export function reasonOf(error: DefenderError): VoidReason | undefined {
  switch (error.kind) {
    case 'not-found':
      return { code: 'device-not-visible' };
    case 'forbidden':
      return { code: 'not-permitted' };
    case 'unauthorized':
      return { code: 'token-rejected' };
    case 'claims-challenge':
      return { code: 'extra-sign-in-needed' };
    case 'disabled-feature':
      return { code: 'feature-disabled' };
    case 'disallowed-operation':
      return { code: 'operation-disallowed' };
    default:
      return undefined;
  }
}

/** A turn that gives up waiting, or dies, has told the person to look at the card: the reason then comes by message. */
function noteIdOf({ inTurn }: Check): string | undefined {
  return inTurn ? newNoteId() : undefined;
}

function tellBy(noteId: string | undefined): Tell {
  return noteId === undefined || { unlessTold: noteId };
}

async function refuse(
  parts: Parts,
  check: Check,
  click: Waiting,
  { why, onlyIfSeen = false }: { readonly why: VoidReason; readonly onlyIfSeen?: boolean },
): Promise<CheckOutcome> {
  const noteId = noteIdOf(check);
  const refusal = {
    clickId: check.clickId,
    ...(onlyIfSeen ? { seen: { signInUntil: click.signInUntil } } : {}),
    why,
    tell: tellBy(noteId),
  };
  const decision = await parts.requests.apply(
    check.requestId,
    isWish(click)
      ? { kind: 'wish-refused', wish: click.verb, ...refusal }
      : { kind: 'approve-refused', ...refusal },
  );
  passed('click-voided', check.requestId);
  if (decision === undefined || waitingClick(decision.request, check.clickId) !== undefined)
    return { kind: 'no-answer', retryAfterMs: 0 };
  const { request } = decision;
  // Another check of the same click, by another link, was faster and has decided.
  return isWish(click) || request.state.status === 'awaiting'
    ? { kind: 'refused', why, request, noteId }
    : { kind: 'decided', request, refusal: { code: decidedFor(request, click) } };
}

function decidedFor(request: ContainmentRequest, { by }: Click): DecidedCode {
  const approval = approvalOf(request);
  return approval !== undefined && isSamePerson(approval.by, by)
    ? 'already-approved-by-you'
    : 'already-decided';
}

type DecidedCode = 'already-approved-by-you' | 'already-decided';

interface NoAnswer {
  /** Undefined for Entra. */
  readonly kind?: DefenderError['kind'];
  readonly retryAfterMs?: number | undefined;
}

async function unanswered(
  parts: Parts,
  check: Check,
  click: Waiting,
  { kind, retryAfterMs = 5_000 }: NoAnswer,
): Promise<CheckOutcome> {
  const age = secondsBetween(click.at, await parts.requests.now());
  // Whoever has just signed in for it has not forgotten the click.
  if (age > longestCheckSeconds && check.steppedUp !== true)
    return refuse(parts, check, click, {
      why: { code: 'could-not-check', ...(kind === 'budget' ? { callsUsedUp: true } : {}) },
    });
  return { kind: 'no-answer', retryAfterMs: Math.min(retryAfterMs, 30_000) };
}
