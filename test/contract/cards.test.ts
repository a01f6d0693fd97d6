import assert from 'node:assert/strict';
import { newRequestId } from '../../src/platform/ids.ts';
import type { Database } from '../../src/store/database-port.ts';
import { anAwaitingRequest } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`cards on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());
    afterEach(() => {
      stores.time.ahead = 0;
    });

    it('are given to one of many who want to send or edit', async () => {
      const { id } = await anAwaitingRequest(stores.requests);

      const held = await Promise.all(Array.from({ length: 8 }, () => stores.cards.hold(id)));

      const given = held.filter((card) => card !== undefined);
      assert.equal(given.length, 1);
      assert.deepEqual(
        { ...given[0], holder: '' },
        {
          activityId: undefined,
          shownRevision: 0,
          idleSeconds: undefined,
          holder: '',
        },
      );
    });

    it('are free again once given back', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      const card = await stores.cards.hold(id);

      await stores.cards.release(id, card?.holder ?? '');

      assert.notEqual(await stores.cards.hold(id), undefined);
    });

    it('are free again after 15 seconds, should the holder have been killed', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      await stores.cards.hold(id);

      stores.time.ahead = 14;
      const before = await stores.cards.hold(id);
      stores.time.ahead = 16;
      const after = await stores.cards.hold(id);

      assert.equal(before, undefined);
      assert.notEqual(after, undefined);
    });

    it('remember what people see, since when, and are free then', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      const held = await stores.cards.hold(id);
      await stores.cards.shown(id, held?.holder ?? '', { activityId: 'activity-1', revision: 3 });
      stores.time.ahead = 5;

      const card = await stores.cards.hold(id);

      assert.equal(card?.activityId, 'activity-1');
      assert.equal(card.shownRevision, 3);
      assert.ok(card.idleSeconds !== undefined && card.idleSeconds >= 5 && card.idleSeconds < 15);
      assert.equal(await stores.cards.activityId(id), 'activity-1');
    });

    it('obey nobody who kept them for too long', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      const slow = await stores.cards.hold(id);
      stores.time.ahead = 16;
      const quick = await stores.cards.hold(id);

      await stores.cards.release(id, slow?.holder ?? '');
      const free = await stores.cards.hold(id);
      const late = await stores.cards.shown(id, slow?.holder ?? '', { activityId: 'late', revision: 1 });
      const right = await stores.cards.shown(id, quick?.holder ?? '', { activityId: 'right', revision: 1 });

      assert.equal(free, undefined);
      assert.deepEqual([late, right], [false, true]);
      assert.equal(await stores.cards.activityId(id), 'right');
    });

    it('do not stand in each other’s way', async () => {
      const one = await anAwaitingRequest(stores.requests);
      const other = await anAwaitingRequest(stores.requests);
      await stores.cards.hold(one.id);

      assert.notEqual(await stores.cards.hold(other.id), undefined);
    });

    it('do not exist for requests that nobody made', async () => {
      const unknown = newRequestId();

      assert.equal(await stores.cards.hold(unknown), undefined);
      assert.equal(await stores.cards.activityId(unknown), undefined);
    });
  });
}
