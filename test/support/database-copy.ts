import { sql } from 'kysely';
import type { Database } from '../../src/store/database-port.ts';
import { migrate } from '../../src/store/migrate.ts';
import { migrationsUpTo } from './schema-folders.ts';

type Db = Pick<Database, 'sql'>;

/** What a restart must not forget; jobs are left out, since a start queues anew what is unfinished. */
const kept = [
  'requests',
  'tenant_numbers',
  'cards',
  'conversations',
  'tracked_actions',
  'audit_chains',
  'audit_records',
];

/** Throws everything away but an empty schema of that version. */
export async function resetTo(db: Db, version: number): Promise<void> {
  await sql.raw('drop schema if exists cordon_jobs cascade').execute(db.sql);
  await sql.raw('drop schema public cascade').execute(db.sql);
  await sql.raw('create schema public').execute(db.sql);
  const folder = await migrationsUpTo(version);
  try {
    await migrate(db, folder.url);
  } finally {
    await folder.remove();
  }
}

/** Takes the database back to an older schema, with the rows as that one can hold them. */
export async function takeBackTo(db: Db, version: number): Promise<void> {
  const rows = new Map<string, readonly { row: unknown }[]>();
  for (const table of kept) {
    const read = await sql<{ row: unknown }>`select to_jsonb(t) as row from ${sql.table(table)} t`.execute(
      db.sql,
    );
    rows.set(table, read.rows);
  }
  await resetTo(db, version);
  for (const [table, all] of rows) {
    // Columns that the older schema lacks are passed over.
    for (const { row } of all) {
      await sql`
        insert into ${sql.table(table)} overriding system value
        select * from jsonb_populate_record(null::${sql.table(table)}, ${JSON.stringify(row)}::jsonb)`.execute(
        db.sql,
      );
    }
  }
  // Numbers that were given by hand are not counted.
  await sql`
    select setval(pg_get_serial_sequence('audit_records', 'id'), (select max(id) from audit_records))`.execute(
    db.sql,
  );
}
