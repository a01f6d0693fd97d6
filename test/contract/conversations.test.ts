import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { tenantChain } from '../../src/audit/chain.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { SeenConversation } from '../../src/store/conversations.ts';
import type { Database } from '../../src/store/database-port.ts';
import { anAwaitingRequest } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const riley = { objectId: 'a0000000-0000-4000-8000-000000000001', name: 'Riley Chen' };

for (const { name, open } of databases) {
  describe(`conversations on ${name}`, () => {
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
    });

    const somewhere = (given: Partial<SeenConversation> = {}): SeenConversation => ({
      conversation: `19:${randomUUID()}@thread.tacv2`,
      tenantId,
      reference: { serviceUrl: 'https://one.example/' },
      ...given,
    });
    const isLeft = async ({ conversation }: SeenConversation) =>
      (await stores.conversations.find(conversation))?.left;
    const recorded = async (): Promise<unknown[]> =>
      (
        await database.sql
          .selectFrom('audit_records')
          .select('record')
          .where('chain', '=', tenantChain(tenantId))
          .orderBy('position')
          .execute()
      ).map(({ record }) => (record as { what: string }).what);

    it('are reached by the newest reference', async () => {
      const seen = somewhere();
      assert.equal(await stores.conversations.find(seen.conversation), undefined);

      await stores.conversations.remember(seen);
      await stores.conversations.remember({ ...seen, reference: { list: [2] } });

      const known = await stores.conversations.find(seen.conversation);
      assert.deepEqual(known, { reference: { list: [2] }, left: false });
    });

    it('are left once, however often that is told', async () => {
      const seen = somewhere();
      await stores.conversations.remember(seen);

      await stores.conversations.removed(seen, riley);
      await stores.conversations.removed(seen, riley);
      await stores.conversations.shutOut(seen.conversation, 'BotNotInConversationRoster');

      assert.equal(await isLeft(seen), true);
      assert.deepEqual(await recorded(), ['bot-removed']);
    });

    it('are left even when nothing was heard from there before', async () => {
      const seen = somewhere();

      await stores.conversations.removed(seen, 'cordon');

      assert.equal(await isLeft(seen), true);
    });

    it('are left one by one when messages are refused', async () => {
      const [one, other] = [somewhere({ team: 't' }), somewhere({ team: 't' })];
      await stores.conversations.remember(one);
      await stores.conversations.remember(other);

      await stores.conversations.shutOut(one.conversation, 'BotDisabledByAdmin');
      await stores.conversations.shutOut('19:unknown@thread.tacv2', 'BotDisabledByAdmin');

      assert.deepEqual([await isLeft(one), await isLeft(other)], [true, false]);
    });

    it('of a team are left and entered together', async () => {
      const team = randomUUID();
      const [general, channel] = [somewhere({ team }), somewhere({ team })];
      await stores.conversations.remember(general);
      await stores.conversations.remember(channel);
      await stores.conversations.remember({ ...channel, team: undefined });

      await stores.conversations.removed(general, riley);
      const away = [await isLeft(general), await isLeft(channel)];
      const wasAway = await stores.conversations.remember(general);
      await stores.conversations.returned(general);

      assert.deepEqual([away, wasAway], [[true, true], true]);
      assert.deepEqual([await isLeft(general), await isLeft(channel)], [false, false]);
      assert.equal(await stores.conversations.remember(general), false);
      assert.deepEqual(await recorded(), ['bot-removed', 'bot-returned']);
    });

    const shown = async ({ id, revision }: ContainmentRequest) => {
      const card = await stores.cards.hold(id);
      await stores.cards.shown(id, card?.holder ?? '', {
        activityId: 'a',
        revision,
        picture: 'p',
        standing: 's',
      });
    };

    it('that the bot returns to have the cards brought up to date that missed something', async () => {
      const current = await anAwaitingRequest(stores.requests);
      const seen = somewhere({ conversation: current.place.conversation });
      const [missed, lost] = [
        await anAwaitingRequest(stores.requests),
        await anAwaitingRequest(stores.requests),
      ];
      const elsewhere = await anAwaitingRequest(stores.requests);
      await shown(current);
      await database.sql
        .updateTable('requests')
        .set({ conversation: seen.conversation })
        .where('id', 'in', [missed.id, lost.id])
        .execute();
      await stores.conversations.removed(seen, riley);
      await stores.cards.givenUp(missed.id, missed.revision);
      await stores.cards.givenUp(lost.id, 'all');

      const behind = await stores.conversations.returned(seen);

      assert.deepEqual(behind, [missed.id]);
      assert.ok(!behind.includes(elsewhere.id));
      assert.equal((await stores.cards.hold(missed.id))?.givenUpRevision, 0);
    });
  });
}
