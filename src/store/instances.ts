import { sql } from 'kysely';
import type { Instant } from '../containment/person.ts';
import type { Database, Sql, Tx } from './database-port.ts';
import type { DatabaseClock } from './now.ts';

/** A sign of life that is older says nothing any more; the newest one always stays. */
const keptHours = 24;

/** This process lives now, by the clock of the database; answers the moment. */
export async function markAlive(db: Sql, clock: DatabaseClock, id: string): Promise<Instant> {
  const { seen_at: seen } = await db
    .insertInto('instances')
    .values({ id, started_at: clock(), seen_at: clock() })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: clock() }))
    .returning('seen_at')
    .executeTakeFirstOrThrow();
  return seen.toISOString();
}

/** When this process last wrote here, as the database remembers it. */
export async function ownSignOfLife(db: Sql, id: string): Promise<Instant | undefined> {
  const row = await db.selectFrom('instances').select('seen_at').where('id', '=', id).executeTakeFirst();
  return row?.seen_at.toISOString();
}

export async function pruneInstances(db: Sql, clock: DatabaseClock): Promise<void> {
  await db
    .deleteFrom('instances')
    .where('seen_at', '<', sql<Date>`${clock()} - ${keptHours} * interval '1 hour'`)
    .execute();
}

/** When any process last wrote here. Before there were signs of life, the newest audit record was one. */
export async function lastSignOfLife(tx: Tx): Promise<Instant | undefined> {
  const row = await tx
    .selectFrom('instances')
    .select('seen_at')
    .orderBy('seen_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row !== undefined) return row.seen_at.toISOString();
  const record = await tx
    .selectFrom('audit_records')
    .select('at')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return record?.at.toISOString();
}

/**
 * What a copy cannot share: the place of the data, the server's own identifier and its timeline, which a recovery or a
 * failover changes, the ids of this database and of its main table, which a restored dump changes. What may not be
 * read is left out.
 */
export async function readIdentity({ sql: db, place }: Pick<Database, 'sql' | 'place'>): Promise<string> {
  const system = await attempt(
    sql<{ part: string }>`select system_identifier::text as part from pg_control_system()`,
    db,
  );
  const timeline = await attempt(
    sql<{ part: string }>`select left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) as part`,
    db,
  );
  const ids = await attempt(
    sql<{ part: string }>`
      select (select oid from pg_database where datname = current_database()) || '/' || 'requests'::regclass::oid as part`,
    db,
  );
  return [place, system, timeline, ids].join(' ');
}

type Part = ReturnType<typeof sql<{ part: string }>>;

async function attempt(statement: Part, db: Sql): Promise<string> {
  try {
    return (await statement.execute(db)).rows[0]?.part ?? '-';
  } catch (error) {
    // Refused, or unknown there. Silence is another matter: an identity read only in part would look like another one.
    if (isRefusal(error)) return '-';
    throw error;
  }
}

/** Classes of SQLSTATE for a server that does not answer as it would otherwise: connection, resources, operator, files. */
const troubleClasses = ['08', '53', '57', '58'];

/** Managed servers refuse in several ways: missing privilege, unknown function, not supported, not in this state. */
function isRefusal(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  const code = String(error.code);
  return /^[0-9A-Z]{5}$/.test(code) && !troubleClasses.includes(code.slice(0, 2));
}

/** Answers what this program saw last, undefined at its first start, and remembers what it sees now. */
export async function exchangeIdentity(tx: Tx, identity: string, now: Instant): Promise<string | undefined> {
  const known = await tx.selectFrom('database_identity').select('identity').executeTakeFirst();
  await tx
    .insertInto('database_identity')
    .values({ identity, seen_at: now })
    .onConflict((conflict) => conflict.column('only_row').doUpdateSet({ identity, seen_at: now }))
    .execute();
  return known?.identity;
}
