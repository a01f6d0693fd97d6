import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createCallBudget } from '../../src/store/call-budget.ts';
import type { Database } from '../../src/store/database-port.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`what else is remembered on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());
    beforeEach(() => {
      stores.time.ahead = 0;
    });

    it('a comment may have 1,000 characters until Defender was seen to keep fewer', async () => {
      const tenant = randomUUID();
      assert.equal(await stores.commentLimits.read(tenant), 1_000);

      await stores.commentLimits.lower(tenant, 400);
      await stores.commentLimits.lower(tenant, 700);

      assert.equal(await stores.commentLimits.read(tenant), 400);
      assert.equal(await stores.commentLimits.read(randomUUID()), 1_000);
    });

    it('the comment limit and a pause of the same kind of call leave each other alone', async () => {
      const tenantId = randomUUID();
      const budget = createCallBudget({
        sql: database.sql,
        clock: stores.time.clock,
        perMinute: 9,
        perHour: 9,
      });
      await budget.pause({ tenantId, kind: 'submit' }, 60_000);
      await stores.commentLimits.lower(tenantId, 400);
      await budget.pause({ tenantId, kind: 'submit' }, 90_000);

      const asked = await budget.acquire({ tenantId, kind: 'submit', priority: 'fresh' });

      assert.equal(await stores.commentLimits.read(tenantId), 400);
      assert.equal(asked.granted, false);
    });

    it('a message is answered once, whoever delivers it again at the same moment', async () => {
      const conversation = `19:${randomUUID()}@thread.tacv2`;

      const claims = await Promise.all(
        Array.from({ length: 6 }, () => stores.answered.claim(conversation, 'activity-1')),
      );
      const elsewhere = await stores.answered.claim(`${conversation}-2`, 'activity-1');

      assert.deepEqual(claims.toSorted(), [...Array.from({ length: 5 }, () => 'elsewhere'), 'ours']);
      assert.equal(elsewhere, 'ours');
    });

    it('a message that a dead process was about to answer is answered by another after some seconds', async () => {
      const conversation = `19:${randomUUID()}@thread.tacv2`;
      await stores.answered.claim(conversation, 'activity-1');

      stores.time.ahead = 11;
      const early = await stores.answered.claim(conversation, 'activity-1');
      stores.time.ahead = 13;
      const late = await stores.answered.claim(conversation, 'activity-1');
      await stores.answered.replied(conversation, 'activity-1');
      stores.time.ahead = 60;
      const replied = await stores.answered.claim(conversation, 'activity-1');

      assert.deepEqual([early, late, replied], ['elsewhere', 'ours', 'replied']);
    });

    it('answered messages are forgotten after two days, not before', async () => {
      const conversation = `19:${randomUUID()}@thread.tacv2`;
      await stores.answered.claim(conversation, 'activity-1');
      await stores.answered.replied(conversation, 'activity-1');

      stores.time.ahead = 47 * 3_600;
      await stores.answered.prune();
      const again = await stores.answered.claim(conversation, 'activity-1');
      stores.time.ahead = 49 * 3_600;
      await stores.answered.prune();
      const forgotten = await stores.answered.claim(conversation, 'activity-1');

      assert.deepEqual([again, forgotten], ['replied', 'ours']);
    });
  });
}
