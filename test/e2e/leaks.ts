import { sql } from 'kysely';
import { openDatabase } from '../../src/store/database.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Wire } from '../../sandbox/wire.ts';

type WireEntry = ReturnType<Wire['entries']>[number];

/** A JSON Web Token, and an Authorization header with anything behind it. */
const tokenShapes = [/eyJ[\w-]{10,}\.[\w-]{10,}/, /Bearer [\w-]{12,}/i];

/** What must be true after any run, whatever the tests did: no secret in the output, no change made as the bot. */
export function leaksOf(sandbox: Sandbox, wire: readonly WireEntry[]): string[] {
  const output = sandbox.bot.output();
  return [
    ...tokenShapes
      .filter((shape) => shape.test(output))
      .map((shape) => `The output of the bot has ${String(shape)}.`),
    ...wire
      .filter(({ to, what, as }) => to === 'defender' && what.startsWith('POST') && as === 'Cordon (app)')
      .map(({ what }) => `The bot made ${what} as itself.`),
  ];
}

/**
 * Tokens live in memory only. The proof key of a sign-in under way has to outlast a restart, and is worth nothing without
 * the code and the bot's own credential.
 */
export async function secretsKept({ settings, issued }: Sandbox): Promise<string[]> {
  const database = await openDatabase(settings['DATABASE_URL'] ?? '');
  const { sql: db } = database;
  try {
    const { rows: tables } = await sql<{ schema: string; name: string }>`
      select table_schema as schema, table_name as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`.execute(
      db,
    );
    const kinds = new Set<string>();
    for (const { schema, name } of tables) {
      const { rows } = await sql<{ row: string }>`
        select row_to_json(one)::text as row from ${sql.table(`${schema}.${name}`)} as one`.execute(db);
      for (const kind of issued.in(rows.map(({ row }) => row).join('\n'))) kinds.add(`${kind} in ${name}`);
    }
    kinds.delete('proof key in step_ups');
    return [...kinds].map((kind) => `The database holds a ${kind}.`);
  } finally {
    await database.close();
  }
}

/** Answers with which the bot says that it broke; 501 is its word for what it does not do. */
export function brokenAnswers(wire: readonly WireEntry[]): readonly string[] {
  return wire
    .filter(({ to, status = 0 }) => to === 'bot' && status >= 500 && status !== 501)
    .map(({ what, status }) => `${what}: ${String(status)}`);
}
