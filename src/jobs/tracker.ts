import { setTimeout as sleep } from 'node:timers/promises';
import type { Metrics } from '../platform/metrics.ts';
import type { TrackedAction } from '../store/tracked-actions.ts';
import { type TrackParts, sweep } from './track.ts';

/** How often the rows are asked whether a look is due; the looks themselves are paced by their own due times. */
const pollMs = 1_000;
/** A sweep that takes longer to end than a stop may wait gives back what it has taken. */
const stopMs = 7_000;

/** Runs sweeps until stopped. What is due is in rows, not here: a restart forgets nothing, replicas share the work. */
export function createTracker(parts: TrackParts & { readonly metrics: Metrics }) {
  const stopped = new AbortController();
  let loop: Promise<void> | undefined;
  let taken: readonly TrackedAction[] = [];

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        await sweep(parts, (actions) => {
          taken = actions;
        });
        taken = [];
        parts.metrics.tracked.set(await parts.tracked.count());
      } catch (error) {
        parts.log.warn({ err: error }, 'sweep failed, the next one will try again');
      }
      await sleep(pollMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  return {
    start(): void {
      loop ??= run();
    },
    async stop(): Promise<void> {
      stopped.abort();
      await Promise.race([loop, sleep(stopMs, undefined, { ref: false })]);
      await parts.tracked.giveBack(taken);
    },
  };
}
