import { confirmNow } from '../../src/jobs/confirm.ts';
import { messageAnswer } from '../answers.ts';
import * as texts from '../texts/decisions.ts';
import { type CardAction, cardWith, orWhenLate, recordRefusal, timeLeft } from './card-turn.ts';

/** Asks Defender again with the presser's own token, after signing them in if need be. */
export const recheck: CardAction = async (parts, turn) => {
  const { request, person } = turn;
  const identity = await parts.signIn(turn.activity, person, turn.signIn);
  if (identity.kind === 'answer') {
    if (identity.refused) await recordRefusal(parts, turn, 'not-verified');
    return identity.answer;
  }
  const signal = timeLeft(turn);
  const confirmation = confirmNow(parts, request, { person, signal }).catch((error: unknown) => {
    parts.log.warn({ err: error, requestId: request.id }, 'checking again failed');
    return { kind: 'no-answer' } as const;
  });
  const outcome = await orWhenLate(confirmation, signal, { kind: 'no-answer' });
  if (outcome.kind === 'confirmed') return cardWith(parts, outcome.request);
  return messageAnswer(outcome.kind === 'not-visible' ? texts.notVisibleText() : texts.noAnswerText());
};
