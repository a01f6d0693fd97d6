import { sql } from 'kysely';
import type { Sql } from '../../src/store/database-port.ts';

interface Line {
  readonly line: string;
}

/** The schema as lines of text, the same on every database: columns, then constraints, then indexes. */
export async function dumpSchema(db: Sql): Promise<string> {
  const columns = await sql<Line>`
    select c.table_name || '.' || c.column_name || ' ' || c.data_type
      || case when c.is_nullable = 'NO' then ' not null' else '' end
      || coalesce(' default ' || c.column_default, '')
      || case when c.is_identity = 'YES' then ' identity ' || lower(c.identity_generation) else '' end as line
    from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
    order by c.table_name collate "C", c.ordinal_position`.execute(db);
  // Newer versions of PostgreSQL also list "not null" here, which the columns say already.
  const constraints = await sql<Line>`
    select r.relname || ' ' || k.conname || ' ' || pg_get_constraintdef(k.oid) as line
    from pg_constraint k join pg_class r on r.oid = k.conrelid
    where k.connamespace = 'public'::regnamespace and k.contype in ('p', 'u', 'f', 'c', 'x')
    order by (r.relname || ' ' || k.conname) collate "C"`.execute(db);
  const indexes = await sql<Line>`
    select indexdef as line from pg_indexes where schemaname = 'public' order by indexname collate "C"`.execute(
    db,
  );
  return [columns, constraints, indexes]
    .map(({ rows }) => rows.map(({ line }) => `${line}\n`).join(''))
    .join('\n');
}
