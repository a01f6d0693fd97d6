import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database } from './database-port.ts';
import type { Tables } from './tables.ts';

/** Bounds on every wait for the server: a hang must not hold a click. */
const bounds = {
  connectionTimeoutMillis: 3_000,
  query_timeout: 15_000,
  statement_timeout: 15_000,
  idle_in_transaction_session_timeout: 15_000,
};

export function openServer(connectionString: string): Database {
  const pool = new pg.Pool({ connectionString, max: 12, application_name: 'cordon', ...bounds });
  // An idle connection that the server closes is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  // The same for a connection in use that breaks between two statements: the next statement is told.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return {
    exclusive: false,
    sql: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }),
    jobEngine: { connectionString, max: 8, application_name: 'cordon-jobs', connectionTimeoutMillis: 3_000 },
    close: () => pool.end(),
  };
}
