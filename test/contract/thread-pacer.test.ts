import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/store/database-port.ts';
import { type ThreadPacer, createThreadPacer, pruneThreadMessages } from '../../src/store/thread-pacer.ts';
import type { MessagePriority } from '../../src/store/thread-budget.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const limits = [
  { spanMs: 10_000, messages: 4 },
  { spanMs: 100_000, messages: 6 },
];

for (const { name, open } of databases) {
  describe(`turns in a thread on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    let pacer: ThreadPacer;
    let thread: string;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());
    beforeEach(() => {
      stores.time.ahead = 0;
      thread = `19:${randomUUID()};messageid=1`;
      pacer = createThreadPacer({ sql: database.sql, clock: stores.time.clock, limits });
    });

    const take = async (count: number, priority: MessagePriority = 'urgent') => {
      const turns = await Promise.all(Array.from({ length: count }, () => pacer.turn(thread, priority)));
      return turns.filter((turn) => turn.granted).length;
    };
    const waitOf = async (priority: 'urgent' | 'routine' = 'urgent') => {
      const turn = await pacer.turn(thread, priority);
      return turn.granted ? 0 : turn.retryAfterMs;
    };

    it('are given to as many as may speak, whoever asks at the same moment', async () => {
      assert.equal(await take(9), 4);
    });

    it('are free again when the window has moved on, and not before', async () => {
      await take(4);
      const wait = await waitOf();

      stores.time.ahead = 8;
      const early = await take(1);
      stores.time.ahead = 11;
      const late = await take(1);

      assert.ok(wait > 8_000 && wait <= 10_000);
      assert.deepEqual([early, late], [0, 1]);
    });

    it('obey the longest window too', async () => {
      await take(4);
      stores.time.ahead = 20;
      const more = await take(4);
      const wait = await waitOf();

      assert.equal(more, 2);
      assert.ok(wait > 70_000 && wait <= 80_000);
    });

    it('leave some for what is urgent', async () => {
      assert.equal(await take(9, 'routine'), 3);
      assert.equal(await take(9), 1);
    });

    it('are few for presses that decide nothing, and those count as messages', async () => {
      const roomy = [{ spanMs: 3_600_000, messages: 200 }];
      pacer = createThreadPacer({ sql: database.sql, clock: stores.time.clock, limits: roomy });

      assert.equal(await take(12, 'press'), 10);
      assert.equal(await take(1, 'routine'), 1);
      for (let more = 1; more <= 12; more += 1) {
        stores.time.ahead = more * 31;
        await take(12, 'press');
      }
      assert.deepEqual([await take(1, 'press'), await take(200, 'routine')], [0, 150 - 121]);
      stores.time.ahead = 3_601;
      assert.equal(await take(1, 'press'), 1);
    });

    it('of one thread do not count in another', async () => {
      await take(4);

      const elsewhere = await pacer.turn(`${thread}0`, 'urgent');

      assert.equal(elsewhere.granted, true);
    });

    it('are nobody’s while the thread is paused, by the longest pause', async () => {
      await pacer.pause(thread, 30_000);
      await pacer.pause(thread, 5_000);
      const wait = await waitOf();

      stores.time.ahead = 31;

      assert.ok(wait > 25_000 && wait <= 30_000);
      assert.equal(await take(1), 1);
    });

    it('are not lost to messages from the future, should the clock be set back', async () => {
      stores.time.ahead = 3_600;
      await take(4);

      stores.time.ahead = 0;

      assert.equal(await take(1), 1);
    });

    it('are forgotten with the hour, pauses as soon as they are over', async () => {
      const rows = async () => {
        const messages = await database.sql
          .selectFrom('thread_messages')
          .select('thread')
          .where('thread', '=', thread)
          .execute();
        const pauses = await database.sql
          .selectFrom('thread_limits')
          .select('thread')
          .where('thread', '=', thread)
          .execute();
        return [messages.length, pauses.length];
      };
      await take(2);
      await pacer.pause(thread, 9_000_000);

      stores.time.ahead = 3_600;
      await pruneThreadMessages(database.sql, stores.time.clock);
      const kept = await rows();
      stores.time.ahead = 7_300;
      await pruneThreadMessages(database.sql, stores.time.clock);
      const paused = await rows();
      stores.time.ahead = 9_001;
      await pruneThreadMessages(database.sql, stores.time.clock);

      assert.deepEqual(
        [kept, paused, await rows()],
        [
          [2, 1],
          [0, 1],
          [0, 0],
        ],
      );
    });
  });
}
