/** How many messages a thread may get within so many milliseconds. */
export interface ThreadLimit {
  readonly spanMs: number;
  readonly messages: number;
}

/**
 * `urgent`: cards and words about requests, which cannot be made up for by a later one. `reply`: answers to what people type, as
 * often as anybody likes. `routine`: edits of cards. `press`: those for presses that decided nothing, as often as anybody likes.
 */
export type MessagePriority = 'urgent' | 'reply' | 'routine' | 'press';

/**
 * Besides what holds for all edits, of the presses of everybody in a thread together. One person's typed messages may take 1,080
 * of its 1,800 in an hour, and edits get 1,350: the two must leave others some.
 */
export const pressLimits: readonly ThreadLimit[] = [
  { spanMs: 30_000, messages: 10 },
  { spanMs: 3_600_000, messages: 120 },
];

export type Turn = { readonly granted: true } | { readonly granted: false; readonly retryAfterMs: number };

/** What routine messages leave over is for the urgent ones, whose own limit is the real one. */
const routineShare = 0.75;

/** Whoever types on and on takes no more than this of what a conversation may get for long. */
const replyShare = 0.7;
const longSpanMs = 10_000;

/** Of a very small budget routine messages still get one, or no card would ever change. */
export function allowedBy(limit: ThreadLimit, priority: MessagePriority): number {
  if (priority === 'urgent') return limit.messages;
  // A burst is over before anybody has waited long.
  if (priority === 'reply')
    return limit.spanMs < longSpanMs ? limit.messages : Math.max(1, Math.floor(limit.messages * replyShare));
  return Math.max(1, Math.floor(limit.messages * routineShare));
}

/**
 * Grants a message, or says when one may ask again. A window is full as long as its n-th newest message is in it: when
 * that one leaves, there is room again, and not before.
 *
 * @param ages milliseconds since the n-th newest message, for each limit with its n; undefined when there were fewer
 */
export function decideTurn(
  limits: readonly ThreadLimit[],
  ages: readonly (number | undefined)[],
  pausedForMs: number,
): Turn {
  const waits = limits.map(({ spanMs }, index) => spanMs - (ages[index] ?? Infinity));
  const wait = Math.ceil(Math.max(pausedForMs, ...waits));
  return wait > 0 ? { granted: false, retryAfterMs: wait } : { granted: true };
}
