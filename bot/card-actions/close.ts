import type { ContainmentRequest } from '../../src/containment/request.ts';
import { passed } from '../../src/platform/steps.ts';
import { type CardAction, cardWith } from './card-turn.ts';
import { pressEach } from '../press-each.ts';
import { refusalAnswer } from './refusals.ts';

/** Like Deny: nothing is sent by it, so the identity that Teams authenticated is enough. */
export const close: CardAction = async (parts, { request, person, comment }) => {
  const event = { kind: 'close-clicked', by: person, comment } as const;
  const pressed = await pressEach(parts, request, { isFor: needsAttention, event });
  if (pressed.refusal !== undefined) return refusalAnswer(parts, pressed.request, pressed.refusal);
  passed('close-stored', request.id);
  return cardWith(parts, pressed.request);
};

function needsAttention({ state }: ContainmentRequest): boolean {
  return state.status === 'attention' && state.closed === undefined;
}
