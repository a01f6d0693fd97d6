import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { DatabaseAwayError } from './database-away.ts';

/**
 * A pool that keeps no connection whose server fell silent. The driver gives up waiting for an answer but leaves the
 * socket open, and the pool hands out the connection used last: after a failover without RST every statement would
 * wait its full time until TCP gives up, a quarter of an hour later.
 */
export function createServerPool(options: pg.PoolConfig): PostgresPool {
  const pool = new pg.Pool(options);
  const trust = createTrust();
  // An idle connection that the server closes is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    trust.begin(client);
    // The same for a connection in use that breaks between two statements: the next statement is told.
    client.on('error', () => undefined);
  });
  return {
    connect: async () => {
      for (;;) {
        const client = await pool.connect().catch((error: unknown) => {
          throw new DatabaseAwayError(error);
        });
        if (trust.holds(client)) return watched(client, () => trust.endAll());
        client.release(true);
      }
    },
    end: () => pool.end(),
    options: pool.options,
  };
}

/** One connection without an answer puts all that are as old in doubt: they lead to the same server. */
function createTrust() {
  const bornIn = new WeakMap<pg.PoolClient, number>();
  let age = 0;
  return {
    begin: (client: pg.PoolClient) => bornIn.set(client, age),
    holds: (client: pg.PoolClient) => bornIn.get(client) === age,
    endAll: () => {
      age += 1;
    },
  };
}

/** Notices a statement that the server did not answer, lets nothing wait behind it, and has the connection closed. */
function watched(client: pg.PoolClient, onSilence: () => void): PostgresPoolClient {
  let silent = false;
  const query = async (text: string, values: readonly unknown[]) => {
    if (silent) throw new DatabaseAwayError(undefined);
    try {
      return await client.query(text, [...values]);
    } catch (error) {
      if (error instanceof pg.DatabaseError) throw error;
      silent = true;
      onSilence();
      throw new DatabaseAwayError(error);
    }
  };
  const release = (destroy?: boolean) => client.release(silent || destroy === true);
  // The type's other way to ask, cursors, needs a setting of the dialect that is not made.
  const answered: unknown = { query, release };
  return answered as PostgresPoolClient;
}
