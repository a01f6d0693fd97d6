import type { Instant } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { afterOthers, beforeName, changedOutside } from '../texts/elsewhere.ts';
import { type Line, line, subtle, theirName } from './runs.ts';

/** What was changed without any request since this one took effect: as much as Defender has confirmed. */
export function elsewhereRemarks(
  { elsewhere = [] }: ContainmentRequest,
  at: (moment: Instant) => string,
): Line[] {
  return elsewhere.map((change) => {
    const { by } = change;
    const when = `${at(change.at)}${afterOthers(change)}`;
    const what = changedOutside(change);
    return by === undefined
      ? line(subtle(`${what} at ${when}`))
      : line(
          subtle(`${what}${beforeName(change)}`),
          theirName(by, { weight: 'Bolder' }),
          subtle(` at ${when}`),
        );
  });
}
