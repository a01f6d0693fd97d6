import { Kysely, PostgresDialect } from 'kysely';
import type { Database } from './database-port.ts';
import { createServerPool } from './server-pool.ts';
import type { Tables } from './tables.ts';

/**
 * Bounds on every wait for the server: a hang must not hold a click. The server ends a slow statement a little before
 * the client would, so that only a server which is silent costs the connection.
 */
const usualBounds = {
  connectionTimeoutMillis: 3_000,
  statement_timeout: 10_000,
  query_timeout: 12_000,
  idle_in_transaction_session_timeout: 15_000,
};

export function openServer(connectionString: string, bounds: Partial<typeof usualBounds> = {}): Database {
  const options = {
    connectionString,
    ...usualBounds,
    ...bounds,
    // Finds a dead peer behind an idle connection within minutes instead of hours.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
  const pool = createServerPool({ ...options, max: 12, application_name: 'cordon' });
  return {
    exclusive: false,
    place: 'server',
    sql: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }),
    // The job engine asks through its own pool, which drops a connection after any failed statement.
    jobEngine: { ...options, max: 8, application_name: 'cordon-jobs' },
    // Its autovacuum does.
    vacuum: () => Promise.resolve(),
    close: () => pool.end(),
  };
}
