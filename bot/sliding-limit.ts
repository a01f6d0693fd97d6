export interface SlidingLimit {
  /** In any span of time. */
  readonly count: number;
  readonly spanMs: number;
  /** Whoever reached it waits for so long at least, or would be refused and let in by turns. */
  readonly pauseMs: number;
}

export type Taken =
  | { readonly ok: true }
  /** `isFirst`: the pause begins with it. */
  | { readonly ok: false; readonly waitMs: number; readonly isFirst: boolean };

interface Log {
  times: number[];
  closedUntil: number;
}

/** Beyond this, those are forgotten of whom nothing was heard for a whole span. */
const manyKeys = 1_000;

/**
 * Counts by the very times. The library's limiters count in fixed windows, whose boundary lets twice as much through: as much as
 * a conversation may get in an hour, of one person.
 */
export function createSlidingLimit({ count, spanMs, pauseMs }: SlidingLimit): (key: string) => Taken {
  const logs = new Map<string, Log>();

  function logOf(key: string, now: number): Log {
    if (logs.size > manyKeys)
      for (const [old, { times, closedUntil }] of logs)
        if (Math.max(closedUntil, (times.at(-1) ?? 0) + spanMs) <= now) logs.delete(old);
    const log = logs.get(key) ?? { times: [], closedUntil: 0 };
    logs.set(key, log);
    log.times = log.times.filter((at) => at > now - spanMs);
    return log;
  }

  return (key) => {
    const now = performance.now();
    const log = logOf(key, now);
    if (log.closedUntil > now) return { ok: false, waitMs: log.closedUntil - now, isFirst: false };
    const [oldest] = log.times;
    if (oldest === undefined || log.times.length < count) {
      log.times.push(now);
      return { ok: true };
    }
    log.closedUntil = Math.max(oldest + spanMs, now + pauseMs);
    return { ok: false, waitMs: log.closedUntil - now, isFirst: true };
  };
}
