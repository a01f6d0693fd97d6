import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

/**
 * The clock of one test database, which can be put forward: a search of minutes need not be waited for. The product
 * reads `clock_timestamp()` without naming a schema, so that a function of that name found first answers instead of
 * the built-in one; the job engine has a function of its own for the purpose.
 */
export interface FastClock {
  /** By how many seconds it runs ahead of the true time. */
  readonly ahead: number;
  /**
   * Lets time pass for all that waits. What a living process holds at this moment (a running job, a sign of life) is
   * taken along, for the process would have renewed it; what it may be sending just now is waited for. The leases of
   * dead processes run out.
   */
  advance(seconds: number): Promise<void>;
  close(): Promise<void>;
}

/** To be called for a new database, before anybody has asked it anything. */
export async function installFastClock(databaseUrl: string): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  await withClient(databaseUrl, async (client) => {
    await client.query(`
      create schema test_clock;
      create table test_clock.ahead (seconds float8 not null);
      insert into test_clock.ahead values (0);
      create function public.clock_timestamp() returns timestamptz language sql volatile as $$
        select pg_catalog.clock_timestamp() + (select seconds from test_clock.ahead) * interval '1 second' $$;
      alter database "${name}" set search_path = public, pg_catalog;`);
  });
}

/** Processes renew their leases every five seconds; whoever was silent for longer is not taken along. */
const aliveSeconds = 6;
/** A message is tried again for as long as this, its card being held: `bot/in-turn.ts`. */
const messageSeconds = 10;
/** In calm nobody takes longer for a POST; what hangs for longer hangs on a server that does nothing. */
const briefSeconds = 3;
const longestQuietMs = 10_000;

export async function openFastClock(databaseUrl: string): Promise<FastClock> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ seconds: number }>('select seconds from test_clock.ahead');
  let ahead = rows[0]?.seconds ?? 0;
  return {
    get ahead() {
      return ahead;
    },
    advance: async (seconds) => {
      await quiet(client);
      await client.query('begin');
      // Whoever reads the clock in between must not see it forward and the leases behind.
      await client.query(jobClock);
      for (const { table, columns, where } of leases) {
        const moved = columns.map((column) => `${column} = ${column} + $1 * interval '1 second'`).join(', ');
        await client.query(`update ${table} set ${moved} where ${where}`, [seconds]);
      }
      await client.query('update test_clock.ahead set seconds = seconds + $1', [seconds]);
      await client.query('commit');
      ahead += seconds;
      await client.query(wakeWorkers);
    },
    close: () => client.end(),
  };
}

const recently = `clock_timestamp() - ${aliveSeconds} * interval '1 second'`;
const leases = [
  {
    table: 'cordon_jobs.job',
    columns: ['heartbeat_on', 'started_on'],
    where: `state = 'active' and coalesce(heartbeat_on, started_on) > ${recently}`,
  },
  { table: 'cordon_jobs.instance', columns: ['heartbeat_on'], where: `heartbeat_on > ${recently}` },
  { table: 'public.instances', columns: ['seen_at'], where: `seen_at > ${recently}` },
];

/** Set again each time: a process that starts may put the engine's own back. */
const jobClock = `
  create or replace function cordon_jobs.job_now() returns timestamptz language sql stable as $$
    select pg_catalog.now() + (select seconds from test_clock.ahead) * interval '1 second' $$`;

const wakeWorkers = `
  select pg_notify('pgboss_' || left(encode(sha224('cordon_jobs'::bytea), 'hex'), 24), name)
    from cordon_jobs.queue`;

/** No card is being edited, and no POST was begun within the last moments. */
async function quiet(client: pg.Client): Promise<void> {
  const deadline = performance.now() + longestQuietMs;
  while (performance.now() < deadline) {
    const { rows } = await client.query<{ busy: boolean }>(busy);
    if (rows[0]?.busy !== true) return;
    await pause(100);
  }
}

const busy = `
  select exists (
    select from cards where held_until > clock_timestamp() + (15 - ${messageSeconds}) * interval '1 second'
  ) or exists (
    select from requests where state->'attempt'->>'outcome' = 'in-flight' and status = 'submitting'
      and (state->'attempt'->>'startedAt')::timestamptz > clock_timestamp() - ${briefSeconds} * interval '1 second'
  ) as busy`;

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
