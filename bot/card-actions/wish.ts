import { wishForSignIn } from '../../src/containment/box-wishes.ts';
import type { BoxEvent } from '../../src/containment/event.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { CheckOutcome } from '../../src/jobs/check-approval.ts';
import { passed } from '../../src/platform/steps.ts';
import { type InvokeAnswer, messageAnswer } from '../answers.ts';
import { isSignInCode } from '../sign-in.ts';
import * as texts from '../texts/decisions.ts';
import { pressedFor } from '../texts/pressed.ts';
import { wishCountedText } from '../texts/time-box.ts';
import { check } from './approve.ts';
import { type CardActionParts, type CardTurn, cardWith, setupOf } from './card-turn.ts';
import { askIdentity, foreseeRefusal, refusalAnswer } from './refusals.ts';
import { stepUpAnswer } from './step-up.ts';
import { pressWishForSeveral } from './wish-several.ts';

type WishClicked = Extract<BoxEvent, { kind: 'release-clicked' | 'extend-clicked' }>;

/** Release and Extend go the way of Approve: who it is, the stored click, and whether their own token sees the device. */
export async function pressWish(
  parts: CardActionParts,
  turn: CardTurn,
  event: WishClicked,
): Promise<InvokeAnswer> {
  const { request, person } = turn;
  if (request.members !== undefined) return pressWishForSeveral(parts, turn, event);
  const verb = verbOf(event);
  const waiting = wishForSignIn(request, person, verb);
  if (waiting !== undefined) return pressedAgain(parts, turn, { ...event, clickId: waiting.id });
  const hopeless = await foreseeRefusal(parts, turn, event);
  if (hopeless !== undefined) return refusalAnswer(parts, request, hopeless);
  const unknown = await askIdentity(parts, turn);
  if (unknown !== undefined) return unknown;
  passed('presser-signed-in', request.id);
  const stored = await parts.requests.apply(request.id, event);
  if (stored === undefined) return messageAnswer(texts.unknownRequestText());
  if (stored.refusal !== undefined) {
    // Pressed twice at once, the first press may have led to a sign-in meanwhile.
    const isChecking = stored.refusal.code === 'wish-checking';
    const led = isChecking ? wishForSignIn(stored.request, person, verb) : undefined;
    return led === undefined
      ? refusalAnswer(parts, stored.request, stored.refusal)
      : checkedAgain(parts, turn, { ...event, clickId: led.id });
  }
  passed('wish-stored', request.id);
  return answerOf(parts, turn, { verb, clickId: event.clickId, unanswered: texts.recordedText() });
}

function verbOf({ kind }: WishClicked): Pressed['verb'] {
  return kind === 'release-clicked' ? 'release' : 'extend';
}

interface Pressed {
  readonly verb: 'release' | 'extend';
  readonly clickId: string;
  /** What is true to say when the check outlasts the turn. */
  readonly unanswered: string;
}

/** The link is lost, or the sign-in was made elsewhere: the same click is checked again, which gives a new link. */
async function pressedAgain(
  parts: CardActionParts,
  turn: CardTurn,
  event: WishClicked,
): Promise<InvokeAnswer> {
  const { token, code } = turn.signIn;
  const signIn = code !== undefined && isSignInCode(code) ? { token, code } : { token };
  const unknown = await askIdentity(parts, { ...turn, signIn });
  return unknown ?? checkedAgain(parts, turn, event);
}

/** Until that sign-in no job checks the click: without an answer now, only another press brings it on. */
async function checkedAgain(
  parts: CardActionParts,
  turn: CardTurn,
  event: WishClicked,
): Promise<InvokeAnswer> {
  // It counts from now on, with what was written now.
  const stored = await parts.requests.apply(turn.request.id, event);
  if (stored?.refusal !== undefined) return refusalAnswer(parts, stored.request, stored.refusal);
  const verb = verbOf(event);
  const unanswered = texts.noLinkYetText(pressedFor[verb]);
  return answerOf(parts, turn, { verb, clickId: event.clickId, unanswered });
}

async function answerOf(
  parts: CardActionParts,
  turn: CardTurn,
  { verb, clickId, unanswered }: Pressed,
): Promise<InvokeAnswer> {
  const outcome = await check(parts, turn, clickId);
  switch (outcome.kind) {
    case 'sign-in-needed': {
      const { until: signInUntil } = outcome;
      const purpose = { verb, requestId: turn.request.id, clickId, signInUntil };
      return stepUpAnswer(parts, turn, { purpose, claims: outcome.claims });
    }
    case 'no-answer':
      return messageAnswer(unanswered);
    // A restriction in force knows its device: nobody is asked to choose one.
    case 'choose':
    case 'refused':
      return voided(parts, verb, outcome);
    case 'decided':
      return decided(parts, verb, outcome);
  }
}

function voided(
  parts: CardActionParts,
  verb: Pressed['verb'],
  outcome: Extract<CheckOutcome, { kind: 'choose' | 'refused' }>,
): InvokeAnswer {
  const why = outcome.kind === 'refused' ? outcome.why : ({ code: 'device-unclear' } as const);
  const text = texts.wishVoidText(why, verb, outcome.request, setupOf(parts));
  return { ...messageAnswer(text), noteId: outcome.noteId };
}

function decided(
  parts: CardActionParts,
  verb: Pressed['verb'],
  {
    request,
    refusal,
  }: { request: ContainmentRequest; refusal?: Parameters<typeof refusalAnswer>[2] | undefined },
): InvokeAnswer {
  return refusal === undefined
    ? cardWith(parts, request, wishCountedText(request, verb))
    : refusalAnswer(parts, request, refusal);
}
