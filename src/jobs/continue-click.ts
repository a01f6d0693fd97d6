import { setTimeout as sleep } from 'node:timers/promises';
import { recheckRefusal } from '../containment/attention.ts';
import { wishOf } from '../containment/box-wishes.ts';
import type { CancelRefusal, Refusal } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import { type Person, isSamePerson } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { State, StateOf, VoidReason } from '../containment/state.ts';
import { boxInForce } from '../containment/box-in-force.ts';
import type { DefenderAccess } from '../identity/defender-access.ts';
import { newNoteId } from '../platform/ids.ts';
import type { StepUpPurpose } from '../store/step-up-purpose.ts';
import { cancelAction } from './cancel-action.ts';
import { checkApproval } from './check-approval.ts';
import { type Confirmation, confirmNow } from './confirm.ts';
import { type Patience, keepTrying } from './keep-trying.ts';
import { approvalOf } from './machine-action.ts';
import type { JobParts } from './parts.ts';
import { submitWithHeldToken } from './submit-with-held-token.ts';

/** A delegated Defender token from Cordon's own sign-in page. It lives in this process, for this click, and no longer. */
export interface SteppedUpToken {
  readonly token: string;
  readonly upn?: string | undefined;
  readonly expiresAt: Date;
}

/** What came of the click that waited; `onwards` is what goes on with the token after the decision. */
export type Continued =
  | {
      readonly kind: 'counts';
      readonly request: ContainmentRequest;
      readonly onwards: Promise<void>;
      /** Of several devices: for how many it counts, of those that the click was for. */
      readonly share?: { readonly counted: number; readonly of: number } | undefined;
    }
  | { readonly kind: 'refused'; readonly request: ContainmentRequest; readonly refusal: Refusal }
  | (Told & { readonly kind: 'void'; readonly request: ContainmentRequest; readonly why: VoidReason })
  | (Told & {
      readonly kind: 'not-cancelled';
      readonly request: ContainmentRequest;
      readonly why: CancelRefusal;
    })
  /** Defender can never carry this out on the device, which the approver's look at it has shown. */
  | { readonly kind: 'not-possible'; readonly request: ContainmentRequest }
  /** The click had been given up before the sign-in was over; Release or Extend may have counted by another link. */
  | { readonly kind: 'gone'; readonly request: ContainmentRequest }
  /** Nothing was decided by it: Defender was asked once more. */
  | {
      readonly kind: 'looked';
      readonly request: ContainmentRequest;
      readonly outcome: Exclude<Confirmation, { kind: 'no-answer' }>;
    }
  /** Defender did not answer; the card tells what becomes of the click. */
  | { readonly kind: 'no-answer'; readonly request: ContainmentRequest | undefined };

interface Told {
  /** Of the message that goes out unless the page takes it back: see `toldHere`. */
  readonly noteId?: string | undefined;
}

export interface WaitingClick {
  readonly person: Person;
  readonly purpose: Exclude<StepUpPurpose, { verb: 'whoami' }>;
}

/** The person looks at a page that waits for this. */
const decideWithinMs = 20_000;
const againMs = 1_000;

type OfClick = Extract<StepUpPurpose, { readonly clickId: string }>;

/** The token would be lost with a failure: until the signal, what fails is done again. */
type Holder = JobParts & Patience;

export function untilDecided(): AbortSignal {
  return AbortSignal.timeout(decideWithinMs);
}

/** Checks, decides and submits what a click asked for, with the token of this sign-in and no other. */
export async function continueClick(
  parts: JobParts,
  { person, purpose }: WaitingClick,
  token: SteppedUpToken,
  signal = untilDecided(),
): Promise<Continued> {
  const { requests, log } = parts;
  const holder: Holder = {
    ...parts,
    // A record that is not written fails whatever it tells of.
    requests: { ...requests, note: (...args) => keepTrying({ signal, log }, () => requests.note(...args)) },
    access: accessBy(token, person, parts.access),
    signal,
  };
  switch (purpose.verb) {
    case 'approve':
      return approve(holder, person, purpose);
    case 'release':
    case 'extend':
      return wish(holder, person, purpose);
    case 'retry':
      return retry(holder, person, purpose.requestId);
    case 'cancel':
      return cancel(holder, person, purpose);
    case 'recheck':
      return recheck(holder, person, purpose.requestId);
  }
}

