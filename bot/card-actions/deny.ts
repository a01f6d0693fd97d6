import { passed } from '../../src/platform/steps.ts';
import { messageAnswer } from '../answers.ts';
import * as texts from '../texts/decisions.ts';
import { type CardAction, cardWith, isStaleCard } from './card-turn.ts';

/** Deny needs the identity that Teams authenticated, no sign-in and no Defender right. */
export const deny: CardAction = async (parts, { request, person, comment }) => {
  const decision = await parts.requests.apply(request.id, { kind: 'deny-clicked', by: person, comment });
  if (decision === undefined) return messageAnswer(texts.unknownRequestText());
  passed('denial-stored', request.id);
  if (decision.refusal === undefined) return cardWith(parts, decision.request);
  const text = texts.refusalText(decision.refusal, decision.request);
  return isStaleCard(decision.refusal) ? cardWith(parts, decision.request, text) : messageAnswer(text);
};
