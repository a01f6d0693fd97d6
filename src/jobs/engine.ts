import { PgBoss, type Queue, fromKysely } from 'pg-boss';
import type { Log } from '../platform/log.ts';
import type { Database, Tx } from '../store/database-port.ts';
import { type Job, type JobName, type JobPayload, type NewJob, keyOf } from './effect-jobs.ts';
import { type Standing, engineSchema, readStanding } from './engine-rows.ts';

/** Where jobs go that are tried no more. */
export const deadQueue = 'dead';

/** Longer than any handler may take by the time limits of its calls. */
const longestJobSeconds = 90;
/** A job whose process died is taken over after this; the job engine takes no less. */
const heartbeatSeconds = 10;
/** Endless: a bit less than the largest integer of the job engine's column, which giving back adds to. */
const endless = 2_000_000_000;

/** Nobody reads what is done; the engine's own looks at the table take as long as it is large. */
const doneKeptSeconds = 600;

const common = {
  expireInSeconds: longestJobSeconds,
  heartbeatSeconds,
  deleteAfterSeconds: doneKeptSeconds,
  retryBackoff: true,
};

/**
 * For failures that are the work's own. The engine waits half to the whole of 2, 4, 8, … seconds, a random share, and
 * cuts that off at the maximum: nine retries take 9 to 14 minutes, and only the last wait is cut. Then the job is dead.
 * A process that ends while it runs the job counts like any failure.
 */
export interface Patience {
  readonly retryLimit: number;
  readonly retryDelay: number;
  readonly retryDelayMax: number;
}
export const usualPatience: Patience = { retryLimit: 9, retryDelay: 1, retryDelayMax: 300 };

const ownQueue = (patience: Patience) => ({
  ...common,
  ...patience,
  notify: true,
  deadLetter: deadQueue,
});
/** What a death means for its request must be written, however long that takes. */
const deadQueueOptions = { ...common, retryLimit: endless, retryDelay: 1, retryDelayMax: 60 };

/** One outage is many failed looks of many workers. */
const tellErrorEveryMs = 10_000;

export function createEngine(database: Database, log: Log): PgBoss {
  const boss = new PgBoss({
    ...database.jobEngine,
    schema: engineSchema,
    useListenNotify: true,
    schedule: false,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
  });
  let toldAt = -Infinity;
  boss.on('error', (error) => {
    if (performance.now() - toldAt < tellErrorEveryMs) return;
    toldAt = performance.now();
    log.warn({ err: error }, 'job engine error');
  });
  return boss;
}

export async function prepareQueues(
  boss: PgBoss,
  names: readonly JobName[],
  patience: Patience,
): Promise<void> {
  await prepare(boss, deadQueue, deadQueueOptions);
  for (const name of names) await prepare(boss, name, ownQueue(patience));
}

async function prepare(boss: PgBoss, name: string, options: Omit<Queue, 'name'>): Promise<void> {
  await boss.createQueue(name, options);
  // A queue that exists keeps the options of the program that created it.
  await boss.updateQueue(name, options);
}

export interface Resending {
  readonly standing?: Standing;
  /** An edit for a press stands for any: what waits for its limit is not brought around it. Not where another edit may be lost. */
  readonly pressStands?: boolean;
  /** What is wanted again within this time is one job with what was wanted before. */
  readonly afterSeconds?: number;
}

/**
 * Queues what no waiting job stands for; one that is deferred or failed has its time already. A running one does
 * not count where its process may be the dead one.
 */
export async function resend(
  boss: PgBoss,
  jobs: readonly Job[],
  { standing = 'waiting', pressStands = true, afterSeconds = 0 }: Resending = {},
): Promise<void> {
  for (const [name, wanted] of Map.groupBy(jobs, (job) => job.name)) {
    const there = await readStanding(boss, name, standing);
    const missing = new Map(wanted.map(({ payload }) => [keyOf(payload), payload]));
    for (const { press, ...payload } of there) {
      if (press === undefined || pressStands) missing.delete(keyOf(payload));
      if (press === true) missing.delete(keyOf({ ...payload, press }));
    }
    const added = [...missing].map(([singletonKey, data]) => ({
      singletonKey,
      data,
      startAfter: afterSeconds,
      priority: priorityOf(data),
    }));
    if (added.length > 0) await boss.insert(name, added);
  }
}

/** Of those that wait, the one with the highest number is taken first. */
function priorityOf({ behind = 0 }: JobPayload): number {
  return behind === 0 ? 0 : -behind;
}

/** A job that waits already gets the newest time: whoever ran last knows best. */
export async function sendLater(boss: PgBoss, { name, payload }: Job, seconds: number): Promise<void> {
  await boss.upsert(name, payload, {
    singletonKey: keyOf(payload),
    startAfter: Math.max(1, Math.ceil(seconds)),
    priority: priorityOf(payload),
  });
}

/**
 * Not merged with a job that waits, which may start before the transaction ends and read the old state; but for one that the
 * transaction puts off, since nobody takes it meanwhile.
 */
export async function sendWith(
  boss: PgBoss,
  tx: Tx,
  { name, payload, startAfter, id, isMerged }: NewJob,
): Promise<void> {
  const options = {
    db: fromKysely(tx),
    ...(startAfter === undefined ? {} : { startAfter }),
    priority: priorityOf(payload),
  };
  if (isMerged === true) await boss.upsert(name, payload, { ...options, singletonKey: keyOf(payload) });
  else await boss.send(name, payload, { ...options, ...(id === undefined ? {} : { id }) });
}
