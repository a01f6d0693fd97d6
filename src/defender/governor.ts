/**
 * Defender allows 100 calls a minute and 1,500 an hour for each kind of call, shared by everybody who uses the API.
 * The governor counts over all replicas, so its counters live in the database; the arithmetic is here.
 */

export type CallKind = 'submit' | 'read-device' | 'read-action';

/**
 * `interactive`: a person waits. `fresh`: new actions and reconciliation. `routine`: tracking that may come later.
 * `background`: what nobody waits for.
 */
export type CallPriority = 'interactive' | 'fresh' | 'routine' | 'background';

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
    /** Object id of the person whose press or message this call answers. */
    readonly askedBy?: string | undefined;
  }): Promise<BudgetDecision>;
  /** Defender answered 429: nobody makes a call of this kind in this tenant for so long. */
  pause(call: { readonly tenantId: string; readonly kind: CallKind }, ms: number): Promise<void>;
}

/** Times in milliseconds since the epoch, all by one clock. */
export interface BudgetState extends Usage {
  readonly now: number;
  readonly perMinute: number;
  readonly perHour: number;
  readonly priority: CallPriority;
  readonly pausedUntil?: number;
  /** Of the person who asks for the call, when somebody does. */
  readonly ofPerson?: Usage;
}

export interface Usage {
  readonly callsInLastMinute: number;
  readonly callsInLastHour: number;
  readonly oldestInMinuteAt?: number | undefined;
  readonly oldestInHourAt?: number | undefined;
}

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
/** What routine calls leave over is for people who wait, fresh actions and reconciliation. */
const routineShare = 0.8;
/** What nobody waits for gives way to tracking. */
const backgroundShare = 0.5;
/** What people who wait leave over is for fresh actions and reconciliation: what was approved goes out, whoever presses what. */
const interactiveShare = 0.9;
/** One person's presses never take away all of it from the others, with or without a right to anything. */
const personShare = { minute: 0.6, hour: 0.5 };

/** Grants a call, or says when one may ask again: the earliest moment at which a counted call leaves its window. */
export function decideBudget(state: BudgetState): BudgetDecision {
  const { now, perMinute, perHour, priority, ofPerson } = state;
  const waits = [
    (state.pausedUntil ?? now) - now,
    ...waitsFor(state, now, { minute: shareOf(perMinute, priority), hour: shareOf(perHour, priority) }),
    ...(ofPerson === undefined
      ? []
      : waitsFor(ofPerson, now, {
          minute: Math.ceil(perMinute * personShare.minute),
          hour: Math.ceil(perHour * personShare.hour),
        })),
  ];
  const wait = Math.max(...waits);
  return wait > 0 ? { granted: false, retryAfterMs: Math.ceil(wait) } : { granted: true };
}

/** Of a very small budget routine calls still get one, or tracking would never move. */
function shareOf(limit: number, priority: CallPriority): number {
  if (priority === 'fresh') return limit;
  if (priority === 'interactive') return Math.ceil(limit * interactiveShare);
  const share = priority === 'background' ? backgroundShare : routineShare;
  return Math.max(Math.min(limit, 1), Math.floor(limit * share));
}

function waitsFor(usage: Usage, now: number, limits: { minute: number; hour: number }): readonly number[] {
  const { callsInLastMinute, callsInLastHour, oldestInMinuteAt, oldestInHourAt } = usage;
  return [
    callsInLastMinute < limits.minute ? 0 : untilItLeaves(oldestInMinuteAt, now, minuteMs),
    callsInLastHour < limits.hour ? 0 : untilItLeaves(oldestInHourAt, now, hourMs),
  ];
}

/** A full window whose oldest call is unknown, or already due to leave it, is looked at again soon enough. */
function untilItLeaves(oldestAt: number | undefined, now: number, length: number): number {
  return Math.max(1, (oldestAt ?? now) + length - now);
}
