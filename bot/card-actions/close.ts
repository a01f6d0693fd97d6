import { passed } from '../../src/platform/steps.ts';
import { messageAnswer } from '../answers.ts';
import * as texts from '../texts/decisions.ts';
import { type CardAction, cardWith } from './card-turn.ts';
import { refusalAnswer } from './refusals.ts';

/** Like Deny: nothing is sent by it, so the identity that Teams authenticated is enough. */
export const close: CardAction = async (parts, { request, person, comment }) => {
  const decision = await parts.requests.apply(request.id, { kind: 'close-clicked', by: person, comment });
  if (decision === undefined) return messageAnswer(texts.unknownRequestText());
  if (decision.refusal !== undefined) return refusalAnswer(parts, decision.request, decision.refusal);
  passed('close-stored', request.id);
  return cardWith(parts, decision.request);
};
