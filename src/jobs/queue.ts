import type { Job as EngineJob } from 'pg-boss';
import type { Effect } from '../containment/event.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Database, Tx } from '../store/database-port.ts';
import { createClaims } from './claims.ts';
import type { Bury } from './dead-letters.ts';
import { type Job, type JobName, type JobPayload, jobNames, jobOf } from './effect-jobs.ts';
import { handBack, takeOver } from './engine-rows.ts';
import {
  type Patience,
  type Resending,
  createEngine,
  deadQueue,
  prepareQueues,
  resend,
  sendWith,
  usualPatience,
} from './engine.ts';
import { type JobHandler, type JobHandlers, createRunner } from './run-job.ts';
import { createWaker } from './waker.ts';
import { startWorkers } from './workers.ts';

export type JobQueue = ReturnType<typeof createJobQueue>;

/** Running jobs may end by themselves for so long; then they are given back, while there is time to do it in. */
const graceMs = 7_000;
const shutdownMs = 8_000;

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
      if (afterOutage) {
        const ended = claims.ended();
        await handBack(boss, ended);
        // Only now: a database that goes away again meanwhile must not make them forgotten.
        claims.forget(ended);
      }
      claims.forgetSettled();
    },
  });
  const run = createRunner({ ...parts, boss });
  let running = false;

  async function giveBack(): Promise<void> {
    try {
      await handBack(boss, claims.inHand());
    } catch (error) {
      parts.log.warn({ err: error }, 'running jobs could not be given back, they are taken over later');
    }
  }

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
      await startWorkers(boss, { handlers, bury, take });
      waker.start();
      running = true;
    },
    /** Lets running jobs end, for some seconds; what does not end is given back, for anybody to take at once. */
    async stop(): Promise<void> {
      running = false;
      waker.stop();
      const ended = boss.stop({ graceful: true, timeout: shutdownMs, close: true });
      const late = setTimeout(() => void giveBack(), graceMs);
      await ended.finally(() => clearTimeout(late));
    },
    /** Whether jobs are really asked for and the database answers, not merely that it once began. */
    isRunning: () => running && waker.isHeard(),
    /** Part of the caller's transaction: no state without its jobs, no job without its state. */
    enqueue: async (tx: Tx, request: ContainmentRequest, effects: readonly Effect[]): Promise<void> => {
      for (const effect of effects) {
        const job = jobOf(effect, request);
        if (job !== undefined) await sendWith(boss, tx, job);
      }
    },
    resend: (jobs: readonly Job[], how?: Resending) => resend(boss, jobs, how),
    /** The message with this id is needless: its person was told. Nothing happens if it is on its way already. */
    takeBack: (id: string) => boss.deleteJob('tell', id),
  };
}
