import type { PgBoss } from 'pg-boss';
import { systemClock } from '../platform/clock.ts';
import type { JobName } from './effect-jobs.ts';

/** What comes later than this is found by polling soon enough. */
const longestWaitMs = 60_000;
/** The job is due by the database's clock, and the transaction that wrote it may still be open. */
const marginMs = 50;

/** Has workers look for jobs when there is something to find, so that they need not ask all the time. */
export function createWaker(boss: Pick<PgBoss, 'getWipData' | 'notifyWorker'>) {
  const timers = new Set<NodeJS.Timeout>();

  function wake(name: JobName, which: (jobsInHand: number) => boolean): void {
    for (const worker of boss.getWipData()) {
      if (worker.name === name && which(worker.count)) boss.notifyWorker(worker.id);
    }
  }

  return {
    /** NOTIFY tells of jobs that may run at once; of a deferred one this process reminds itself. */
    at(name: JobName, startAfter: number | string | undefined): void {
      const waitMs =
        typeof startAfter === 'string'
          ? Date.parse(startAfter) - systemClock.now().getTime()
          : (startAfter ?? 0) * 1_000;
      if (!(waitMs > 0 && waitMs <= longestWaitMs)) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        wake(name, (jobsInHand) => jobsInHand === 0);
      }, waitMs + marginMs).unref();
      timers.add(timer);
    },
    /** A busy worker looks for the next job as soon as it is through, instead of pausing behind each one. */
    lookAgain: (name: JobName) => wake(name, (jobsInHand) => jobsInHand > 0),
    stop(): void {
      timers.forEach((timer) => clearTimeout(timer));
      timers.clear();
    },
  };
}
