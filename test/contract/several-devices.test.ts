import assert from 'node:assert/strict';
import { cardLabel, membersOf } from '../../src/containment/batch.ts';
import type { RequestId } from '../../src/containment/ids.ts';
import { newRequestId } from '../../src/platform/ids.ts';
import type { Database } from '../../src/store/database-port.ts';
import { aNewBatch, createBatchPlay, device, idOf } from '../support/batch-play.ts';
import { aNewRequest } from '../support/new-requests.ts';
import { aPerson, sam } from '../support/requests.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`several devices in one request on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    beforeEach(() => {
      stores.time.ahead = 0;
      stores.enqueued.length = 0;
    });
    after(() => database.close());

    const { asked, three, onCard, memberAt, press, verify, succeed } = createBatchPlay(() => stores.requests);
    const labels = async (id: RequestId) => membersOf(await onCard(id)).map(({ state }) => state.status);
    const kindsFor = (id: RequestId) =>
      stores.enqueued.filter((one) => one.id === id).map(({ effect }) => effect.kind);
    const allKinds = () => stores.enqueued.map(({ effect }) => effect.kind);

    it('have one number, one card and an order, and each is a request of its own', async () => {
      const request = await three();
      const members = membersOf(request);

      assert.deepEqual(
        members.map(({ batch, number, deviceId }) => [batch?.place, batch?.size, number, deviceId]),
        [0, 1, 2].map((at) => [at + 1, 3, request.number, idOf(at)]),
      );
      assert.equal(new Set(members.map(({ id }) => id)).size, 3);
      const cards = await database.sql
        .selectFrom('cards')
        .select('request_id')
        .where(
          'request_id',
          'in',
          members.map(({ id }) => id),
        )
        .execute();
      assert.deepEqual(cards, [{ request_id: request.id }]);
      assert.deepEqual(allKinds().filter((kind) => kind === 'sync-card').length, 1);
      assert.deepEqual(await onCard(request.id), request);
      assert.deepEqual(await stores.requests.byNumber(request.tenantId, request.number), request);
    });

    it('take one number, so that the next request has the next one', async () => {
      const request = await three();
      const next = await stores.requests.create(aNewRequest({ tenantId: request.tenantId }));
      assert.ok(next.kind === 'created');
      assert.equal(next.request.number, request.number + 1);
      for (const number of [request.number + 2, -1])
        assert.equal(await stores.requests.byNumber(request.tenantId, number), undefined);
    });

    it('are one request when the same message comes again', async () => {
      const wish = aNewBatch([{ deviceId: idOf(0) }, { deviceName: 'ws-2' }]);
      const first = await stores.requests.createBatch(wish);
      const second = await stores.requests.createBatch({ ...wish, id: newRequestId() });
      assert.equal(second.kind, 'repeated');
      assert.deepEqual('request' in second && second.request, 'request' in first && first.request);
    });

    it('are all refused when one of them is asked for already, and that one is named', async () => {
      const before = await three();
      const { tenantId, place } = before;
      const wishes = [{ deviceId: idOf(7) }, { deviceId: idOf(1) }];
      const made = await stores.requests.createBatch(aNewBatch(wishes, { tenantId, place }));
      assert.ok(made.kind === 'already-open');
      assert.deepEqual(
        made.taken.map(({ device: { deviceId }, number }) => [deviceId, number]),
        [[idOf(1), before.number]],
      );
      const single = await stores.requests.create(aNewRequest({ tenantId, place, deviceId: idOf(2) }));
      assert.deepEqual(single, {
        kind: 'already-open',
        id: (await memberAt(before.id, 2)).id,
        number: before.number,
      });
      const elsewhere = await stores.requests.create(aNewRequest({ tenantId, deviceId: idOf(2) }));
      assert.ok(elsewhere.kind === 'created');
      assert.equal(elsewhere.request.alsoRequestedIn, before.number);
    });

    it('are asked for once, whoever is faster', async () => {
      const wish = aNewBatch([{ deviceId: idOf(0) }, { deviceId: idOf(1) }]);
      const { tenantId, place } = wish;
      const other = aNewBatch([{ deviceId: idOf(1) }, { deviceId: idOf(2) }], { tenantId, place });
      const all = await Promise.all(
        [wish, { ...wish, id: newRequestId() }, other].map((one) => stores.requests.createBatch(one)),
      );
      const rows = await database.sql
        .selectFrom('requests')
        .select('device_id')
        .where('tenant_id', '=', tenantId)
        .execute();
      assert.equal(all.filter(({ kind }) => kind === 'created').length, 1);
      assert.equal(rows.length, 2);
    });

    it('are asked for once when two lists name them in another order at once', async () => {
      for (let round = 0; round < 5; round += 1) {
        const wish = aNewBatch([0, 1, 2].map((at) => ({ deviceId: idOf(at) })));
        const { tenantId, place, devices } = wish;
        const other = aNewBatch(devices.toReversed(), { tenantId, place });
        const all = await Promise.all([wish, other].map((one) => stores.requests.createBatch(one)));
        assert.deepEqual(all.map(({ kind }) => kind).toSorted(), ['already-open', 'created']);
      }
    });

    it('change together or not at all', async () => {
      const request = await three();
      const failing = stores.failing();
      await assert.rejects(
        failing.applyToAll(request.id, () => ({ kind: 'deny-clicked', by: sam, comment: 'A drill' })),
      );
      assert.deepEqual(await labels(request.id), ['awaiting', 'awaiting', 'awaiting']);
    });

    it('are denied in one transaction, with one edit and one word in the thread', async () => {
      const request = await three();
      stores.enqueued.length = 0;
      await stores.requests.applyToAll(request.id, () => ({ kind: 'deny-clicked', by: sam, comment: 'No' }));

      assert.deepEqual(await labels(request.id), ['denied', 'denied', 'denied']);
      assert.deepEqual(allKinds().toSorted(), ['notify', 'sync-card']);
      assert.deepEqual(kindsFor(request.id).includes('notify'), true);
    });

    it('that were not chosen end with the first approval that holds, and not before', async () => {
      const request = await three();
      const { id: left } = await memberAt(request.id, 2);
      await press(request.id, 'clk', [left]);
      assert.equal((await onCard(left)).state.status, 'awaiting');
      const { id: second } = await memberAt(request.id, 1);
      const why = { code: 'not-permitted' } as const;
      await stores.requests.apply(second, { kind: 'approve-refused', clickId: 'clk', why, tell: true });
      assert.equal((await onCard(left)).state.status, 'awaiting');

      await verify(request.id, 'clk');

      const { state } = await onCard(left);
      assert.ok(state.status === 'denied' && state.leftOut === 'not-chosen');
      assert.deepEqual(await labels(request.id), ['approved', 'awaiting', 'denied']);
    });

    it('come to their end with the last of them, told once', async () => {
      const request = await three();
      await press(request.id, 'clk');
      const told: number[] = [];
      for (const { id } of membersOf(request)) {
        await verify(id, 'clk');
        await succeed(id);
        told.push(allKinds().filter((kind) => kind === 'notify').length);
      }

      assert.deepEqual(told, [0, 0, 1]);
      const shown = await onCard(request.id);
      assert.equal(cardLabel(shown), 'Succeeded');
      const card = await database.sql
        .selectFrom('cards')
        .select(['due_revision', 'due_end'])
        .where('request_id', '=', request.id)
        .executeTakeFirstOrThrow();
      assert.equal(card.due_revision, shown.revision);
      assert.notEqual(card.due_end, null);
    });

    it('are not taken from somebody who has pressed Approve for them by another one’s choice', async () => {
      const request = await three();
      const [first, second, third] = membersOf(request);
      assert.ok(first && second && third);
      const priya = aPerson('Priya Nair');
      await stores.requests.apply(third.id, { kind: 'approve-clicked', by: priya, clickId: 'clk-p' });
      await press(request.id, 'clk', [second.id, third.id]);
      await verify(first.id, 'clk');
      assert.deepEqual(await labels(request.id), ['approved', 'denied', 'awaiting']);
      await verify(third.id, 'clk-p');
      assert.deepEqual(await labels(request.id), ['approved', 'denied', 'approved']);
    });

    it('that are the same device by two names are done once', async () => {
      const request = await asked([{ deviceId: idOf(0) }, { deviceName: 'ws-1' }]);
      const { id: twin } = await memberAt(request.id, 1);
      await press(request.id, 'clk');
      await verify(request.id, 'clk');
      await succeed(request.id);
      await stores.requests.apply(twin, {
        kind: 'approve-verified',
        clickId: 'clk',
        deviceId: idOf(0),
        device,
      });
      const { state } = await onCard(twin);
      assert.ok(state.status === 'denied' && state.leftOut === 'same-device');
      assert.equal(cardLabel(await onCard(request.id)), 'Succeeded');
    });

    it('take presses and answers at once, and nobody waits in a circle', async () => {
      const request = await three();
      const [first, second, third] = membersOf(request);
      assert.ok(first && second && third);
      await press(request.id, 'clk', [third.id]);
      const why = { code: 'not-permitted' } as const;

      await Promise.all([
        verify(second.id, 'clk'),
        verify(first.id, 'clk'),
        press(request.id, 'clk'),
        stores.requests.apply(third.id, { kind: 'time-passed' }),
        stores.requests.apply(first.id, { kind: 'approve-refused', clickId: 'clk', why, tell: true }),
        stores.requests.applyToAll(request.id, () => ({
          kind: 'cancel-clicked',
          by: request.requestor,
          comment: 'Stop',
        })),
        stores.requests.applyToAll(request.id, () => ({ kind: 'deny-clicked', by: sam, comment: 'No' })),
        verify(third.id, 'clk'),
      ]);

      const shown = await onCard(request.id);
      assert.ok(membersOf(shown).every(({ state }) => ['denied', 'withdrawn'].includes(state.status)));
      const card = await database.sql
        .selectFrom('cards')
        .select(['due_revision', 'due_end'])
        .where('request_id', '=', request.id)
        .executeTakeFirstOrThrow();
      assert.deepEqual([card.due_revision, card.due_end !== null], [shown.revision, true]);
      const rows = await database.sql
        .selectFrom('requests')
        .select('stands')
        .where('lead', '=', request.id)
        .execute();
      assert.equal(rows.filter(({ stands }) => stands).length, 1);
    });
  });
}
