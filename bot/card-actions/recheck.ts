import { recheckRefusal } from '../../src/containment/attention.ts';
import { confirmNow } from '../../src/jobs/confirm.ts';
import { messageAnswer } from '../answers.ts';
import * as texts from '../texts/decisions.ts';
import { type CardAction, cardWith, orWhenLate, timeLeft } from './card-turn.ts';
import { askIdentity, recordPress, recordRefusal, refusalAnswer } from './refusals.ts';

/** Asks Defender again with the presser's own token, after signing them in if need be. */
export const recheck: CardAction = async (parts, turn) => {
  const { request, person } = turn;
  const refusal = recheckRefusal(request, person);
  if (refusal !== undefined) {
    await recordRefusal(parts, turn, refusal.code);
    return refusalAnswer(parts, request, refusal);
  }
  const unknown = await askIdentity(parts, turn);
  if (unknown !== undefined) return unknown;
  await recordPress(parts, turn, {});
  const signal = timeLeft(turn);
  const confirmation = confirmNow(parts, request, { person, signal }).catch((error: unknown) => {
    parts.log.warn({ err: error, requestId: request.id }, 'checking again failed');
    return { kind: 'no-answer' } as const;
  });
  const outcome = await orWhenLate(confirmation, signal, { kind: 'no-answer' });
  if (outcome.kind === 'confirmed') return cardWith(parts, outcome.request);
  return messageAnswer(outcome.kind === 'not-visible' ? texts.notVisibleText() : texts.noAnswerText());
};
