import type { Faults } from '../faults.ts';
import { ApiError } from './api-error.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** https://learn.microsoft.com/defender-endpoint/api/restrict-code-execution and its siblings. */
const documented = { perMinute: 100, perHour: 1_500 };

export interface RateLimit {
  /** Counts a call, or refuses it with the time after which one is allowed again. */
  count(key: string): void;
  reset(): void;
}

/** Sliding windows; the real service counts per application, tenant and API. */
export function createRateLimit(faults: Faults, now: () => number): RateLimit {
  const calls = new Map<string, number[]>();
  return {
    count: (key) => {
      const { ratePerMinute = documented.perMinute, ratePerHour = documented.perHour } = faults.get();
      const at = now();
      const lately = (calls.get(key) ?? []).filter((call) => call > at - hourMs);
      calls.set(key, lately);
      const freeAt = Math.max(
        freeFrom(lately, ratePerMinute, minuteMs),
        freeFrom(lately, ratePerHour, hourMs),
      );
      if (freeAt > at) throw tooMany(Math.ceil((freeAt - at) / 1_000));
      lately.push(at);
    },
    reset: () => {
      calls.clear();
    },
  };
}

/** When the call that fills the window leaves it; the past, when there is room. */
function freeFrom(calls: readonly number[], limit: number, windowMs: number): number {
  const filling = calls[calls.length - Math.max(1, limit)];
  return filling === undefined ? 0 : filling + windowMs;
}

function tooMany(seconds: number): ApiError {
  return new ApiError(429, 'TooManyRequests', `API calls quota exceeded. Retry after ${seconds} seconds.`, {
    'retry-after': String(seconds),
  });
}
