import { sql } from 'kysely';
import type { RequestId } from '../containment/ids.ts';
import type { Sql, Tx } from './database-port.ts';
import type { DatabaseClock } from './now.ts';
import { endingInSql } from './unfinished.ts';

/** Fixed words: what an exception says goes nowhere. */
export type JobFailure = 'failed' | 'took-too-long' | 'process-died';

export interface DeadJob {
  /** The job engine's own, so that one death is recorded once. */
  readonly id: string;
  readonly job: string;
  readonly requestId: RequestId;
  /** As the death left it: a later one says that the request has moved on. */
  readonly requestRevision: number;
  readonly failure: JobFailure;
}

export async function isDead(tx: Tx, id: string): Promise<boolean> {
  const row = await tx.selectFrom('dead_jobs').select('id').where('id', '=', id).executeTakeFirst();
  return row !== undefined;
}

export async function recordDeadJob(tx: Tx, clock: DatabaseClock, dead: DeadJob): Promise<void> {
  await tx
    .insertInto('dead_jobs')
    .values({
      id: dead.id,
      job: dead.job,
      request_id: dead.requestId,
      request_revision: dead.requestRevision,
      failure: dead.failure,
      died_at: clock(),
    })
    .execute();
}

/** A death matters no more when the request has changed since, or when what the job was for has come about. */
const isSettled = sql<boolean>`(
  requests.revision > dead_jobs.request_revision
  or dead_jobs.job = 'sync-card'
    and greatest(cards.shown_revision, cards.given_up_revision)
      >= coalesce(cards.due_revision, dead_jobs.request_revision)
  or dead_jobs.job = 'notify' and cards.told_end is not distinct from ${endingInSql()}
)`;

function withRequests(db: Sql) {
  return db
    .selectFrom('dead_jobs')
    .leftJoin('requests', 'requests.id', 'dead_jobs.request_id')
    .leftJoin('cards', 'cards.request_id', 'dead_jobs.request_id');
}

/** The deaths that somebody should look into, the latest first. */
export async function listDeadJobs(db: Sql) {
  const rows = await withRequests(db)
    .select(['dead_jobs.job', 'dead_jobs.failure', 'dead_jobs.died_at'])
    .select((eb) => eb.fn.coalesce('requests.card_number', 'requests.number').as('number'))
    .where(sql<boolean>`${isSettled} is not true`)
    .orderBy('dead_jobs.died_at', 'desc')
    .orderBy('dead_jobs.id')
    .execute();
  return rows.map(({ job, failure, died_at, number }) => ({
    job,
    failure,
    diedAt: died_at.toISOString(),
    /** The request's; undefined when there is none of that id. */
    number: number ?? undefined,
  }));
}

/** How many of them, by job. */
export async function countDeadJobs(db: Sql): Promise<ReadonlyMap<string, number>> {
  const rows = await withRequests(db)
    .select((eb) => ['dead_jobs.job', eb.fn.countAll<string>().as('n')])
    .where(sql<boolean>`${isSettled} is not true`)
    .groupBy('dead_jobs.job')
    .execute();
  return new Map(rows.map(({ job, n }) => [job, Number(n)]));
}

/** The audit log keeps every death for good; this list is for whoever looks after the bot. */
const keptDays = 30;

export async function pruneDeadJobs(db: Sql, clock: DatabaseClock): Promise<void> {
  await db
    .deleteFrom('dead_jobs')
    .where((eb) =>
      eb.or([
        eb('died_at', '<', sql<Date>`${clock()} - ${keptDays} * interval '1 day'`),
        eb('id', 'in', withRequests(db).select('dead_jobs.id').where(isSettled)),
      ]),
    )
    .execute();
}
