import { setTimeout as sleep } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import { secondsUntilDue } from './engine-rows.ts';

/** What any process has deferred, or a dead one has left, begins at most so much late. */
const lookEveryMs = 1_000;
/** Some job begins all the time on a busy bot: looks keep apart. */
const leastPauseMs = 50;
/** With no answer for so long the job engine does not work. */
const silentMs = 10_000;

interface Wanted {
  readonly names: readonly string[];
  /** After each look that was answered. */
  readonly answered: (afterOutage: boolean) => Promise<void>;
}

/**
 * Has workers look for jobs when there is something to find, so that they need not ask all the time. NOTIFY tells of
 * jobs that may run at once; what is deferred is known to the database alone, whose clock says when it is due.
 */
export function createWaker(boss: PgBoss, { names, answered }: Wanted) {
  const stopped = new AbortController();
  let loop: Promise<void> | undefined;
  let answeredAt = -Infinity;

  function wake(name: string, which: (jobsInHand: number) => boolean): void {
    for (const worker of boss.getWipData()) {
      if (worker.name === name && which(worker.count)) boss.notifyWorker(worker.id);
    }
  }

  /** Answers when to look again. */
  async function look(): Promise<number> {
    const due = await secondsUntilDue(boss, names);
    for (const [name, seconds] of due) if (seconds <= 0) wake(name, (jobsInHand) => jobsInHand === 0);
    const coming = [...due.values()].filter((seconds) => seconds > 0).map((seconds) => seconds * 1_000);
    return Math.max(leastPauseMs, Math.min(lookEveryMs, ...coming));
  }

  async function run(): Promise<void> {
    let outage = false;
    while (!stopped.signal.aborted) {
      let pauseMs = lookEveryMs;
      try {
        pauseMs = await look();
        await answered(outage);
        answeredAt = performance.now();
        outage = false;
      } catch {
        // The engine tells of its own failures; readiness tells of ours.
        outage = true;
      }
      await sleep(pauseMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  return {
    start(): void {
      answeredAt = performance.now();
      loop ??= run();
    },
    /** A busy worker looks for the next job as soon as it is through, instead of pausing behind each one. */
    lookAgain: (name: string) => wake(name, (jobsInHand) => jobsInHand > 0),
    isHeard: () => performance.now() - answeredAt < silentMs,
    /** A look that is under way ends by itself; nobody need wait for a database that may be away. */
    stop(): void {
      stopped.abort();
    },
  };
}
