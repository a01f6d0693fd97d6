import { confirmNow } from '../../src/jobs/confirm.ts';
import { type CardAction, cardWith, orWhenLate, setupOf, timeLeft } from './card-turn.ts';
import { voidedNote } from './voided-note.ts';

/** The newest state; when nobody could confirm it, with this person's own token, if they happen to be signed in. */
export const refresh: CardAction = async (parts, turn) => {
  const { state } = turn.request;
  if (state.status !== 'running' || state.unconfirmed !== true) {
    return cardWith(parts, turn.request, voidedNote(turn.request, turn.person, setupOf(parts)));
  }
  const signal = timeLeft(turn);
  const confirmation = confirmNow(parts, turn.request, { person: turn.person, signal }).catch(
    () => ({ kind: 'no-answer' }) as const,
  );
  const outcome = await orWhenLate(confirmation, signal, { kind: 'no-answer' });
  return cardWith(parts, outcome.kind === 'confirmed' ? outcome.request : turn.request);
};
