import type { Event, Refusal } from '../../src/containment/event.ts';
import { isSamePerson } from '../../src/containment/person.ts';
import { type CheckOutcome, checkApproval } from '../../src/jobs/check-approval.ts';
import { newClickId } from '../../src/platform/ids.ts';
import { passed } from '../../src/platform/steps.ts';
import { type InvokeAnswer, messageAnswer } from '../answers.ts';
import { isSignInCode } from '../sign-in.ts';
import * as texts from '../texts/decisions.ts';
import {
  type CardAction,
  type CardActionParts,
  type CardTurn,
  cardWith,
  orWhenLate,
  setupOf,
  timeLeft,
} from './card-turn.ts';
import { approveSeveral } from './approve-several.ts';
import { askWhich } from './ask-approver.ts';
import { askIdentity, foreseeRefusal, refusalAnswer } from './refusals.ts';
import { stepUpAnswer, waitingForSignIn } from './step-up.ts';

type ApproveClicked = Extract<Event, { kind: 'approve-clicked' }>;

/**
 * Approve: identity first, then the click is stored, then Defender is asked for 3 s whether the person's own token sees
 * the device. Without an answer the click stays recorded and a job finishes the check.
 */
export const approve: CardAction = async (parts, turn) => {
  const { request, person, comment, deviceId, alsoRestrictedAt } = turn;
  if (request.members !== undefined) return approveSeveral(parts, turn);
  const clickId = newClickId();
  const event = {
    kind: 'approve-clicked' as const,
    by: person,
    clickId,
    ...(comment === '' ? {} : { comment }),
    ...(deviceId === undefined ? {} : { deviceId }),
    ...(alsoRestrictedAt === undefined ? {} : { alsoRestrictedAt }),
  };
  const waiting = waitingForSignIn(turn);
  if (waiting !== undefined) return pressedAgain(parts, turn, { ...event, clickId: waiting.id });
  const hopeless = await foreseeRefusal(parts, turn, event);
  if (hopeless !== undefined) return hopelessAnswer(parts, turn, hopeless);
  const unknown = await askIdentity(parts, turn);
  if (unknown !== undefined) return unknown;
  passed('presser-signed-in', request.id);
  const stored = await parts.requests.apply(request.id, event);
  if (stored?.refusal !== undefined)
    return notStored(parts, { ...turn, request: stored.request }, { event, refusal: stored.refusal });
  passed('click-stored', request.id);
  return answerOf(parts, turn, { clickId, unanswered: texts.recordedText() });
};

/** Pressed twice at once, the first press may have led to a sign-in meanwhile. */
async function notStored(
  parts: CardActionParts,
  turn: CardTurn,
  { event, refusal }: { readonly event: ApproveClicked; readonly refusal: Refusal },
): Promise<InvokeAnswer> {
  const waiting = refusal.code === 'already-checking' ? waitingForSignIn(turn) : undefined;
  if (waiting === undefined) return notCounted(parts, turn, refusal);
  return checkedAgain(parts, turn, { ...event, clickId: waiting.id });
}

/** The link is lost, or the sign-in was made elsewhere: the same click is checked again, which gives a new link. */
async function pressedAgain(
  parts: CardActionParts,
  turn: CardTurn,
  event: ApproveClicked,
): Promise<InvokeAnswer> {
  // A client that closed Cordon's own page may send what are no six digits: nobody was asked for any.
  const { token, code } = turn.signIn;
  const signIn = code !== undefined && isSignInCode(code) ? { token, code } : { token };
  const unknown = await askIdentity(parts, { ...turn, signIn });
  if (unknown !== undefined) return unknown;
  return checkedAgain(parts, turn, event);
}

/** Until that sign-in no job checks the click: without an answer now, only another press brings it on. */
async function checkedAgain(
  parts: CardActionParts,
  turn: CardTurn,
  event: ApproveClicked,
): Promise<InvokeAnswer> {
  const { clickId } = event;
  // It counts from now on, with what was written now.
  const stored = await parts.requests.apply(turn.request.id, event);
  if (stored?.refusal !== undefined)
    return notCounted(parts, { ...turn, request: stored.request }, stored.refusal);
  return answerOf(parts, turn, { clickId, unanswered: texts.noLinkYetText() });
}

