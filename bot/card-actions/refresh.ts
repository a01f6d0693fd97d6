import { isSamePerson } from '../../src/containment/person.ts';
import { confirmNow } from '../../src/jobs/confirm.ts';
import * as texts from '../texts/decisions.ts';
import { type CardAction, type CardTurn, cardWith, orWhenLate, timeLeft } from './card-turn.ts';

/** The newest state; when nobody could confirm it, with this person's own token, if they happen to be signed in. */
export const refresh: CardAction = async (parts, turn) => {
  const { state } = turn.request;
  if (state.status !== 'running' || state.unconfirmed !== true) {
    return cardWith(parts, turn.request, privateLine(turn));
  }
  const signal = timeLeft(turn);
  const confirmation = confirmNow(parts, turn.request, { person: turn.person, signal }).catch(
    () => ({ kind: 'no-answer' }) as const,
  );
  const outcome = await orWhenLate(confirmation, signal, { kind: 'no-answer' });
  return cardWith(parts, outcome.kind === 'confirmed' ? outcome.request : turn.request);
};

/** Somebody whose click was void after their turn reads here why, should a message not have reached them. */
function privateLine({ request, person }: CardTurn): string | undefined {
  const voided = request.state.status === 'awaiting' ? request.state.voided : undefined;
  return voided !== undefined && isSamePerson(voided.by, person)
    ? texts.voidText(voided.why, request)
    : undefined;
}
