import { type DriftParts, sweepForDrift } from './drift-sweep.ts';

/** How often the row is asked whether a sweep is due; the sweeps are paced by their own due times. */
const everyMs = 5_000;

/** Looks for what was changed elsewhere, now and then until stopped. Whose turn it is stands in a row: replicas share it. */
export function createDriftWatch(parts: DriftParts) {
  const stopped = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();

  async function look(): Promise<void> {
    try {
      if (!stopped.signal.aborted) await sweepForDrift(parts, stopped.signal);
    } catch (error) {
      parts.log.warn(
        { err: error },
        'what was changed elsewhere could not be looked for, it is looked for again',
      );
    }
  }

  return {
    start(): void {
      timer ??= setInterval(() => {
        running = running.then(look);
      }, everyMs).unref();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      stopped.abort();
      await running;
    },
  };
}
