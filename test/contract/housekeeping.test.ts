import assert from 'node:assert/strict';
import { sql } from 'kysely';
import sinon from 'sinon';
import { createHousekeeping } from '../../src/jobs/housekeeping.ts';
import { createLog } from '../../src/platform/log.ts';
import { createDepartures } from '../../src/store/departures.ts';
import type { Database } from '../../src/store/database-port.ts';
import { createPrivateQuestions } from '../../src/store/private-questions.ts';
import { createStepUps } from '../../src/store/step-ups.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`housekeeping on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());

    async function keepHouse(): Promise<void> {
      const parts = { sql: database.sql, clock: stores.time.clock };
      const clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
      try {
        const housekeeping = createHousekeeping({
          database,
          clock: parts.clock,
          answered: stores.answered,
          stepUps: createStepUps(parts),
          questions: createPrivateQuestions(parts),
          departures: createDepartures(parts),
          log: createLog('fatal'),
        });
        housekeeping.start();
        clock.tick(15 * 60_000);
        await housekeeping.stop();
      } finally {
        clock.restore();
      }
    }

    it('forgets messages outside the longest window, and leaves no room taken by them', async () => {
      const rows = Array.from({ length: 2_000 }, (_, place) => ({
        thread: `19:${place % 3}@thread.tacv2`,
        sent_at: sql<Date>`clock_timestamp() - interval '1 minute'`,
      }));
      await database.sql.insertInto('thread_messages').values(rows).execute();

      await keepHouse();
      const kept = await sizes(database);
      stores.time.ahead = 3 * 3_600;
      await keepHouse();
      const after = await sizes(database);

      assert.equal(kept.rows, 2_000);
      assert.equal(after.rows, 0);
      // On a server its own process does this, in its own time.
      if (database.exclusive) assert.equal(after.bytes, 0);
    });
  });
}

async function sizes({ sql: db }: Database): Promise<{ rows: number; bytes: number }> {
  const { rows } = await sql<{ rows: number; bytes: number }>`
    select (select count(*) from thread_messages)::int as rows,
      pg_relation_size('thread_messages')::int as bytes`.execute(db);
  const [size] = rows;
  if (size === undefined) throw new Error('no size');
  return size;
}
