import { isToLookUp } from '../../src/containment/found-device.ts';
import { isSamePerson } from '../../src/containment/person.ts';
import { hasDevice } from '../../src/containment/request.ts';
import { confirmNow } from '../../src/jobs/confirm.ts';
import { lookUpDevice } from '../../src/jobs/resolve-device.ts';
import type { InvokeAnswer } from '../answers.ts';
import {
  type CardAction,
  type CardActionParts,
  type CardTurn,
  cardWith,
  orWhenLate,
  setupOf,
  timeLeft,
} from './card-turn.ts';
import { voidedNote } from './voided-note.ts';

/** The newest state; when nobody could confirm it, with this person's own token, if they happen to be signed in. */
export const refresh: CardAction = async (parts, turn) => {
  const { state } = turn.request;
  if (mayLookUp(turn)) return lookUp(parts, turn);
  if (state.status !== 'running' || state.unconfirmed !== true) {
    return asItStands(parts, turn);
  }
  const signal = timeLeft(turn);
  const confirmation = confirmNow(parts, turn.request, { person: turn.person, signal }).catch(
    () => ({ kind: 'no-answer' }) as const,
  );
  const outcome = await orWhenLate(confirmation, signal, { kind: 'no-answer' });
  return cardWith(parts, outcome.kind === 'confirmed' ? outcome.request : turn.request);
};

/** Which device a name means is for whoever used it, and for whoever approves: others see others. */
function mayLookUp({ request, person }: CardTurn): boolean {
  if (!isToLookUp(request)) return false;
  return hasDevice(request) || isSamePerson(request.requestor, person);
}

/**
 * Whoever opens the card and happens to be signed in shows what Defender says of the device. Clients refresh a card whenever
 * it comes into view: each person asks once a minute.
 */
async function lookUp(parts: CardActionParts, turn: CardTurn): Promise<InvokeAnswer> {
  const { request, person } = turn;
  const minute = Math.floor(performance.now() / 60_000);
  if (!parts.recentLooks.add(`${request.id} ${person.objectId} ${minute}`)) return asItStands(parts, turn);
  const signal = timeLeft(turn);
  const found = lookUpDevice(parts, request, { person, signal }).catch(() => request);
  return asItStands(parts, { request: await orWhenLate(found, signal, request), person });
}

function asItStands(
  parts: CardActionParts,
  { request, person }: Pick<CardTurn, 'request' | 'person'>,
): InvokeAnswer {
  return cardWith(parts, request, voidedNote(request, person, setupOf(parts)));
}
