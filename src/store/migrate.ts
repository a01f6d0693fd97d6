import { readFile, readdir } from 'node:fs/promises';
import { sql } from 'kysely';
import { DatabaseRefusedError, type Database, type Tx } from './database-port.ts';

const folder = new URL('./migrations/', import.meta.url);
/** Any constant will do; two instances that start together take turns. */
const migrationLock = 728_114_033;

/**
 * Brings the schema up to this program's version: numbered files, forward only, each in the same transaction as its
 * mark. A database that a newer program has changed is refused.
 */
export async function migrate(database: Database): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  await database.sql.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(tx);
    await sql`create table if not exists schema_migrations (version integer primary key, applied_at timestamptz not null)`.execute(
      tx,
    );
    const applied = await currentVersion(tx);
    const newest = versionOf(files.at(-1) ?? '0');
    if (applied > newest) {
      throw new DatabaseRefusedError(
        `the database has schema version ${applied}, this program knows ${newest}: start the newer program`,
      );
    }
    for (const file of files.filter((name) => versionOf(name) > applied)) {
      await apply(tx, file);
    }
  });
}

async function currentVersion(tx: Tx): Promise<number> {
  const row = await tx
    .selectFrom('schema_migrations')
    .select((eb) => eb.fn.max('version').as('version'))
    .executeTakeFirst();
  return row?.version ?? 0;
}

async function apply(tx: Tx, file: string): Promise<void> {
  const text = await readFile(new URL(file, folder), 'utf8');
  // One statement a time: the embedded database takes no more in a transaction.
  const statements = text
    .replaceAll(/--[^\n]*/g, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
  for (const statement of statements) await sql.raw(statement).execute(tx);
  await sql`insert into schema_migrations values (${versionOf(file)}, clock_timestamp())`.execute(tx);
}

function versionOf(file: string): number {
  return Number.parseInt(file, 10);
}
