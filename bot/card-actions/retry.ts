import { passed } from '../../src/platform/steps.ts';
import { messageAnswer } from '../answers.ts';
import * as texts from '../texts/decisions.ts';
import { type CardAction, cardWith } from './card-turn.ts';
import { askIdentity, foreseeRefusal, refusalAnswer } from './refusals.ts';

/** The approver stands by the approval, signed in within this very turn: what was not sent yet is sent with their rights. */
export const retry: CardAction = async (parts, turn) => {
  const { request, person } = turn;
  const event = { kind: 'retry-clicked', by: person } as const;
  const hopeless = await foreseeRefusal(parts, turn, event);
  if (hopeless !== undefined) return refusalAnswer(parts, request, hopeless);
  const unknown = await askIdentity(parts, turn);
  if (unknown !== undefined) return unknown;
  const stored = await parts.requests.apply(request.id, event);
  if (stored === undefined) return messageAnswer(texts.unknownRequestText());
  if (stored.refusal !== undefined) return refusalAnswer(parts, stored.request, stored.refusal);
  passed('retry-stored', request.id);
  return cardWith(parts, stored.request, texts.retriedText(stored.request));
};
