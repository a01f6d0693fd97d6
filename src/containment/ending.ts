import type { Instant } from './person.ts';
import type { State } from './state.ts';

/**
 * The moment at which a request came to its end, last needed attention, or was closed: tells one end from the next.
 * `src/store/unfinished.ts` says the same in SQL.
 */
export function endingOf(state: State): Instant | undefined {
  if ('closed' in state && state.closed !== undefined) return state.closed.at;
  if ('endedAt' in state) return state.endedAt;
  return 'at' in state ? state.at : undefined;
}
