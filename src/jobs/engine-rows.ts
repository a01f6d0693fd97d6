import type { PgBoss } from 'pg-boss';
import type { JobName, JobPayload } from './effect-jobs.ts';

export const engineSchema = 'cordon_jobs';

/** One run of a job: the engine counts a job's runs, so an older run's claim is worth nothing. */
export interface Claim {
  readonly id: string;
  readonly run: number;
}

/** What the job engine has no call for, asked of its tables: `test/contract/queue.test.ts` proves each on its release. */
const job = `${engineSchema}.job`;
const now = `${engineSchema}.job_now()`;

/** Seconds until the first waiting job of each queue is due, zero or less when one is; by the database's clock. */
export async function secondsUntilDue(
  boss: PgBoss,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const first = (state: string) => `(
    select start_after from ${job}
    where job.name = wanted.name and state = '${state}' and not blocked
    order by start_after limit 1)`;
  const { rows }: { rows: { name: string; seconds: number }[] } = await boss.getDb().executeSql(
    `select wanted.name, extract(epoch from min(first.start_after) - ${now})::float8 as seconds
     from json_array_elements_text($1::json) as wanted(name)
     cross join lateral (${first('created')} union all ${first('retry')}) as first
     group by wanted.name`,
    [JSON.stringify(names)],
  );
  return new Map(rows.map(({ name, seconds }) => [name, seconds]));
}

export type Standing = 'waiting' | 'waiting-or-running';

/** What the jobs of a queue are for that are not over. */
export async function readStanding(
  boss: PgBoss,
  name: JobName,
  standing: Standing,
): Promise<readonly JobPayload[]> {
  const running = standing === 'waiting' ? '' : `, 'active'`;
  const { rows }: { rows: { data: JobPayload }[] } = await boss
    .getDb()
    .executeSql(`select data from ${job} where name = $1 and state in ('created', 'retry'${running})`, [
      name,
    ]);
  return rows.map(({ data }) => data);
}

/**
 * Lets anybody take these jobs at once, if they are still under these claims. That is no failure: it is made up for by
 * one more retry, since the next run counts as one.
 */
export async function handBack(boss: PgBoss, claims: readonly Claim[]): Promise<void> {
  if (claims.length === 0) return;
  await boss.getDb().executeSql(
    `update ${job}
     set state = 'retry', start_after = ${now}, heartbeat_on = null,
       retry_limit = least(retry_limit, 2147483646) + 1
     from json_to_recordset($1::json) as claim(id uuid, run int)
     where job.id = claim.id and job.retry_count = claim.run and state = 'active'`,
    [JSON.stringify(claims)],
  );
}

/**
 * Lets this process take at once what a dead one had in hand; only where no other process can be alive. Its death counts
 * as a failure of the job. One that has no retry left is buried by the engine, when its heartbeat is missed.
 */
export async function takeOver(boss: PgBoss, names: readonly string[]): Promise<void> {
  await boss.getDb().executeSql(
    `update ${job} set state = 'retry', start_after = ${now}, heartbeat_on = null
     where name in (select json_array_elements_text($1::json)) and state = 'active' and retry_count < retry_limit`,
    [JSON.stringify(names)],
  );
}