/**
 * The sign-in came to nothing: the click that waited for it is void, and the page tells its person. Answers the id of the
 * message that goes out unless the page takes it back: see `toldHere`.
 */
export async function abandonClick(
  parts: Pick<JobParts, 'requests'>,
  { purpose }: WaitingClick,
  why: VoidReason,
): Promise<string | undefined> {
  if (!('clickId' in purpose)) return undefined;
  const { verb, requestId, clickId, signInUntil } = purpose;
  const noteId = newNoteId();
  // The person has a newer link to the same click meanwhile: that one is not lost with this.
  const seen = signInUntil === undefined ? {} : { seen: { signInUntil } };
  const refusal = { clickId, ...seen, why, tell: { unlessTold: noteId } };
  // Of several devices each that the click was for; nothing happens to the others.
  await parts.requests.applyToAll(requestId, () =>
    verb === 'approve'
      ? { kind: 'approve-refused', ...refusal }
      : { kind: 'wish-refused', wish: verb, ...refusal },
  );
  return noteId;
}

/** The token serves its person; whoever else is asked for has their own way to one. */
function accessBy(
  { token, upn, expiresAt }: SteppedUpToken,
  person: Person,
  otherwise: DefenderAccess,
): DefenderAccess {
  return {
    forPerson: (who, signal) =>
      who.tenantId === person.tenantId && who.objectId === person.objectId
        ? Promise.resolve({ ok: true, token, upn, expiresAt, steppedUp: true })
        : otherwise.forPerson(who, signal),
  };
}

async function approve(parts: Holder, person: Person, { requestId, clickId }: OfClick): Promise<Continued> {
  const { signal } = parts;
  const outcome = await whileUnanswered(parts, () =>
    checkApproval(parts, { requestId, clickId, inTurn: true, steppedUp: true, signal }),
  );
  if (outcome.kind === 'refused') return { ...outcome, kind: 'void' };
  if (outcome.kind !== 'decided') return noAnswer(parts, requestId);
  const { request, refusal } = outcome;
  if (refusal !== undefined) return { kind: 'refused', request, refusal };
  if (request.state.status === 'awaiting') return { kind: 'gone', request };
  if (isImpossible(request.state)) return { kind: 'not-possible', request };
  const approval = approvalOf(request);
  if (approval === undefined || request.state.status === 'withdrawn' || !isSamePerson(approval.by, person)) {
    return { kind: 'refused', request, refusal: { code: 'already-decided' } };
  }
  // A second link to the same click, whose approval has come to a stop or its end by the first: nothing goes on.
  if (!isUnderWay(request.state)) {
    return { kind: 'refused', request, refusal: { code: 'already-approved-by-you' } };
  }
  return { kind: 'counts', request, onwards: submitWithHeldToken(parts, request) };
}

/** The look at the device, this one or another, has ended the request: nobody has approved it. */
function isImpossible(state: State): boolean {
  return state.status === 'attention' && state.approval === undefined;
}

function isUnderWay({ status }: State): boolean {
  return status === 'approved' || status === 'submitting' || status === 'running';
}

