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
          givenUpRevision: 0,
          picture: undefined,
          standing: undefined,
          replacements: 0,
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
      await stores.cards.shown(id, held?.holder ?? '', {
        activityId: 'activity-1',
        revision: 3,
        picture: 'p',
        standing: 's',
      });
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
      const late = await stores.cards.shown(id, slow?.holder ?? '', {
        activityId: 'late',
        revision: 1,
        picture: 'p',
        standing: 's',
      });
      const right = await stores.cards.shown(id, quick?.holder ?? '', {
        activityId: 'right',
        revision: 1,
        picture: 'p',
        standing: 's',
      });

      assert.equal(free, undefined);
      assert.deepEqual([late, right], [false, true]);
      assert.equal(await stores.cards.activityId(id), 'right');
    });

    it('remember what they look like, and of a change that nobody sees only that it is shown', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      const first = await stores.cards.hold(id);
      await stores.cards.shown(id, first?.holder ?? '', {
        activityId: 'a',
        revision: 1,
        picture: 'p',
        standing: 's',
      });
      const second = await stores.cards.hold(id);
      await stores.cards.looksTheSame(id, second?.holder ?? '', 2);

      const card = await stores.cards.hold(id);

      assert.deepEqual([card?.activityId, card?.shownRevision, card?.picture], ['a', 2, 'p']);
    });

    it('that were deleted are posted anew, and it is known how often', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      const first = await stores.cards.hold(id);
      await stores.cards.shown(id, first?.holder ?? '', {
        activityId: 'a',
        revision: 3,
        picture: 'p',
        standing: 's',
      });
      const second = await stores.cards.hold(id);
      await stores.cards.deleted(id, 'somebody else');
      await stores.cards.deleted(id, second?.holder ?? '');

      const card = await stores.cards.hold(id);

      assert.deepEqual(
        [card?.activityId, card?.shownRevision, card?.picture, card?.replacements],
        [undefined, 0, undefined, 1],
      );
    });

    it('are given up for a revision, or for ever', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      const givenUp = async () => {
        const card = await stores.cards.hold(id);
        await stores.cards.release(id, card?.holder ?? '');
        return card?.givenUpRevision ?? 0;
      };
      await stores.cards.givenUp(id, 4);
      await stores.cards.givenUp(id, 2);
      const four = await givenUp();
      await stores.cards.givenUp(id, 'all');
      await stores.cards.givenUp(id, 5);

      assert.equal(four, 4);
      assert.ok((await givenUp()) > 1_000_000);
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
