import { randomUUID } from 'node:crypto';
import pg from 'pg';

interface FreshDatabase {
  /** Undefined: the sandbox's own embedded database. */
  readonly url: string | undefined;
  drop(): Promise<void>;
}

/** A database of its own on the server that `test/support/with-postgres.ts` started; without one, none. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = process.env['TEST_POSTGRES_URL'];
  if (server === undefined) return { url: undefined, drop: () => Promise.resolve() };
  const name = `cordon_e2e_${randomUUID().replaceAll('-', '')}`;
  await run(server, `create database ${name}`);
  const address = new URL(server);
  address.pathname = `/${name}`;
  return { url: address.href, drop: () => run(server, `drop database ${name} with (force)`) };
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
