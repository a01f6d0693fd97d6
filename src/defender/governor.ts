/**
 * Defender allows 100 calls a minute and 1,500 an hour for each kind of call, shared by everybody who uses the API.
 * The governor counts over all replicas, so its counters live in the database; the arithmetic is here.
 */

export type CallKind = 'submit' | 'read-device' | 'read-action';

/** `interactive`: a person waits. `fresh`: new actions and reconciliation. `routine`: tracking that may come later. */
export type CallPriority = 'interactive' | 'fresh' | 'routine';

export type BudgetDecision =
  | { readonly granted: true }
  | {
      readonly granted: false;
      readonly retryAfterMs: number;
      /** Not the budget says no: submission is paused. */
      readonly paused?: true;
    };

export interface CallGovernor {
  /** Counts the call when it grants it. */
  acquire(call: {
    readonly tenantId: string;
    readonly kind: CallKind;
    readonly priority: CallPriority;
  }): Promise<BudgetDecision>;
  /** Defender answered 429: nobody makes a call of this kind in this tenant for so long. */
  pause(call: { readonly tenantId: string; readonly kind: CallKind }, ms: number): Promise<void>;
}

/** Times in milliseconds since the epoch, all by one clock. */
export interface BudgetState {
  readonly now: number;
  readonly perMinute: number;
  readonly perHour: number;
  readonly priority: CallPriority;
  readonly callsInLastMinute: number;
  readonly callsInLastHour: number;
  readonly oldestInMinuteAt?: number;
  readonly oldestInHourAt?: number;
  readonly pausedUntil?: number;
}

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
/** What routine calls leave over is for people who wait, fresh actions and reconciliation. */
const routineShare = 0.8;

/** Grants a call, or says when one may ask again: the earliest moment at which a counted call leaves its window. */
export function decideBudget(state: BudgetState): BudgetDecision {
  const wait = Math.max(
    (state.pausedUntil ?? state.now) - state.now,
    windowWait(state, {
      length: minuteMs,
      limit: state.perMinute,
      calls: state.callsInLastMinute,
      oldestAt: state.oldestInMinuteAt,
    }),
    windowWait(state, {
      length: hourMs,
      limit: state.perHour,
      calls: state.callsInLastHour,
      oldestAt: state.oldestInHourAt,
    }),
  );
  return wait > 0 ? { granted: false, retryAfterMs: Math.ceil(wait) } : { granted: true };
}

interface Window {
  readonly length: number;
  readonly limit: number;
  readonly calls: number;
  readonly oldestAt: number | undefined;
}

function windowWait({ now, priority }: BudgetState, { length, limit, calls, oldestAt }: Window): number {
  // Of a very small budget routine calls still get one, or tracking would never move.
  const share =
    priority === 'routine' ? Math.max(Math.min(limit, 1), Math.floor(limit * routineShare)) : limit;
  if (calls < share) return 0;
  // A full window whose oldest call is unknown, or already due to leave it, is looked at again soon enough.
  return Math.max(1, (oldestAt ?? now) + length - now);
}
