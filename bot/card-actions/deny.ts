import type { ContainmentRequest } from '../../src/containment/request.ts';
import { passed } from '../../src/platform/steps.ts';
import { type CardAction, cardWith } from './card-turn.ts';
import { pressEach } from '../press-each.ts';
import { refusalAnswer } from './refusals.ts';

/** Deny needs the identity that Teams authenticated, no sign-in and no Defender right. */
export const deny: CardAction = async (parts, { request, person, comment }) => {
  const event = { kind: 'deny-clicked', by: person, comment } as const;
  const pressed = await pressEach(parts, request, { isFor: isAwaiting, event });
  passed('denial-stored', request.id);
  return pressed.refusal === undefined
    ? cardWith(parts, pressed.request)
    : refusalAnswer(parts, pressed.request, pressed.refusal);
};

function isAwaiting({ state }: ContainmentRequest): boolean {
  return state.status === 'awaiting';
}
