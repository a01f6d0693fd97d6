import assert from 'node:assert/strict';
import { sql } from 'kysely';
import pg from 'pg';
import type { Database } from '../../../src/store/database-port.ts';
import { openServer } from '../../../src/store/server.ts';
import { silentPostgres } from '../../support/silent-postgres.ts';

const waitMs = 250;

describe('a PostgreSQL server that falls silent', () => {
  let server: Awaited<ReturnType<typeof silentPostgres>>;
  let database: Database;
  beforeEach(async () => {
    server = await silentPostgres();
    database = openServer(server.url, { query_timeout: waitMs });
  });
  afterEach(async () => {
    await server.close();
    await database.close();
  });

  const ask = () => sql`select 1`.execute(database.sql);
  const several = () => Promise.all(Array.from({ length: 4 }, ask));

  it('costs one wait, and none of the connections that were open then is used again', async () => {
    await several();
    server.silence();

    await assert.rejects(ask());

    const started = performance.now();
    await several();
    assert.ok(performance.now() - started < waitMs);
  });

  it('holds up a transaction for one wait only, not for its rollback too', async () => {
    const started = performance.now();

    await assert.rejects(
      database.sql.transaction().execute(async (tx) => {
        server.silence();
        await sql`select 1`.execute(tx);
      }),
    );

    assert.ok(performance.now() - started < 2 * waitMs);
    await ask();
  });

  it('does not keep the job engine’s pool from asking again', async () => {
    const pool = new pg.Pool(database.jobEngine);
    await pool.query('select 1', []);
    server.silence();

    await assert.rejects(pool.query('select 1', []));
    await pool.query('select 1', []);

    await pool.end();
  });
});
