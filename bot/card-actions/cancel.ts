import { type CancelOutcome, cancelAction } from '../../src/jobs/cancel-action.ts';
import { passed } from '../../src/platform/steps.ts';
import { messageAnswer } from '../answers.ts';
import * as texts from '../texts/decisions.ts';
import {
  type CardAction,
  type CardActionParts,
  type CardTurn,
  cardWith,
  orWhenLate,
  timeLeft,
} from './card-turn.ts';
import { askIdentity, refusalAnswer } from './refusals.ts';
import { stepUpAnswer } from './step-up.ts';

/** Withdraws what was not sent yet; a machine action is cancelled with the canceller's own token, so they sign in. */
export const cancel: CardAction = async (parts, turn) => {
  const { request, person, comment } = turn;
  const { status } = request.state;
  if (status === 'submitting' || status === 'running') {
    const unknown = await askIdentity(parts, turn);
    if (unknown !== undefined) return unknown;
  }
  const decision = await parts.requests.apply(request.id, { kind: 'cancel-clicked', by: person, comment });
  if (decision === undefined) return messageAnswer(texts.unknownRequestText());
  if (decision.refusal !== undefined) return refusalAnswer(parts, decision.request, decision.refusal);
  passed('cancel-wish-stored', request.id);
  if (decision.request.state.status !== 'running') return cardWith(parts, decision.request);
  const outcome = await callDefender(parts, turn);
  if (outcome.kind === 'sign-in-needed') {
    const purpose = { verb: 'cancel', requestId: request.id, comment } as const;
    return stepUpAnswer(parts, turn, { purpose, claims: outcome.claims });
  }
  if (outcome.kind === 'refused') return messageAnswer(texts.cancelRefusalText(outcome.why));
  return outcome.kind === 'decided'
    ? cardWith(parts, outcome.request)
    : messageAnswer(outcome.paused === true ? texts.cancelPausedText() : texts.cancelRecordedText());
};

async function callDefender(parts: CardActionParts, turn: CardTurn): Promise<CancelOutcome> {
  const unanswered: CancelOutcome = { kind: 'no-answer', retryAfterMs: 0 };
  const signal = timeLeft(turn);
  const work = cancelAction(parts, {
    requestId: turn.request.id,
    inTurn: true,
    mayStepUp: parts.stepUp !== undefined,
    signal,
  }).catch((error: unknown) => {
    parts.log.warn({ err: error, requestId: turn.request.id }, 'cancellation failed, the job goes on');
    return unanswered;
  });
  return orWhenLate(work, signal, unanswered);
}
