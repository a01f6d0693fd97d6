import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Database } from '../../src/store/database-port.ts';
import { openEmbedded } from '../../src/store/embedded.ts';
import { openServer } from '../../src/store/server.ts';
import { putEmptyDatabase } from '../support/embedded-template.ts';

export interface TestDatabase {
  readonly name: 'PGlite' | 'PostgreSQL';
  /** A new, empty database; closing it throws it away. */
  readonly open: () => Promise<Database>;
}

const serverUrl = process.env['TEST_POSTGRES_URL'];

/** The server where `test/support/with-postgres.ts` started one, else the embedded database; CI runs both. */
export const databases: readonly TestDatabase[] =
  serverUrl === undefined
    ? [{ name: 'PGlite', open: openThrowawayFolder }]
    : [{ name: 'PostgreSQL', open: () => openThrowawayDatabase(serverUrl) }];

async function openThrowawayFolder(): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), 'cordon-test-'));
  await putEmptyDatabase(folder);
  const database = await openEmbedded(folder);
  return {
    ...database,
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openThrowawayDatabase(url: string): Promise<Database> {
  const name = `cordon_${randomUUID().replaceAll('-', '')}`;
  await onServer(url, `create database ${name}`);
  const address = new URL(url);
  address.pathname = `/${name}`;
  const database = openServer(address.href);
  return {
    ...database,
    close: async () => {
      await database.close();
      await onServer(url, `drop database ${name} with (force)`);
    },
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
