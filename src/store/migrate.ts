import { readFile, readdir } from 'node:fs/promises';
import { sql } from 'kysely';
import { DatabaseRefusedError, type Database, type Sql } from './database-port.ts';

const ownFolder = new URL('./migrations/', import.meta.url);
/** Any constant will do; two instances that start together take turns. */
const migrationLock = 728_114_033;

/**
 * Brings the schema up to this program's version: numbered files, forward only, each in the same transaction as its
 * mark. A database that a newer program has changed is refused.
 */
export async function migrate(database: Pick<Database, 'sql'>, folder = ownFolder): Promise<void> {
  const files = await filesIn(folder);
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
      await apply(tx, new URL(file, folder), versionOf(file));
    }
  });
}

export interface SchemaVersions {
  /** 0: an empty database. */
  readonly applied: number;
  /** The one that this program works with. */
  readonly known: number;
}

/** Changes nothing. */
export async function readSchemaVersions(db: Sql): Promise<SchemaVersions> {
  const known = versionOf((await filesIn(ownFolder)).at(-1) ?? '0');
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass('schema_migrations') is not null as there`.execute(db);
  return { applied: rows[0]?.there === true ? await currentVersion(db) : 0, known };
}

async function filesIn(folder: URL): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
}

async function currentVersion(db: Sql): Promise<number> {
  const row = await db
    .selectFrom('schema_migrations')
    .select((eb) => eb.fn.max('version').as('version'))
    .executeTakeFirst();
  return row?.version ?? 0;
}

async function apply(tx: Sql, file: URL, version: number): Promise<void> {
  const text = await readFile(file, 'utf8');
  // One statement a time: the embedded database takes no more in a transaction.
  const statements = text
    .replaceAll(/--[^\n]*/g, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
  for (const statement of statements) await sql.raw(statement).execute(tx);
  await sql`insert into schema_migrations values (${version}, clock_timestamp())`.execute(tx);
}

function versionOf(file: string): number {
  return Number.parseInt(file, 10);
}
