import type { Effect } from '../containment/event.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import { systemClock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { passed } from '../platform/steps.ts';
import type { Database, Tx } from '../store/database-port.ts';
import { type Job, type JobName, type JobPayload, jobNames, jobOf } from './effect-jobs.ts';
import { createEngine, firstRetrySeconds, prepareQueue, resend, sendLater, sendWith } from './engine.ts';
import { createWaker } from './waker.ts';

/** A job that is not finished, only not possible yet: it comes again without counting as a failure. */
export interface Again {
  readonly againInSeconds: number;
}

export type JobHandler = (payload: JobPayload) => Promise<Again | undefined>;
export type JobHandlers = Readonly<Record<JobName, JobHandler>>;

export type JobQueue = ReturnType<typeof createJobQueue>;

/** How many jobs of a kind run at once in one process: what waits for Teams or Defender must not hold up the rest. */
const concurrency: Readonly<Record<JobName, number>> = {
  'sync-card': 6,
  submit: 4,
  'check-approval': 4,
  'cancel-action': 2,
  'look-up-device': 2,
  notify: 3,
  tell: 2,
  expire: 1,
};

const shutdownMs = 8_000;
/** NOTIFY and the waker find a job at once; polling remains for what another process deferred, and for lost wake-ups. */
const pollingOptions = { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 5 };
/** Some worker asks every five seconds: with no answer for so long the job engine does not work. */
const silentMs = 30_000;

/** Durable jobs, written in the transaction that changes the state, run at least once. */
export function createJobQueue(parts: { database: Database; log: Log; metrics: Metrics }) {
  const { log, metrics } = parts;
  const boss = createEngine(parts.database, log);
  const waker = createWaker(boss);
  let running = false;

  async function run(name: JobName, payload: JobPayload, handler: JobHandler): Promise<void> {
    try {
      passed('job-taken', payload.requestId);
      const again = await handler(payload);
      passed('job-done', payload.requestId);
      metrics.jobs.inc({ queue: name, result: again ? 'again' : 'done' });
      if (again) waker.at(name, await sendLater(boss, { name, payload }, again.againInSeconds));
    } catch (error) {
      metrics.jobs.inc({ queue: name, result: 'failed' });
      waker.at(name, firstRetrySeconds);
      log.warn({ err: error, queue: name, requestId: payload.requestId }, 'job failed, will be tried again');
      throw error;
    } finally {
      waker.lookAgain(name);
    }
  }

  return {
    async start(handlers: JobHandlers): Promise<void> {
      await boss.start();
      for (const name of jobNames) {
        await prepareQueue(boss, name);
        const polling = { localConcurrency: concurrency[name], ...pollingOptions };
        await boss.work<JobPayload>(name, polling, async (jobs) => {
          for (const job of jobs) await run(name, job.data, handlers[name]);
        });
      }
      running = true;
    },
    /** Lets running jobs end, for some seconds; what does not end is taken over by another process or the next start. */
    async stop(): Promise<void> {
      running = false;
      waker.stop();
      await boss.stop({ graceful: true, timeout: shutdownMs, close: true });
    },
    /** Whether jobs are really asked for and the database answers, not merely that it once began. */
    isRunning(): boolean {
      const since = systemClock.now().getTime() - silentMs;
      return running && boss.getWipData().some((one) => (one.lastFetchedOn ?? one.createdOn) > since);
    },
    /** Part of the caller's transaction: no state without its jobs, no job without its state. */
    enqueue: async (tx: Tx, request: ContainmentRequest, effects: readonly Effect[]): Promise<void> => {
      for (const effect of effects) {
        const job = jobOf(effect, request.id);
        if (job === undefined) continue;
        await sendWith(boss, tx, job);
        waker.at(job.name, job.startAfter);
      }
    },
    resend: (jobs: readonly Job[]) => resend(boss, jobs),
  };
}
