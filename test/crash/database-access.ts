import { sql } from 'kysely';
import { type Link, genesis, hashOf } from '../../src/audit/chain.ts';
import { tenantId } from '../../sandbox/world.ts';
import { openStatuses } from '../../src/containment/state.ts';
import type { Sql } from '../../src/store/database-port.ts';
import { openDatabase } from '../../src/store/database.ts';

/** What is done to the database, and read from it, while no bot runs. */
export interface DatabaseAccess {
  /** As if so much time had passed since the last attempt to submit. */
  ageAttempts(seconds: number): Promise<void>;
  /** As after a restored backup: Defender may know more of the open requests than the database. */
  doubtMemory(): Promise<void>;
  /** As if nobody had decided in time. */
  expireAll(): Promise<void>;
  /** As if so much of every time box in force had passed. */
  passBoxes(seconds: number): Promise<void>;
  /** As if it were time to look for what was changed elsewhere. */
  dueDrift(): Promise<void>;
  /** What must not be left: a line each. */
  leftovers(): Promise<string[]>;
  /** Chains of the audit log that do not prove themselves. */
  brokenChains(): Promise<string[]>;
}

export function accessDatabase(url: string): DatabaseAccess {
  async function within<T>(work: (db: Sql) => Promise<T>): Promise<T> {
    const database = await openDatabase(url);
    try {
      return await work(database.sql);
    } finally {
      await database.close();
    }
  }
  return {
    ageAttempts: (seconds) => within((db) => ageAttempts(db, seconds)),
    doubtMemory: () =>
      within(async (db) => {
        await sql`update requests set look_first_until = clock_timestamp() where status = 'approved'`.execute(
          db,
        );
      }),
    expireAll: () =>
      within(async (db) => {
        await sql`update requests set expires_at = clock_timestamp() where status = 'awaiting'`.execute(db);
        await sql`update cordon_jobs.job set start_after = clock_timestamp()
          where name = 'expire' and state < 'active'`.execute(db);
      }),
    passBoxes: (seconds) => within((db) => passBoxes(db, seconds)),
    dueDrift: () =>
      within(async (db) => {
        await sql`insert into drift_sweeps (tenant_id, due_at) values (${tenantId}, clock_timestamp())
          on conflict (tenant_id) do update set due_at = excluded.due_at`.execute(db);
      }),
    leftovers: () => within(leftovers),
    brokenChains: () => within(brokenChains),
  };
}

async function ageAttempts(db: Sql, seconds: number): Promise<void> {
  const rows = await db.selectFrom('requests').select(['id', 'state']).execute();
  for (const { id, state } of rows) {
    if (!('attempt' in state) || state.attempt === undefined) continue;
    const { startedAt, deadline } = state.attempt;
    const attempt = {
      ...state.attempt,
      startedAt: earlier(startedAt, seconds),
      deadline: earlier(deadline, seconds),
    };
    await db
      .updateTable('requests')
      .set({ state: JSON.stringify({ ...state, attempt }) })
      .where('id', '=', id)
      .execute();
  }
}

async function passBoxes(db: Sql, seconds: number): Promise<void> {
  const rows = await db
    .selectFrom('requests')
    .select(['id', 'box'])
    .where('box_until', 'is not', null)
    .execute();
  for (const { id, box } of rows) {
    if (box?.running === undefined) continue;
    const { since, until } = box.running;
    const running = { ...box.running, since: earlier(since, seconds), until: earlier(until, seconds) };
    await db
      .updateTable('requests')
      .set({ box: JSON.stringify({ ...box, running }), box_until: running.until })
      .where('id', '=', id)
      .execute();
  }
  await sql`update cordon_jobs.job set start_after = clock_timestamp()
    where name = 'time-box' and state < 'active'`.execute(db);
}

function earlier(instant: string, seconds: number): string {
  return new Date(Date.parse(instant) - seconds * 1000).toISOString();
}

async function leftovers(db: Sql): Promise<string[]> {
  const open = await db
    .selectFrom('requests')
    .select(['number', 'status'])
    .where('status', 'in', openStatuses)
    .execute();
  const tracked = await db.selectFrom('tracked_actions').select('request_id').execute();
  const behind = await sql<{ number: number; what: string }>`
    select number, case when shown_revision < revision then 'card' else 'word in the thread' end as what
    from requests join cards on request_id = id
    where shown_revision < revision
      or told_end is distinct from coalesce(state->'closed'->>'at', state->>'endedAt', state->>'at')`.execute(
    db,
  );
  // An undecided request would have expired by its own job, a box that is over has a job that finds that out, a click that nobody signed in for would be void by its own,
  // and a submission by whoever holds the stepped-up token has its job behind it; these jobs find that all is decided.
  const jobs = await sql<{ name: string; state: string; n: string }>`
    select name, state, count(*) as n from cordon_jobs.job
    where state not in ('completed', 'cancelled') and name not like '\\_\\_%' and name not in ('expire', 'time-box')
      and not (name = 'check-approval' and start_after > clock_timestamp() + interval '1 minute')
      and not (name = 'submit' and start_after > clock_timestamp())
    group by name, state`.execute(db);
  return [
    ...open.map(({ number, status }) => `request #${number} is ${status}`),
    ...tracked.map((row) => `action of ${row.request_id} is tracked`),
    ...behind.rows.map(({ number, what }) => `#${number}: its ${what} is not there`),
    ...jobs.rows.map(({ name, state, n }) => `${n} jobs ${name} are ${state}`),
  ];
}

async function brokenChains(db: Sql): Promise<string[]> {
  const heads = await db.selectFrom('audit_chains').selectAll().execute();
  const records = await db.selectFrom('audit_records').selectAll().orderBy('position').execute();
  const byChain = Map.groupBy(records, ({ chain }) => chain);
  return heads.flatMap(({ chain, length, head }) => {
    const own = byChain.get(chain) ?? [];
    let previous = genesis;
    for (const { position, at, record, hash } of own) {
      const link: Link = { chain, position, at: new Date(at).toISOString(), record, previous };
      if (hashOf(link) !== hash) return [`${chain}: record ${position} does not prove itself`];
      previous = hash;
    }
    return own.length === length && previous === head ? [] : [`${chain}: ${own.length} of ${length} records`];
  });
}
