import { passed } from '../../src/platform/steps.ts';
import { messageAnswer } from '../answers.ts';
import * as texts from '../texts/decisions.ts';
import { type CardAction, cardWith } from './card-turn.ts';
import { refusalAnswer } from './refusals.ts';

/** Deny needs the identity that Teams authenticated, no sign-in and no Defender right. */
export const deny: CardAction = async (parts, { request, person, comment }) => {
  const decision = await parts.requests.apply(request.id, { kind: 'deny-clicked', by: person, comment });
  if (decision === undefined) return messageAnswer(texts.unknownRequestText());
  passed('denial-stored', request.id);
  return decision.refusal === undefined
    ? cardWith(parts, decision.request)
    : refusalAnswer(parts, decision.request, decision.refusal);
};
