import type { EndedRequest } from '../../src/store/restrictions-in-force.ts';

/** When a restriction in force comes to its end, in words that stand on a list. Nothing but a lift ends one. */
export function timeLeft(_restriction: EndedRequest): string {
  return 'no end set';
}
