import { mkdir, stat } from 'node:fs/promises';
import { PGlite, types } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { fromPglite } from 'pg-boss';
import type { Database } from './database-port.ts';
import { lockFolder } from './folder-lock.ts';
import type { Tables } from './tables.ts';

/**
 * PostgreSQL inside this process. It never syncs to disk (a power cut may lose or damage data) and does
 * not lock its folder, hence the lock of ours: for the sandbox, tests and evaluation.
 */
export async function openEmbedded(folder: string, lost?: () => void): Promise<Database> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unlock = await lockFolder(folder, lost);
  try {
    const pglite = await PGlite.create(dataFolder(folder), {
      parsers: { [types.INT8]: (value: string) => value },
    });
    const close = async () => {
      if (!pglite.closed) await pglite.close();
      await unlock();
    };
    return {
      exclusive: true,
      place: await placeOf(dataFolder(folder)),
      sql: new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) }),
      jobEngine: { db: fromPglite(pglite), backend: 'pglite' },
      vacuum: () => vacuum(pglite),
      close,
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Fewer than these are not worth the moment in which nothing else can be asked. */
const changesWorthIt = 1_000;

/** A server does this by itself, this has no process for it. Table by table: each takes well below a second. */
async function vacuum(pglite: PGlite): Promise<void> {
  await pglite.exec('select pg_stat_force_next_flush()');
  const { rows } = await pglite.query<{ name: string }>(
    `select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
     where n_dead_tup + n_ins_since_vacuum >= $1`,
    [changesWorthIt],
  );
  for (const { name } of rows) await pglite.exec(`vacuum (analyze) ${name}`);
}

/** A copy of a folder is a folder of its own; a moved one is the same. */
async function placeOf(folder: string): Promise<string> {
  const { dev, ino, birthtimeMs } = await stat(folder);
  return `folder ${dev} ${ino} ${Math.floor(birthtimeMs)}`;
}

export function dataFolder(folder: string): string {
  return `${folder}/data`;
}
