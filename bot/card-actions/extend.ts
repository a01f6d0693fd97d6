import { parseDuration } from '../../src/containment/duration.ts';
import { newClickId } from '../../src/platform/ids.ts';
import type { CardAction } from './card-turn.ts';
import { pressWish } from './wish.ts';

/** Moves the end of a time box to so long from now; an empty field means the duration that was asked for at first. */
export const extend: CardAction = (parts, turn) => {
  const { request, person, comment, duration } = turn;
  return pressWish(parts, turn, {
    kind: 'extend-clicked',
    by: person,
    clickId: newClickId(),
    duration: duration === '' ? request.box?.duration : parseDuration(duration),
    ...(comment === '' ? {} : { comment }),
  });
};
