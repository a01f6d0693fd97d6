import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { putPreparedDatabase } from '../support/embedded-template.ts';

interface FreshDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A database of its own on the server that `test/support/with-postgres.ts` started; without one, a folder. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = process.env['TEST_POSTGRES_URL'];
  if (server === undefined) return freshFolder();
  const name = `cordon_e2e_${randomUUID().replaceAll('-', '')}`;
  await run(server, `create database ${name}`);
  const address = new URL(server);
  address.pathname = `/${name}`;
  return { url: address.href, drop: () => run(server, `drop database ${name} with (force)`) };
}

async function freshFolder(): Promise<FreshDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'cordon-e2e-'));
  await putPreparedDatabase(folder);
  return { url: `pglite:${folder}`, drop: () => rm(folder, { recursive: true, force: true }) };
}

async function run(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
