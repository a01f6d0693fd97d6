import assert from 'node:assert/strict';
import type { Database } from '../../src/store/database-port.ts';
import { type Departures, createDepartures } from '../../src/store/departures.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const team = '19:general@thread.tacv2';
const channel = '19:channel@thread.tacv2';
const chat = '19:chat@thread.v2';

for (const { name, open } of databases) {
  describe(`people who left on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    let departures: Departures;
    before(async () => {
      database = await open();
      stores = await openStores(database);
      departures = createDepartures({ sql: database.sql, clock: stores.time.clock });
    });
    after(() => database.close());
    beforeEach(() => {
      stores.time.ahead = 0;
    });

    it('are gone from all channels of their team, and from no other place', async () => {
      await departures.left(team, ['29:alex', '29:sam']);

      assert.equal(await departures.hasLeft({ conversation: channel, team }, '29:alex'), true);
      assert.equal(await departures.hasLeft({ conversation: team }, '29:sam'), true);
      assert.equal(await departures.hasLeft({ conversation: chat }, '29:alex'), false);
      assert.equal(await departures.hasLeft({ conversation: channel, team }, '29:priya'), false);
    });

    it('are known in a channel whose activity does not name its team, once it was named', async () => {
      await departures.left(team, ['29:alex']);
      assert.equal(await departures.hasLeft({ conversation: channel }, '29:alex'), false);

      await stores.conversations.remember({ conversation: channel, tenantId: 't', team, reference: {} });

      assert.equal(await departures.hasLeft({ conversation: channel }, '29:alex'), true);
    });

    it('may be told of twice, and are forgotten when they return', async () => {
      await departures.left(chat, ['29:alex', '29:alex']);
      await departures.left(chat, ['29:alex']);
      await departures.returned({ conversation: chat }, ['29:alex']);

      assert.equal(await departures.hasLeft({ conversation: chat }, '29:alex'), false);
    });

    it('are not believed to be back by a list that may be older than their leaving', async () => {
      const elsewhere = '19:other@thread.tacv2';
      await departures.left(chat, ['29:alex', '29:sam']);
      await departures.left(elsewhere, ['29:alex']);

      stores.time.ahead = 599;
      await departures.listed({ conversation: chat }, '29:alex');
      const early = await departures.hasLeft({ conversation: chat }, '29:alex');
      stores.time.ahead = 601;
      await departures.listed({ conversation: chat }, '29:alex');

      assert.equal(early, true);
      assert.equal(await departures.hasLeft({ conversation: chat }, '29:alex'), false);
      assert.equal(await departures.hasLeft({ conversation: chat }, '29:sam'), true);
      assert.equal(await departures.hasLeft({ conversation: elsewhere }, '29:alex'), true);
    });

    it('who left again after they were back unnoticed have left just now', async () => {
      await departures.left(chat, ['29:priya']);
      stores.time.ahead = 86_400;
      await departures.left(chat, ['29:priya']);

      await departures.listed({ conversation: chat }, '29:priya');

      assert.equal(await departures.hasLeft({ conversation: chat }, '29:priya'), true);
    });

    it('are found back in a channel whose activity does not name its team', async () => {
      const [first, other] = ['19:a@thread.tacv2', '19:b@thread.tacv2'];
      await stores.conversations.remember({ conversation: other, tenantId: 't', team: first, reference: {} });
      await departures.left(first, ['29:kim']);
      stores.time.ahead = 86_400 + 601;

      await departures.listed({ conversation: other }, '29:kim');

      assert.equal(await departures.hasLeft({ conversation: other, team: first }, '29:kim'), false);
    });

    it('are forgotten after more than a year', async () => {
      await departures.left(chat, ['29:alex']);
      stores.time.ahead = 399 * 86_400;
      await departures.prune();
      assert.equal(await departures.hasLeft({ conversation: chat }, '29:alex'), true);

      stores.time.ahead = 401 * 86_400;
      await departures.prune();

      assert.equal(await departures.hasLeft({ conversation: chat }, '29:alex'), false);
    });

    it('may be nobody', async () => {
      await departures.left(chat, []);
      await departures.returned({ conversation: chat }, []);
    });
  });
}
