import type { Job, JobWithMetadata, PgBoss } from 'pg-boss';
import { type Bury, letterOf } from './dead-letters.ts';
import { type JobName, type JobPayload, jobNames } from './effect-jobs.ts';
import { deadQueue } from './engine.ts';
import type { JobHandler, JobHandlers } from './run-job.ts';

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
  'time-box': 2,
  'settle-lift': 2,
  'tell-box': 2,
  'tell-elsewhere': 1,
};

/** NOTIFY and the waker find jobs at once: this is for whatever both should miss. */
const rarely = 30;
const pollingOptions = { pollingIntervalSeconds: rarely, notifyPollingIntervalSeconds: rarely };

interface Work {
  readonly handlers: JobHandlers;
  readonly bury: Bury;
  readonly take: (job: Job<JobPayload>, handler: JobHandler) => Promise<void>;
}

export async function startWorkers(boss: PgBoss, { handlers, bury, take }: Work): Promise<void> {
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
}