/** Refused before the sign-in. A late click also ends the time of the request, should its job be late. */
async function hopelessAnswer(
  parts: CardActionParts,
  turn: CardTurn,
  refusal: Refusal,
): Promise<InvokeAnswer> {
  if (refusal.code !== 'expired') return notCounted(parts, turn, refusal);
  const expired = await parts.requests.apply(turn.request.id, { kind: 'time-passed' });
  return notCounted(parts, { ...turn, request: expired?.request ?? turn.request }, refusal);
}

function notCounted(parts: CardActionParts, turn: CardTurn, refusal: Refusal): InvokeAnswer {
  if (refusal.code !== 'already-checking') return refusalAnswer(parts, turn.request, refusal);
  return messageAnswer(isForAnother(turn) ? texts.otherDeviceCheckedText() : texts.recordedText());
}

/** Than the presser's click that is being checked. */
function isForAnother({ request: { state, deviceId: certain }, person, deviceId }: CardTurn): boolean {
  if (deviceId === undefined || state.status !== 'awaiting') return false;
  const earlier = state.clicks.find(({ by }) => isSamePerson(by, person));
  return earlier !== undefined && (earlier.deviceId ?? certain) !== deviceId;
}

/** From here on the click is recorded: whatever fails, the job goes on, and the answer says so. */
export async function check(parts: CardActionParts, turn: CardTurn, clickId: string): Promise<CheckOutcome> {
  const unanswered: CheckOutcome = { kind: 'no-answer', retryAfterMs: 0 };
  const signal = timeLeft(turn);
  const requestId = turn.request.id;
  const mayStepUp = parts.stepUp !== undefined;
  const work = checkApproval(parts, { requestId, clickId, inTurn: true, mayStepUp, signal }).catch(
    (error: unknown) => {
      parts.log.warn({ err: error, requestId }, 'check of an approval failed, the job goes on');
      return unanswered;
    },
  );
  return orWhenLate(work, signal, unanswered);
}

interface Checked {
  readonly clickId: string;
  /** What is true to say when the check outlasts the turn. */
  readonly unanswered: string;
}

async function answerOf(
  parts: CardActionParts,
  turn: CardTurn,
  { clickId, unanswered }: Checked,
): Promise<InvokeAnswer> {
  const outcome = await check(parts, turn, clickId);
  if (outcome.kind === 'sign-in-needed') {
    return stepUpAnswer(parts, turn, {
      purpose: { verb: 'approve', requestId: turn.request.id, clickId, signInUntil: outcome.until },
      claims: outcome.claims,
    });
  }
  if (outcome.kind === 'no-answer') return messageAnswer(unanswered);
  if (outcome.kind === 'choose') return askWhich(parts, turn, outcome);
  if (outcome.kind === 'refused') return refusedAnswer(parts, outcome);
  const { request, refusal } = outcome;
  if (refusal !== undefined) return cardWith(parts, request, texts.refusalText(refusal, request));
  const { state } = request;
  const approver = 'approval' in state ? state.approval?.by : undefined;
  // Taken back while it was checked: nothing is handed to Defender any more.
  const counted = approver?.objectId === turn.person.objectId && state.status !== 'withdrawn';
  return cardWith(parts, request, counted ? texts.approvedText(request) : undefined);
}

/** What the card shows of the device is not what they saw when they pressed: they get the newest one. */
function refusedAnswer(
  parts: CardActionParts,
  { why, request, noteId }: Extract<CheckOutcome, { kind: 'refused' }>,
): InvokeAnswer {
  const text = texts.voidText(why, request, setupOf(parts));
  const answer = why.code === 'other-device' ? cardWith(parts, request, text) : messageAnswer(text);
  return { ...answer, noteId };
}
