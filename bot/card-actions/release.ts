import { newClickId } from '../../src/platform/ids.ts';
import type { CardAction } from './card-turn.ts';
import { pressWish } from './wish.ts';

/** The end of a time box given early: the lift is a request of its own, approved by the presser and sent with their token. */
export const release: CardAction = (parts, turn) => {
  const { person, comment } = turn;
  return pressWish(parts, turn, {
    kind: 'release-clicked',
    by: person,
    clickId: newClickId(),
    ...(comment === '' ? {} : { comment }),
  });
};
