import { isToLookUp } from '../../src/containment/found-device.ts';
import { isSamePerson } from '../../src/containment/person.ts';
import { type ContainmentRequest, hasDevice } from '../../src/containment/request.ts';
import { confirmNow } from '../../src/jobs/confirm.ts';
import { lookUpSeveral } from '../../src/jobs/look-up-several.ts';
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
import { newest } from '../press-each.ts';
import { inTurns } from '../../src/platform/in-turns.ts';
import { voidedNote } from './voided-note.ts';

/** The newest state; when nobody could confirm it, with this person's own token, if they happen to be signed in. */
export const refresh: CardAction = async (parts, turn) => {
  const { state, members } = turn.request;
  if (members !== undefined) return refreshSeveral(parts, turn, members);
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

/** As many of several as one refresh looks after. */
const mostConfirmed = 4;

async function refreshSeveral(
  parts: CardActionParts,
  turn: CardTurn,
  members: readonly ContainmentRequest[],
): Promise<InvokeAnswer> {
  const { request, person } = turn;
  const isUnknown = members.some((member) => mayLookUp({ ...turn, request: member }));
  const isLook = isUnknown && isFirstLook(parts, turn);
  const unread = members.filter(({ state }) => state.status === 'running' && state.unconfirmed === true);
  if (!isLook && unread.length === 0) return asItStands(parts, turn);
  const signal = timeLeft(turn);
  const work = isLook
    ? lookUpSeveral(parts, request, { person, signal })
    : inTurns(unread.slice(0, mostConfirmed), signal, (one) => confirmNow(parts, one, { person, signal }));
  await orWhenLate(
    work.then(
      () => undefined,
      () => undefined,
    ),
    signal,
    undefined,
  );
  return asItStands(parts, { request: await newest(parts, request), person });
}

/** Clients refresh a card whenever it comes into view: each person asks once a minute. */
function isFirstLook(parts: CardActionParts, { request, person }: CardTurn): boolean {
  const minute = Math.floor(performance.now() / 60_000);
  return parts.recentLooks.add(`${request.id} ${person.objectId} ${minute}`);
}

/** Which device a name means is for whoever used it, and for whoever approves: others see others. */
function mayLookUp({ request, person }: CardTurn): boolean {
  if (!isToLookUp(request)) return false;
  return hasDevice(request) || isSamePerson(request.requestor, person);
}

/** Whoever opens the card and happens to be signed in shows what Defender says of the device. */
async function lookUp(parts: CardActionParts, turn: CardTurn): Promise<InvokeAnswer> {
  const { request, person } = turn;
  if (!isFirstLook(parts, turn)) return asItStands(parts, turn);
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
