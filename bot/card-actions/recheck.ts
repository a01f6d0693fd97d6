import { recheckRefusal } from '../../src/containment/attention.ts';
import { membersOf } from '../../src/containment/batch.ts';
import type { Person } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { isDoubtful } from '../../src/jobs/continue-all.ts';
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
import { newest } from '../press-each.ts';
import { inTurns } from '../../src/platform/in-turns.ts';
import { askByButton, askIdentity, recordPress, recordRefusal, refusalAnswer } from './refusals.ts';
import { stepUpAnswer } from './step-up.ts';

/** Asks Defender again with the presser's own token, after signing them in if need be. */
export const recheck: CardAction = async (parts, turn) => {
  const { request, person } = turn;
  const doubtful = membersOf(request).filter(isDoubtful);
  const refusal = recheckRefusal(doubtful[0] ?? request, person);
  if (refusal !== undefined) {
    await recordRefusal(parts, turn, refusal.code);
    return refusalAnswer(parts, request, refusal);
  }
  const unknown = await askIdentity(parts, turn);
  if (unknown !== undefined) return unknown;
  await recordPress(parts, turn, {});
  const signal = timeLeft(turn);
  const about = doubtful.length === 0 ? [request] : doubtful;
  const outcomes: Confirmation[] = [];
  const work = inTurns(about, signal, async (one) => {
    outcomes.push(await confirm(parts, one, { person, signal }));
  });
  await orWhenLate(
    work.then(() => undefined),
    signal,
    undefined,
  );
  return answerOf(parts, turn, mostTelling([...outcomes]));
};

async function confirm(
  parts: CardActionParts,
  request: ContainmentRequest,
  look: { readonly person: Person; readonly signal: AbortSignal },
): Promise<Confirmation> {
  try {
    return await confirmNow(parts, request, look);
  } catch (error) {
    parts.log.warn({ err: error, requestId: request.id }, 'checking again failed');
    return { kind: 'no-answer' };
  }
}

/** What was confirmed is on the card; otherwise why nothing could be. */
function mostTelling(outcomes: readonly Confirmation[]): Confirmation {
  const of = (kind: Confirmation['kind']) => outcomes.find((outcome) => outcome.kind === kind);
  return of('no-token') ?? of('confirmed') ?? of('not-visible') ?? { kind: 'no-answer' };
}

async function answerOf(
  parts: CardActionParts,
  turn: CardTurn,
  outcome: Confirmation,
): Promise<InvokeAnswer> {
  switch (outcome.kind) {
    case 'confirmed':
      return cardWith(parts, await newest(parts, outcome.request));
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
