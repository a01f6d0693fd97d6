import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../platform/log.ts';

const againMs = 1_000;

export interface Patience {
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * Does it again when it fails, until the signal; then the failure is the caller's. What was written although its answer was
 * lost is met by the next try, so only work that may be done twice is for this.
 */
export async function keepTrying<T>({ signal, log }: Patience, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) throw error;
      log.warn({ err: error }, 'work for a click after a sign-in failed, it is tried again');
      // Cut short by the signal: then it is tried for the last time.
      await sleep(againMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
