import type { Job as EngineJob, JobWithMetadata, PgBoss } from 'pg-boss';
import type { Effect } from '../containment/event.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { passed } from '../platform/steps.ts';
import type { Database, Tx } from '../store/database-port.ts';
import { createClaims } from './claims.ts';
import { type Bury, letterOf } from './dead-letters.ts';
import { type Job, type JobName, type JobPayload, jobNames, jobOf } from './effect-jobs.ts';
import { handBack, takeOver } from './engine-rows.ts';
import {
  type Patience,
  createEngine,
  deadQueue,
  prepareQueues,
  resend,
  sendLater,
  sendWith,
  usualPatience,
} from './engine.ts';
import { growingWait, notNow } from './not-now.ts';
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

/** Running jobs may end by themselves for so long; then they are given back, while there is time to do it in. */
const graceMs = 7_000;
const shutdownMs = 8_000;
/** NOTIFY and the waker find jobs at once: this is for whatever both should miss. */
const rarely = 30;
const pollingOptions = { pollingIntervalSeconds: rarely, notifyPollingIntervalSeconds: rarely };

interface Parts {
  readonly database: Database;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly patience?: Patience;
}

/** Durable jobs, written in the transaction that changes the state, run at least once. */
export function createJobQueue(parts: Parts) {
  const boss = createEngine(parts.database, parts.log);
  const claims = createClaims();
  const waker = createWaker(boss, {
    names: [...jobNames, deadQueue],
    answered: async (afterOutage) => {
      if (afterOutage) await handBack(boss, claims.takeEnded());
      claims.forgetSettled();
    },
  });
  const run = createRunner({ ...parts, boss });
  let running = false;

  async function take(job: EngineJob<JobPayload>, handler: JobHandler): Promise<void> {
    const claim = { id: job.id, run: job.retryCount };
    claims.begin(claim);
    try {
      await run({ name: job.name as JobName, payload: job.data }, handler);
    } finally {
      claims.end(claim);
      waker.lookAgain(job.name);
    }
  }

  return {
    /** `bury` hears of each job that is tried no more, until it has dealt with it. */
    async start(handlers: JobHandlers, bury: Bury): Promise<void> {
      await boss.start();
      await prepareQueues(boss, jobNames, parts.patience ?? usualPatience);
      if (parts.database.exclusive) await takeOver(boss, [...jobNames, deadQueue]);
      for (const name of jobNames) {
        const polling = { localConcurrency: concurrency[name], ...pollingOptions };
        await boss.work<JobPayload>(name, polling, async (jobs) => {
          for (const job of jobs) await take(job, handlers[name]);
        });
      }
      const whole = { ...pollingOptions, includeMetadata: true as const };
      await boss.work(deadQueue, whole, async (jobs: JobWithMetadata<JobPayload>[]) => {
        for (const job of jobs) await bury(letterOf(job));
      });
      waker.start();
      running = true;
    },
    /** Lets running jobs end, for some seconds; what does not end is given back, for anybody to take at once. */
    async stop(): Promise<void> {
      running = false;
      waker.stop();
      const ended = boss.stop({ graceful: true, timeout: shutdownMs, close: true });
      const late = setTimeout(() => {
        handBack(boss, claims.inHand()).catch((error: unknown) => {
          parts.log.warn({ err: error }, 'running jobs could not be given back, they are taken over later');
        });
      }, graceMs);
      await ended.finally(() => clearTimeout(late));
    },
    /** Whether jobs are really asked for and the database answers, not merely that it once began. */
    isRunning: () => running && waker.isHeard(),
    /** Part of the caller's transaction: no state without its jobs, no job without its state. */
    enqueue: async (tx: Tx, request: ContainmentRequest, effects: readonly Effect[]): Promise<void> => {
      for (const effect of effects) {
        const job = jobOf(effect, request.id);
        if (job !== undefined) await sendWith(boss, tx, job);
      }
    },
    resend: (jobs: readonly Job[]) => resend(boss, jobs),
  };
}

/** What the engine stores and tells of a failure: nothing of the exception, whose text may hold anything. */
class JobFailed extends Error {
  override readonly name = 'JobFailed';
}

function createRunner({ boss, log, metrics }: Parts & { readonly boss: PgBoss }) {
  return async ({ name, payload }: Job, handler: JobHandler): Promise<void> => {
    const { requestId, waits = 0, ...rest } = payload;
    const comeAgain = async (seconds: number): Promise<void> => {
      metrics.jobs.inc({ queue: name, result: 'again' });
      await sendLater(boss, { name, payload: { ...rest, requestId, waits: waits + 1 } }, seconds);
      passed('job-postponed', requestId);
    };
    try {
      passed('job-taken', requestId);
      const again = await handler(payload);
      passed('job-done', requestId);
      if (again) await comeAgain(again.againInSeconds);
      else metrics.jobs.inc({ queue: name, result: 'done' });
    } catch (error) {
      const passing = notNow(error);
      const what = { err: error, queue: name, requestId };
      if (passing !== undefined) {
        log.warn(what, 'job not possible now, it comes again');
        const asked = passing.retryAfterMs === undefined ? undefined : passing.retryAfterMs / 1_000;
        await comeAgain(asked ?? growingWait(waits));
        return;
      }
      metrics.jobs.inc({ queue: name, result: 'failed' });
      log.warn(what, 'job failed, will be tried again');
      throw new JobFailed('A job failed');
    }
  };
}
