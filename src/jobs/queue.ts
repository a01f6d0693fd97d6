import { PgBoss, fromKysely } from 'pg-boss';
import type { Effect } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Database, Tx } from '../store/database-port.ts';
import { type JobName, type JobPayload, jobNames, jobOf } from './effect-jobs.ts';

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

/** Longer than any handler may take by the time limits of its calls. */
const longestJobSeconds = 90;
/** A job whose process died is taken over after this; the job engine takes no less. */
const heartbeatSeconds = 10;
const shutdownMs = 8_000;

const queueOptions = {
  notify: true,
  expireInSeconds: longestJobSeconds,
  heartbeatSeconds,
  retryLimit: 1_000,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 60,
  deleteAfterSeconds: 3_600,
};
/** NOTIFY wakes a worker at once; polling is what remains when a notification is lost. */
const pollingOptions = { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 1 };

function createEngine(database: Database, log: Log): PgBoss {
  const boss = new PgBoss({
    ...database.jobEngine,
    schema: 'cordon_jobs',
    useListenNotify: true,
    schedule: false,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
  });
  boss.on('error', (error) => log.warn({ err: error }, 'job engine error'));
  return boss;
}

/** Durable jobs, written in the transaction that changes the state, run at least once. */
export function createJobQueue(parts: { database: Database; log: Log; metrics: Metrics }) {
  const { log, metrics } = parts;
  const boss = createEngine(parts.database, log);
  let running = false;

  async function run(name: JobName, payload: JobPayload, handler: JobHandler): Promise<void> {
    try {
      const again = await handler(payload);
      metrics.jobs.inc({ queue: name, result: again ? 'again' : 'done' });
      if (again) await boss.send(name, payload, { startAfter: Math.max(1, Math.ceil(again.againInSeconds)) });
    } catch (error) {
      metrics.jobs.inc({ queue: name, result: 'failed' });
      log.warn({ err: error, queue: name, requestId: payload.requestId }, 'job failed, will be tried again');
      throw error;
    }
  }

  return {
    async start(handlers: JobHandlers): Promise<void> {
      await boss.start();
      for (const name of jobNames) {
        await boss.createQueue(name, queueOptions);
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
      await boss.stop({ graceful: true, timeout: shutdownMs, close: true });
    },
    isRunning: () => running,
    /** Part of the caller's transaction: no state without its jobs, no job without its state. */
    enqueue: async (tx: Tx, request: ContainmentRequest, effects: readonly Effect[]): Promise<void> => {
      for (const effect of effects) {
        const job = jobOf(effect, request.id);
        if (job === undefined) continue;
        await boss.send(job.name, job.payload, {
          db: fromKysely(tx),
          ...(job.startAfter === undefined ? {} : { startAfter: job.startAfter }),
        });
      }
    },
    async send(
      name: JobName,
      requestId: RequestId,
      payload: Omit<JobPayload, 'requestId'> = {},
    ): Promise<void> {
      await boss.send(name, { ...payload, requestId });
    },
  };
}
