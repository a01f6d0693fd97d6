import { sql } from 'kysely';
import { labelOf } from '../containment/state.ts';
import type { Log } from '../platform/log.ts';
import { passed } from '../platform/steps.ts';
import type { Database } from '../store/database-port.ts';
import type { DatabaseClock } from '../store/now.ts';
import { type Unfinished, newsKey, readUnfinished, takeBack } from '../store/unfinished.ts';
import { type Job, boxJobs, cancelJob, inItsPlace, submitJob, tellElsewhereJob } from './effect-jobs.ts';
import type { JobQueue } from './queue.ts';

interface Parts {
  readonly database: Database;
  readonly clock: DatabaseClock;
  readonly queue: Pick<JobQueue, 'resend'>;
}

/** Any constant will do; two processes that look at once take turns, and the second finds what the first has queued. */
const resumeLock = 728_114_035;
/** What no job stands for is an accident: a process or its database went away between two steps. */
const repairEveryMs = 120_000;

/** Before a start: nothing that this process takes itself may be taken back from it. */
export async function takeBackFromTheDead({ database, clock }: Omit<Parts, 'queue'>): Promise<void> {
  if (database.exclusive) await takeBack(database, clock);
  passed('cards-taken-back');
}

/**
 * After a start: queues again what a killed process may have had in its hands, instead of waiting until the job engine
 * takes it over. Every job is harmless when it turns out to be done, and stands in the queue once however many start.
 */
export async function resume(parts: Parts): Promise<void> {
  await inTurn(parts.database, async () => {
    const unfinished = await readUnfinished(parts.database.sql, parts.clock);
    await parts.queue.resend(unfinished.flatMap(jobsOf), { standing: 'waiting', pressStands: false });
  });
  passed('jobs-resumed');
}

/**
 * Queues what should wait or run and does neither. What was given up after many tries is tried again only by a start; but the
 * end of a time box is never given up, for nobody else would lift the restriction.
 */
export async function repair({ database, clock, queue }: Parts): Promise<void> {
  await inTurn(database, async () => {
    const unfinished = await readUnfinished(database.sql, clock);
    const wanted = unfinished.flatMap((request) =>
      jobsOf(request).filter(({ name }) => name === 'time-box' || !request.givenUp.includes(name)),
    );
    await queue.resend(wanted, { standing: 'waiting-or-running' });
  });
}

/** Repairs now and then until stopped. */
export function createRepair(parts: Parts & { readonly log: Log }) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    try {
      await repair(parts);
    } catch (error) {
      parts.log.warn({ err: error }, 'missing jobs could not be looked for, they are looked for again');
    }
  }

  return {
    start(): void {
      timer ??= setInterval(() => {
        running = running.then(look);
      }, repairEveryMs).unref();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await running;
    },
  };
}

async function inTurn({ exclusive, sql: db }: Database, work: () => Promise<void>): Promise<void> {
  // The embedded database has one connection, and no second process.
  if (exclusive) return work();
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${resumeLock})`.execute(tx);
    await work();
  });
}

function jobsOf(request: Unfinished): readonly Job[] {
  const { id: requestId } = request;
  const card: readonly Job[] = request.isShown ? [] : [{ name: 'sync-card', payload: { requestId } }];
  return [...card, ...awaitedJobs(request), ...jobsOfBox(request), ...jobsOfDrift(request)];
}

/** What the thread has heard need not be queued to be found out again. */
function jobsOfBox(request: Unfinished): readonly Job[] {
  const { box, toldNews } = request;
  if (box === undefined) return [];
  return boxJobs(request, box).filter(({ payload: { news, since } }) =>
    news === undefined || since === undefined ? true : !toldNews.includes(newsKey(news, since)),
  );
}

/** One says all that the thread has not heard of. */
function jobsOfDrift({ id, untold }: Unfinished): readonly Job[] {
  return untold.slice(-1).map(({ actionId }) => tellElsewhereJob(id, actionId));
}

/** The jobs that a state waits for, beside its card. */
function awaitedJobs(request: Unfinished): readonly Job[] {
  const { id: requestId, state, isTold } = request;
  switch (state.status) {
    case 'awaiting': {
      const checks = state.clicks.map(({ id }): Job => ({
        name: 'check-approval',
        payload: { requestId, clickId: id, ...inItsPlace(request) },
      }));
      return [...checks, { name: 'expire', payload: { requestId } }];
    }
    case 'approved':
    case 'submitting':
      return [submitJob(request)];
    case 'running':
      return state.cancel?.stage === 'requested' ? [cancelJob(request)] : [];
    default:
      return isTold ? [] : [{ name: 'notify', payload: { requestId, about: labelOf(state) } }];
  }
}
