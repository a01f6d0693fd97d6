import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import sinon from 'sinon';
import { type Handover, createHandoverWatch } from '../../src/jobs/handover.ts';
import { ChatError } from '../../src/jobs/ports.ts';
import { createLog } from '../../src/platform/log.ts';
import type { Database } from '../../src/store/database-port.ts';
import { createDigests } from '../../src/store/digest.ts';
import { type Handovers, createHandovers } from '../../src/store/handovers.ts';
import type { Here } from '../../src/store/here.ts';
import { readNow } from '../../src/store/now.ts';
import { until } from '../support/until.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const who = { objectId: '11111111-1111-1111-1111-111111111111', name: 'Riley' };
const day = 86_400;

for (const { name, open } of databases) {
  describe(`scheduled handovers on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    let handovers: Handovers;
    let here: Here;
    let posted: Handover[];
    let post: () => Promise<void>;
    before(async () => {
      database = await open();
      stores = await openStores(database);
      handovers = createHandovers(stores);
    });
    beforeEach(async () => {
      await database.sql.deleteFrom('handovers').execute();
      stores.time.ahead = 0;
      here = { tenantId: randomUUID(), conversation: `19:${randomUUID()}@thread.tacv2` };
      posted = [];
      post = () => Promise.resolve();
    });
    after(() => database.close());

    /** Minutes of the day, by the clock of the store, so far ahead of it. */
    async function inMinutes(...ahead: readonly number[]): Promise<number[]> {
      const now = new Date(await readNow(database.sql, stores.clock));
      const minute = now.getUTCHours() * 60 + now.getUTCMinutes();
      return ahead.map((minutes) => (minute + minutes) % 1_440).sort((a, b) => a - b);
    }

    /** One look of a process, which stops when it has posted so many. */
    async function look(many = 0): Promise<void> {
      const clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
      try {
        const watch = createHandoverWatch({
          handovers,
          digests: createDigests(stores),
          post: async (handover) => {
            await post();
            posted.push(handover);
          },
          log: createLog('fatal'),
        });
        watch.start();
        clock.tick(10_000);
        await until(() => posted.length >= many);
        await watch.stop();
      } finally {
        clock.restore();
      }
    }

    it('are posted when their time comes, once, and again the next day', async () => {
      const times = await inMinutes(30);
      await handovers.set({ here, who }, times);

      await look();
      const early = posted.length;
      stores.time.ahead = 1_800;
      await look();
      await look();
      const first = posted.length;
      stores.time.ahead = 1_800 + day;
      await look();

      assert.deepEqual([early, first, posted.length], [0, 1, 2]);
      assert.deepEqual(posted[0]?.here, here);
      assert.deepEqual(posted[0].times, times);
    });

    it('tell failures since the one before, and of a day at first', async () => {
      await handovers.set({ here, who }, await inMinutes(30, 90));

      stores.time.ahead = 1_800;
      await look();
      stores.time.ahead = 5_400;
      await look();

      const hours = posted.map(({ digest: { since, now } }) =>
        Math.round((Date.parse(now) - Date.parse(since)) / 3_600_000),
      );
      assert.deepEqual(hours, [24, 1]);
    });

    it('that were missed while nobody ran are one', async () => {
      await handovers.set({ here, who }, await inMinutes(30, 90, 150));

      stores.time.ahead = 5 * day;
      await look();
      await look();

      assert.equal(posted.length, 1);
    });

    it('are posted by one of two processes', async () => {
      await handovers.set({ here, who }, await inMinutes(1));
      stores.time.ahead = 60;

      const claims = await Promise.all([handovers.claimDue(), handovers.claimDue()]);

      assert.equal(claims.filter((claim) => claim !== undefined).length, 1);
    });

    it('are posted one after the other where several are due', async () => {
      const elsewhere = { ...here, conversation: `${here.conversation}-2` };
      await handovers.set({ here, who }, await inMinutes(1));
      await handovers.set({ here: elsewhere, who }, await inMinutes(1));

      stores.time.ahead = 60;
      await look(2);

      assert.deepEqual(
        posted.map((each) => each.here.conversation).toSorted(),
        [here.conversation, elsewhere.conversation].toSorted(),
      );
    });

    it('are taken over a minute later when the process that took one has died', async () => {
      await handovers.set({ here, who }, await inMinutes(1));
      stores.time.ahead = 60;
      await handovers.claimDue();

      stores.time.ahead = 119;
      await look();
      const early = posted.length;
      stores.time.ahead = 121;
      await look();

      assert.deepEqual([early, posted.length], [0, 1]);
    });

    it('come later when Teams is busy, and not before the next time when it takes none', async () => {
      await handovers.set({ here, who }, await inMinutes(1));
      stores.time.ahead = 60;
      post = () => Promise.reject(new ChatError('later'));
      await look();
      stores.time.ahead = 130;
      post = () => Promise.reject(new ChatError('left'));
      await look();
      post = () => Promise.resolve();
      stores.time.ahead = 3_600;
      await look();
      const meanwhile = posted.length;
      stores.time.ahead = 60 + day;
      await look();

      assert.deepEqual([meanwhile, posted.length], [0, 1]);
    });

    it('keep to the times set last, also when they change while one is being posted', async () => {
      await handovers.set({ here, who }, await inMinutes(1));
      stores.time.ahead = 60;
      const others = await inMinutes(60);
      post = () => handovers.set({ here, who }, others);
      await look();
      post = () => Promise.resolve();

      stores.time.ahead = 60 + 3_600;
      await look();

      assert.equal(posted.length, 2);
      assert.deepEqual(posted[1]?.times, others);
    });

    it('end when somebody ends them, which is known and recorded as well as the beginning', async () => {
      await handovers.set({ here, who }, [360]);
      const before = await handovers.times(here);
      const ended = await handovers.end({ here, who });
      const again = await handovers.end({ here, who });

      const records = await database.sql
        .selectFrom('audit_records')
        .select('record')
        .where('chain', '=', `tenant:${here.tenantId}`)
        .orderBy('position')
        .execute();
      assert.deepEqual([before, ended, again, await handovers.times(here)], [[360], true, false, undefined]);
      assert.deepEqual(
        records.map(({ record }) => record),
        [
          { what: 'handover-set', who, detail: { conversation: here.conversation, minutes: [360] } },
          { what: 'handover-ended', who, detail: { conversation: here.conversation } },
        ],
      );
    });
  });
}
