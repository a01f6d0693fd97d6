import { writeFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { dataFolder, openEmbedded } from '../../src/store/embedded.ts';

/** The clock of one embedded database, put forward from outside while a bot has it: hours need not be waited for. */
export interface FileClock {
  /** By how many seconds it runs ahead of the true time. */
  readonly ahead: number;
  /** To be called in calm: what is under way is not taken along, as it is by `fast-clock.ts` on a server. */
  advance(seconds: number): Promise<void>;
}

const file = 'clock-ahead';

/**
 * To be called for a new database, before any bot has opened it. The embedded server takes changes of its own functions: the
 * product and the job engine ask these two for the time, and how far ahead they are stands in a file of the data folder.
 * Volatile, or they would be called by their number and not by their new text.
 */
export async function installFileClock(databaseUrl: string): Promise<FileClock> {
  const folder = databaseUrl.replace(/^pglite:/, '');
  const path = `${dataFolder(folder)}/${file}`;
  const database = await openEmbedded(folder);
  try {
    for (const name of ['clock_timestamp', 'now']) {
      await sql
        .raw(
          `create function pg_catalog.true_${name}() returns timestamptz language internal volatile as '${name}'`,
        )
        .execute(database.sql);
      await sql
        .raw(
          `create or replace function pg_catalog.${name}() returns timestamptz language sql volatile as $$
             select pg_catalog.true_${name}()
               + coalesce(pg_read_file('${file}', true), '0')::float8 * interval '1 second' $$`,
        )
        .execute(database.sql);
    }
  } finally {
    await database.close();
  }
  let ahead = 0;
  return {
    get ahead() {
      return ahead;
    },
    advance: async (seconds) => {
      ahead += seconds;
      await writeFile(path, String(ahead));
    },
  };
}