async function wish(
  parts: Holder,
  person: Person,
  { verb, requestId, clickId }: OfClick,
): Promise<Continued> {
  const before = await keepTrying(parts, () => parts.requests.byId(requestId));
  if (before === undefined) return noAnswer(parts, requestId);
  if (wishOf(before, clickId) === undefined) return { kind: 'gone', request: before };
  const { signal } = parts;
  const outcome = await whileUnanswered(parts, () =>
    checkApproval(parts, { requestId, clickId, inTurn: true, steppedUp: true, signal }),
  );
  if (outcome.kind === 'refused') return { ...outcome, kind: 'void' };
  if (outcome.kind !== 'decided') return noAnswer(parts, requestId);
  const { request, refusal } = outcome;
  if (refusal !== undefined) return { kind: 'refused', request, refusal };
  if (verb === 'release') return releaseNow(parts, person, request);
  return isExtendedBy(person, before, request)
    ? { kind: 'counts', request, onwards: Promise.resolve() }
    : { kind: 'gone', request };
}

/** The box may have ended, or somebody else have moved its end, while the sign-in went on. */
function isExtendedBy(person: Person, before: ContainmentRequest, after: ContainmentRequest): boolean {
  const box = boxInForce(after);
  if (box?.extended === undefined || box.lift !== undefined) return false;
  return box.extended.at !== boxInForce(before)?.extended?.at && isSamePerson(box.extended.by, person);
}

/** What was released is sent with this token at once, like what was approved. */
async function releaseNow(parts: Holder, person: Person, request: ContainmentRequest): Promise<Continued> {
  const asked = boxInForce(request)?.lift;
  const lift = asked && (await keepTrying(parts, () => parts.requests.byId(asked.id)));
  const by = lift && approvalOf(lift)?.by;
  return lift !== undefined && by !== undefined && isSamePerson(by, person)
    ? { kind: 'counts', request: lift, onwards: submitWithHeldToken(parts, lift) }
    : { kind: 'refused', request, refusal: { code: 'lift-asked-for' } };
}

async function retry(parts: Holder, person: Person, requestId: RequestId): Promise<Continued> {
  const decision = await keepTrying(parts, () =>
    parts.requests.apply(requestId, { kind: 'retry-clicked', by: person, steppedUp: true }),
  );
  if (decision === undefined) return noAnswer(parts, requestId);
  const { request, refusal } = decision;
  if (refusal !== undefined && !isRenewedBy(request, person)) return { kind: 'refused', request, refusal };
  return { kind: 'counts', request, onwards: submitWithHeldToken(parts, request) };
}

/** The retry was stored before, and only the answer to that was lost; or another link of the same person's did it. */
function isRenewedBy(request: ContainmentRequest, person: Person): boolean {
  const approval = approvalOf(request);
  if (approval?.steppedUp !== true || !isUnderWay(request.state)) return false;
  return isSamePerson(approval.by, person);
}

async function cancel(
  parts: Holder,
  person: Person,
  { requestId, comment }: Extract<StepUpPurpose, { verb: 'cancel' }>,
): Promise<Continued> {
  const began = await keepTrying(parts, () => parts.requests.now());
  const decision = await keepTrying(parts, () =>
    parts.requests.apply(requestId, { kind: 'cancel-clicked', by: person, comment, steppedUp: true }),
  );
  if (decision === undefined) return noAnswer(parts, requestId);
  const { request, refusal } = decision;
  const { state } = request;
  if (refusal !== undefined && !isCancelledBy(state, person)) return { kind: 'refused', request, refusal };
  if (state.status !== 'running') return { kind: 'counts', request, onwards: Promise.resolve() };
  const { signal } = parts;
  const outcome = await whileUnanswered(parts, () =>
    cancelAction(parts, { requestId, since: state.cancel?.at, inTurn: true, signal }),
  );
  if (outcome.kind === 'decided') return cancelledOrNot(outcome.request, person);
  if (outcome.kind === 'refused') return { ...outcome, kind: 'not-cancelled', request };
  if (outcome.kind === 'no-answer' && outcome.paused === true) {
    // Stored by this very sign-in, whether or not the answer to that was lost.
    const isOwnWish = refusal === undefined || (state.cancel !== undefined && state.cancel.at >= began);
    return isOwnWish ? whilePaused(parts, request, state) : { kind: 'refused', request, refusal };
  }
  return { kind: 'no-answer', request };
}

