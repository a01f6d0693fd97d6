import { cp, rm } from 'node:fs/promises';
import pg from 'pg';

/** Of a database that nobody uses at the moment. */
export interface Backup {
  /** Puts the copy in the place of the original, which is thrown away. */
  restore(): Promise<void>;
}

export async function takeBackup(databaseUrl: string): Promise<Backup> {
  return databaseUrl.startsWith('pglite:')
    ? backupOfFolder(databaseUrl.slice('pglite:'.length))
    : backupOnServer(databaseUrl);
}

async function backupOfFolder(folder: string): Promise<Backup> {
  const copy = `${folder}-backup`;
  await cp(folder, copy, { recursive: true });
  return {
    restore: async () => {
      await rm(folder, { recursive: true });
      await cp(copy, folder, { recursive: true });
      await rm(copy, { recursive: true });
    },
  };
}

async function backupOnServer(databaseUrl: string): Promise<Backup> {
  const address = new URL(databaseUrl);
  const name = address.pathname.slice(1);
  address.pathname = '/postgres';
  const run = async (...statements: readonly string[]): Promise<void> => {
    const client = new pg.Client({ connectionString: address.href });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  };
  // A template must have no connection; those of a killed process may take a moment to go.
  await run(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
    `create database ${name}_backup template ${name}`,
  );
  return {
    restore: () =>
      run(`drop database ${name} with (force)`, `alter database ${name}_backup rename to ${name}`),
  };
}
