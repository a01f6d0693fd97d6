/**
 * A moment of this process, by both of its clocks, since each misses something: the steady one stands still while a
 * machine is suspended, the wall clock may be set back. Whichever says sooner that time is over is believed: to stop too
 * soon is safe.
 */
export interface Deadline {
  /** By `performance.now()`. */
  readonly steady: number;
  /** Milliseconds since the epoch. */
  readonly wall: number;
}

export function deadlineIn(ms: number): Deadline {
  return { steady: performance.now() + ms, wall: Date.now() + ms };
}

/** Not more than zero when it is over; without a deadline there is always time. */
export function msLeft(deadline: Deadline | undefined): number {
  if (deadline === undefined) return Infinity;
  return Math.min(deadline.steady - performance.now(), deadline.wall - Date.now());
}

export function soonerOf(one: Deadline | undefined, other: Deadline): Deadline {
  if (one === undefined) return other;
  return { steady: Math.min(one.steady, other.steady), wall: Math.min(one.wall, other.wall) };
}
