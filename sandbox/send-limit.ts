/** Teams' limits of sending per bot and thread: calls allowed within a window of so many milliseconds. */
const windows: readonly (readonly [milliseconds: number, calls: number])[] = [
  [1_000, 7],
  [2_000, 8],
  [30_000, 60],
  [3_600_000, 1_800],
];

export interface SendLimit {
  /** Counts a call; answers the seconds to wait when it is one too many. */
  take(thread: string): number | undefined;
  switch(on: boolean): void;
}

/** Rates as in Microsoft's "Optimize your bot with rate limiting in Teams". */
export function createSendLimit(now: () => number = Date.now): SendLimit {
  const calls = new Map<string, number[]>();
  let on = true;
  return {
    switch: (next) => (on = next),
    take: (thread) => {
      if (!on) return undefined;
      const at = now();
      const past = (calls.get(thread) ?? []).filter((time) => time > at - 3_600_000);
      calls.set(thread, past);
      for (const [span, most] of windows) {
        const recent = past.filter((time) => time > at - span);
        const oldest = recent[0];
        if (recent.length >= most && oldest !== undefined) {
          return Math.max(1, Math.ceil((oldest + span - at) / 1000));
        }
      }
      past.push(at);
      return undefined;
    },
  };
}
