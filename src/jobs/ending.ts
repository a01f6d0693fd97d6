import type { Instant } from '../containment/person.ts';
import type { State } from '../containment/state.ts';

/** The moment at which a request came to its end, or last needed attention: tells one end from the next. */
export function endingOf(state: State): Instant | undefined {
  if ('endedAt' in state) return state.endedAt;
  return 'at' in state ? state.at : undefined;
}
