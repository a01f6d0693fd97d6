import type { Instant } from '../src/containment/person.ts';
import type { ContainmentRequest } from '../src/containment/request.ts';

/**
 * As of when what was pressed on showed what else restricts one of several devices. A card names that of as many as it has room
 * for, in the order in which it was found, and says when the latest of that was: what was found before stood there, too.
 */
export function seenOfOthers(
  { alsoRestricted }: Pick<ContainmentRequest, 'alsoRestricted'>,
  latest: Instant | undefined,
): Instant | undefined {
  if (alsoRestricted === undefined || latest === undefined) return undefined;
  return Date.parse(alsoRestricted.at) <= Date.parse(latest) ? alsoRestricted.at : undefined;
}

export interface NamedOnCard {
  readonly named: readonly ContainmentRequest[];
  /** An approval does not count for these: nobody has read what else it would lift. */
  readonly others: readonly ContainmentRequest[];
}

/** Named one by one; a wall of them would be read by nobody. */
const mostNamed = 6;
/** Of one device; its card alone would name no more. */
export const mostOfOne = 3;

/** Those that await a decision and are restricted by something else as well, as a card of all of them names them. */
export function namedOnCard(members: readonly ContainmentRequest[]): NamedOnCard {
  const found = members
    .filter(({ state, alsoRestricted }) => state.status === 'awaiting' && alsoRestricted !== undefined)
    .toSorted((one, other) => timeOf(one) - timeOf(other));
  let lines = 0;
  const end = found.findIndex((member, index) => {
    lines += Math.min(member.alsoRestricted?.others.length ?? 0, mostOfOne);
    return lines > mostNamed && index > 0;
  });
  return end < 0 ? { named: found, others: [] } : { named: found.slice(0, end), others: found.slice(end) };
}

function timeOf({ alsoRestricted }: ContainmentRequest): number {
  return Date.parse(alsoRestricted?.at ?? '');
}

/** For a card of all of them: when the latest was found of what it names, and before anything that it does not name. */
export function latestNamed(members: readonly ContainmentRequest[]): Instant | undefined {
  const { named, others } = namedOnCard(members);
  const [first] = others;
  return named.findLast((member) => first === undefined || timeOf(member) < timeOf(first))?.alsoRestricted
    ?.at;
}
