import type { Instant } from '../../src/containment/person.ts';
import { type CancelOutcome, cancelAction } from '../../src/jobs/cancel-action.ts';
import { passed } from '../../src/platform/steps.ts';
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
import { cancelSeveral } from './cancel-several.ts';
import { askByButton, askIdentity, refusalAnswer } from './refusals.ts';
import { stepUpAnswer } from './step-up.ts';

/** Withdraws what was not sent yet; a machine action is cancelled with the canceller's own token, so they sign in. */
export const cancel: CardAction = async (parts, turn) => {
  const { request, person, comment } = turn;
  if (request.members !== undefined) return cancelSeveral(parts, turn);
  const { status } = request.state;
  if (status === 'submitting' || status === 'running') {
    const unknown = await askIdentity(parts, turn);
    if (unknown !== undefined) return unknown;
  }
  const decision = await parts.requests.apply(request.id, { kind: 'cancel-clicked', by: person, comment });
  if (decision === undefined) return messageAnswer(texts.unknownRequestText());
  if (decision.refusal !== undefined) return refusalAnswer(parts, decision.request, decision.refusal);
  passed('cancel-wish-stored', request.id);
  const { state } = decision.request;
  if (state.status !== 'running') return cardWith(parts, decision.request);
  return answerOf(parts, turn, await callDefender(parts, turn, state.cancel?.at));
};

async function answerOf(
  parts: CardActionParts,
  turn: CardTurn,
  outcome: CancelOutcome,
): Promise<InvokeAnswer> {
  switch (outcome.kind) {
    case 'sign-in-needed': {
      // Should it be one of several by then, it is for this one.
      const devices = [turn.request.id];
      const purpose = { verb: 'cancel', requestId: turn.request.id, comment: turn.comment, devices } as const;
      const answer = await stepUpAnswer(parts, turn, { purpose, claims: outcome.claims });
      return { ...answer, noteId: outcome.noteId };
    }
    case 'refused': {
      const reason = messageAnswer(texts.cancelRefusalText(outcome.why, setupOf(parts)));
      const isGone = outcome.why.code === 'sign-in-gone' && outcome.why.why?.code === 'sign-in-gone';
      const answer = isGone ? await askByButton(parts, turn, reason) : reason;
      return { ...answer, noteId: outcome.noteId };
    }
    case 'decided':
      return cardWith(parts, outcome.request);
    case 'no-answer':
      return messageAnswer(outcome.paused === true ? texts.cancelPausedText() : texts.cancelRecordedText());
  }
}

/** Only the wish of this turn: somebody who outranks the presser may have made another one since. */
async function callDefender(
  parts: CardActionParts,
  turn: CardTurn,
  since: Instant | undefined,
): Promise<CancelOutcome> {
  const unanswered: CancelOutcome = { kind: 'no-answer', retryAfterMs: 0 };
  const signal = timeLeft(turn);
  const work = cancelAction(parts, {
    requestId: turn.request.id,
    since,
    inTurn: true,
    mayStepUp: true,
    signal,
  }).catch((error: unknown) => {
    parts.log.warn({ err: error, requestId: turn.request.id }, 'cancellation failed, the job goes on');
    return unanswered;
  });
  return orWhenLate(work, signal, unanswered);
}
