import type { Instant } from '../../src/containment/person.ts';
import { notCompared } from '../texts/lists.ts';
import { utcShort } from './utc.ts';

/** Three sweeps are made in that time. */
const freshMs = 30 * 60_000;

interface Compared {
  readonly comparedAt?: Instant | undefined;
  readonly now: Instant;
}

/** What a list of restrictions has to say of its own age; undefined while it is fresh. */
export function comparedLine({ comparedAt, now }: Compared): string | undefined {
  const isFresh = comparedAt !== undefined && Date.parse(now) - Date.parse(comparedAt) <= freshMs;
  return isFresh ? undefined : notCompared(comparedAt && utcShort(comparedAt, now));
}
