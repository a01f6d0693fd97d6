import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { CallKind, CallPriority } from '../../src/defender/governor.ts';
import { createCallBudget, pruneCalls } from '../../src/store/call-budget.ts';
import type { Database } from '../../src/store/database-port.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`the call budget on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    let tenantId: string;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());
    beforeEach(() => {
      tenantId = randomUUID();
      stores.time.ahead = 0;
    });

    const budget = (perMinute: number, perHour = 1_000) =>
      createCallBudget({ sql: database.sql, clock: stores.time.clock, perMinute, perHour });
    const call = (priority: CallPriority = 'interactive', kind: CallKind = 'submit') => ({
      tenantId,
      kind,
      priority,
    });

    it('grants as many calls a minute as are set, then says when the next one may be made', async () => {
      const governor = budget(3);
      for (let made = 0; made < 3; made += 1) assert.deepEqual(await governor.acquire(call()), granted);

      const refused = await governor.acquire(call());

      assert.ok(!refused.granted && refused.retryAfterMs > 40_000 && refused.retryAfterMs <= 60_000);
    });

    it('counts for each person what they asked for: others go on when one has had their share', async () => {
      const governor = budget(10);
      const by = (askedBy: string) => governor.acquire({ ...call(), askedBy });
      for (let made = 0; made < 6; made += 1) assert.deepEqual(await by('sam'), granted);

      const seventh = await by('sam');
      const another = await by('alex');

      assert.ok(!seventh.granted && seventh.retryAfterMs > 40_000 && seventh.retryAfterMs <= 60_000);
      assert.deepEqual(another, granted);
      stores.time.ahead = 61;
      assert.deepEqual(await by('sam'), granted);
    });

    it('moves its window: a call counts for a minute to the second', async () => {
      const governor = budget(2);
      await governor.acquire(call());
      stores.time.ahead = 30;
      await governor.acquire(call());

      stores.time.ahead = 55;
      const early = await governor.acquire(call());
      stores.time.ahead = 61;
      const one = await governor.acquire(call());
      const another = await governor.acquire(call());

      assert.deepEqual([early.granted, one.granted, another.granted], [false, true, false]);
    });

    it('keeps the hour’s budget however the minutes look', async () => {
      const governor = budget(100, 4);
      for (let made = 0; made < 4; made += 1) {
        assert.deepEqual(await governor.acquire(call()), granted);
        stores.time.ahead += 120;
      }

      const refused = await governor.acquire(call());
      stores.time.ahead = 3_601;
      const later = await governor.acquire(call());

      assert.ok(!refused.granted && refused.retryAfterMs > 45 * 60_000);
      assert.deepEqual(later, granted);
    });

    it('lets no more through than are set when forty ask at once', async () => {
      const governor = budget(10);

      const answers = await Promise.all(Array.from({ length: 40 }, () => governor.acquire(call('fresh'))));

      assert.equal(answers.filter((answer) => answer.granted).length, 10);
    });

    it('keeps a fifth for people who wait and for fresh actions', async () => {
      const governor = budget(10);
      const routine = await Promise.all(Array.from({ length: 10 }, () => governor.acquire(call('routine'))));

      const interactive = await governor.acquire(call('interactive'));
      const fresh = await governor.acquire(call('fresh'));

      assert.equal(routine.filter((answer) => answer.granted).length, 8);
      assert.deepEqual([fresh, interactive], [granted, granted]);
    });

    it('counts each kind of call and each tenant by itself', async () => {
      const governor = budget(1);
      await governor.acquire(call());

      assert.deepEqual(await governor.acquire(call('interactive', 'read-device')), granted);
      assert.deepEqual(await governor.acquire({ ...call(), tenantId: randomUUID() }), granted);
      assert.equal((await governor.acquire(call())).granted, false);
    });

    it('grants nothing until a pause is over, which a shorter one does not shorten', async () => {
      const governor = budget(100);
      await governor.pause(call(), 90_000);
      await governor.pause(call(), 5_000);

      const during = await governor.acquire(call());
      const otherKind = await governor.acquire(call('interactive', 'read-action'));
      stores.time.ahead = 91;
      const afterwards = await governor.acquire(call());

      assert.ok(!during.granted && during.retryAfterMs > 80_000 && during.retryAfterMs <= 90_000);
      assert.deepEqual([otherKind, afterwards], [granted, granted]);
    });

    it('counts over all replicas', async () => {
      await budget(2).acquire(call());
      await budget(2).acquire(call());

      assert.equal((await budget(2).acquire(call())).granted, false);
    });

    it('forgets calls that lie outside every window, and no others', async () => {
      const governor = budget(100, 2);
      await governor.acquire(call());
      stores.time.ahead = 2 * 3_600;
      await governor.acquire(call());
      stores.time.ahead += 60;

      await pruneCalls(database.sql, stores.time.clock);

      const left = await database.sql
        .selectFrom('defender_calls')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .execute();
      assert.equal(left.length, 1);
    });
  });
}

const granted = { granted: true } as const;
