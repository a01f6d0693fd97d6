import { membersOf } from '../../src/containment/batch.ts';
import { decide } from '../../src/containment/decide.ts';
import type { Event, Refusal } from '../../src/containment/event.ts';
import { isSamePerson } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { boxInForce } from '../../src/containment/box-in-force.ts';
import { type InvokeAnswer, messageAnswer } from '../answers.ts';
import * as texts from '../texts/decisions.ts';
import { type CardActionParts, type CardTurn, cardWith } from './card-turn.ts';

/** Told to the clicker alone; with the newest card where theirs is out of date. */
export function refusalAnswer(
  parts: CardActionParts,
  request: ContainmentRequest,
  refusal: Refusal,
): InvokeAnswer {
  const text = texts.refusalText(refusal, request);
  return isStaleCard(refusal) ? cardWith(parts, request, text) : messageAnswer(text);
}

export function isStaleCard({ code }: Refusal): boolean {
  return staleCards.includes(code);
}

const staleCards: readonly Refusal['code'][] = [
  'expired',
  'already-decided',
  'already-approved-by-you',
  'nothing-to-cancel',
  'nothing-to-retry',
  'nothing-to-close',
  'no-time-box',
  'lift-asked-for',
  'stale',
  'device-found-since',
];

/** Nobody is asked to sign in for a click that cannot count; it is recorded all the same. */
export async function foreseeRefusal(
  parts: CardActionParts,
  turn: CardTurn,
  event: Event,
): Promise<Refusal | undefined> {
  const { refusal } = decide(turn.request, event, await parts.requests.now());
  if (refusal !== undefined) await recordRefusal(parts, turn, refusal.code);
  return refusal;
}

/** Universal Action sign-in of the presser; undefined once it is proven who they are. */
export async function askIdentity(parts: CardActionParts, turn: CardTurn): Promise<InvokeAnswer | undefined> {
  const byButton = wasRefusedByEntra(turn);
  const identity = await parts.signIn(turn.activity, turn.person, { ...turn.signIn, byButton });
  if (identity.kind === 'verified') return undefined;
  if (identity.refused) await recordRefusal(parts, turn, 'not-verified');
  return identity.answer;
}

/**
 * Entra takes the presser's sign-in no longer: they are asked for another one at once, by the button, for a silent one would
 * be the same again. Their press then comes anew.
 */
export async function askByButton(
  { signIn }: CardActionParts,
  { activity, person, signIn: input }: Pick<CardTurn, 'activity' | 'person' | 'signIn'>,
  otherwise: InvokeAnswer,
): Promise<InvokeAnswer> {
  // They have just signed in by it, so that is not what Entra has against them: the words say what is known.
  if (input.code !== undefined) return otherwise;
  const identity = await signIn(activity, person, { byButton: true });
  return identity.kind === 'answer' ? identity.answer : otherwise;
}

/** What this request knows of the presser's last sign-in. */
function wasRefusedByEntra({ request, person }: CardTurn): boolean {
  return membersOf(request).some((member) => {
    const { state } = member;
    if (state.status === 'attention') {
      const isTheirs = state.approval !== undefined && isSamePerson(state.approval.by, person);
      return state.reason.code === 'sign-in-needed' && (isTheirs || request.members === undefined);
    }
    const voided = state.status === 'awaiting' ? state.voided : boxInForce(member)?.voided;
    if (voided === undefined || !isSamePerson(voided.by, person)) return false;
    return voided.why.code === 'extra-sign-in-needed' || voided.why.code === 'sign-in-gone';
  });
}

/** A refusal before anything was stored leaves its record too. */
export async function recordRefusal(parts: CardActionParts, turn: CardTurn, code: string): Promise<void> {
  await recordPress(parts, turn, { refused: code });
}

export async function recordPress(
  parts: CardActionParts,
  { request, person, verb }: CardTurn,
  detail: Readonly<Record<string, string>>,
): Promise<void> {
  await parts.requests.note(request.id, {
    what: `${verb}-clicked`,
    who: { objectId: person.objectId, name: person.name },
    request: { id: request.id, number: request.number },
    detail: { ...detail },
  });
}
