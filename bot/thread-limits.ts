import type { ThreadLimit } from '../src/store/thread-budget.ts';

/**
 * Teams counts when a message arrives, we when it leaves: two that left 1.2 s apart may arrive within one second.
 */
const travelMs = 500;

/** Per bot and thread, as in Microsoft's "Optimize your bot with rate limiting in Teams"; edits share the budget. */
export const threadLimits: readonly ThreadLimit[] = [
  { spanMs: 1_000 + travelMs, messages: 7 },
  { spanMs: 2_000 + travelMs, messages: 8 },
  { spanMs: 30_000 + travelMs, messages: 60 },
  { spanMs: 3_600_000 + travelMs, messages: 1_800 },
];
