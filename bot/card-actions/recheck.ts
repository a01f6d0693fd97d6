import { recheckRefusal } from '../../src/containment/attention.ts';
import { type Confirmation, confirmNow } from '../../src/jobs/confirm.ts';
import { type InvokeAnswer, messageAnswer } from '../answers.ts';
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
import { askByButton, askIdentity, recordPress, recordRefusal, refusalAnswer } from './refusals.ts';
import { stepUpAnswer } from './step-up.ts';

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
  return answerOf(parts, turn, await orWhenLate(confirmation, signal, { kind: 'no-answer' }));
};

async function answerOf(
  parts: CardActionParts,
  turn: CardTurn,
  outcome: Confirmation,
): Promise<InvokeAnswer> {
  switch (outcome.kind) {
    case 'confirmed':
      return cardWith(parts, outcome.request);
    case 'not-visible':
      return messageAnswer(texts.notVisibleText());
    case 'no-answer':
      return messageAnswer(texts.noAnswerText());
    case 'no-token': {
      const { why, claims } = outcome;
      const answer = messageAnswer(texts.noRightsText(why, 'Check again', setupOf(parts)));
      if (why.code === 'sign-in-gone') return askByButton(parts, turn, answer);
      if (why.code !== 'extra-sign-in-needed') return answer;
      return stepUpAnswer(parts, turn, { purpose: { verb: 'recheck', requestId: turn.request.id }, claims });
    }
  }
}