/** The action may have ended otherwise, or somebody whose wish goes first have asked as well, before Defender was. */
function cancelledOrNot(request: ContainmentRequest, person: Person): Continued {
  const { state } = request;
  const why = whyNotCancelled(state, person);
  return why === undefined
    ? { kind: 'counts', request, onwards: Promise.resolve() }
    : { kind: 'not-cancelled', request, why };
}

function whyNotCancelled(state: State, person: Person): CancelRefusal | undefined {
  if (state.status === 'ended')
    return state.machineAction.status === 'Cancelled' ? undefined : { code: 'already-final' };
  if (state.status !== 'running') return { code: 'already-final' };
  return state.cancel !== undefined && isSamePerson(state.cancel.by, person)
    ? undefined
    : { code: 'taken-over' };
}

/** Nobody has this token when the pause ends: the wish is given up, so that nobody waits for it or behind it. */
async function whilePaused(
  parts: Holder,
  request: ContainmentRequest,
  { cancel: wish }: StateOf<'running'>,
): Promise<Continued> {
  if (wish === undefined) return { kind: 'no-answer', request };
  const { by, at: wishedAt } = wish;
  const why = { code: 'paused' } as const;
  const noteId = newNoteId();
  const tell = { unlessTold: noteId };
  const given = { kind: 'cancel-refused', by, wishedAt, why, tell } as const;
  const decision = await keepTrying(parts, () => parts.requests.apply(request.id, given));
  const newest = decision?.request ?? request;
  const { state } = newest;
  // Meanwhile somebody whose wish goes first has asked as well, or the action has ended.
  if (state.status !== 'running')
    return { kind: 'not-cancelled', request: newest, why: { code: 'already-final' } };
  if (state.cancel !== undefined && !isSamePerson(state.cancel.by, by))
    return { kind: 'not-cancelled', request: newest, why: { code: 'taken-over' } };
  return { kind: 'not-cancelled', request: newest, why, noteId };
}

/** As `isRenewedBy`, of a wish to cancel that still stands. */
function isCancelledBy(state: State, person: Person): boolean {
  if (state.status === 'withdrawn') return isSamePerson(state.by, person);
  if (state.status !== 'submitting' && state.status !== 'running') return false;
  return state.cancel !== undefined && isSamePerson(state.cancel.by, person);
}

async function recheck(parts: Holder, person: Person, requestId: RequestId): Promise<Continued> {
  const request = await keepTrying(parts, () => parts.requests.byId(requestId));
  if (request === undefined) return { kind: 'no-answer', request };
  const refusal = recheckRefusal(request, person);
  if (refusal !== undefined) return { kind: 'refused', request, refusal };
  const outcome = await keepTrying(parts, () => confirmNow(parts, request, { person, signal: parts.signal }));
  return outcome.kind === 'no-answer' ? { kind: 'no-answer', request } : { kind: 'looked', request, outcome };
}

async function noAnswer(parts: JobParts, requestId: RequestId): Promise<Continued> {
  return { kind: 'no-answer', request: await parts.requests.byId(requestId) };
}

async function whileUnanswered<
  T extends { readonly kind: string; readonly retryAfterMs?: number; readonly paused?: true },
>(patience: Patience, ask: () => Promise<T>): Promise<T> {
  const { signal } = patience;
  let outcome = await keepTrying(patience, ask);
  while (outcome.kind === 'no-answer' && outcome.paused !== true && !signal.aborted) {
    const ms = Math.max(againMs, outcome.retryAfterMs ?? 0);
    // Cut short by the signal, which the loop then sees.
    await sleep(ms, undefined, { signal }).catch(() => undefined);
    outcome = await keepTrying(patience, ask);
  }
  return outcome;
}
