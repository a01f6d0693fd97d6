import { PgBoss, fromKysely } from 'pg-boss';
import type { Log } from '../platform/log.ts';
import type { Database, Tx } from '../store/database-port.ts';
import { type Job, type JobName, type JobPayload, type NewJob, keyOf } from './effect-jobs.ts';

/** Longer than any handler may take by the time limits of its calls. */
const longestJobSeconds = 90;
/** A job whose process died is taken over after this; the job engine takes no less. */
const heartbeatSeconds = 10;

export const firstRetrySeconds = 2;
const queueOptions = {
  notify: true,
  expireInSeconds: longestJobSeconds,
  heartbeatSeconds,
  // Endless: the largest integer of the job engine's column. A card is repaired whenever Teams is back.
  retryLimit: 2_147_483_647,
  // The first time after one to two seconds, then twice as long each time.
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 60,
  deleteAfterSeconds: 3_600,
};
export function createEngine(database: Database, log: Log): PgBoss {
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

export async function prepareQueue(boss: PgBoss, name: JobName): Promise<void> {
  await boss.createQueue(name, queueOptions);
  // A queue that exists keeps the options of the program that created it.
  await boss.updateQueue(name, queueOptions);
}

/** Queues at once what no waiting job stands for; one that is deferred or failed has its time already. */
export async function resend(boss: PgBoss, jobs: readonly Job[]): Promise<void> {
  for (const [name, wanted] of Map.groupBy(jobs, (job) => job.name)) {
    const waiting = await boss.findJobs<JobPayload>(name, { queued: true });
    const missing = new Map(wanted.map(({ payload }) => [keyOf(payload), payload]));
    for (const { data } of waiting) missing.delete(keyOf(data));
    const added = [...missing].map(([singletonKey, data]) => ({ singletonKey, data }));
    if (added.length > 0) await boss.insert(name, added);
  }
}

/** Answers in how many seconds. A job that waits already gets the newest time: whoever ran last knows best. */
export async function sendLater(boss: PgBoss, { name, payload }: Job, seconds: number): Promise<number> {
  const startAfter = Math.max(1, Math.ceil(seconds));
  await boss.upsert(name, payload, { singletonKey: keyOf(payload), startAfter });
  return startAfter;
}

/** Never merged with a job that waits: that one may start before the transaction ends, and read the old state. */
export async function sendWith(boss: PgBoss, tx: Tx, { name, payload, startAfter }: NewJob): Promise<void> {
  await boss.send(name, payload, {
    db: fromKysely(tx),
    ...(startAfter === undefined ? {} : { startAfter }),
  });
}
