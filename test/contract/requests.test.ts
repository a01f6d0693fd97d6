import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { Database } from '../../src/store/database-port.ts';
import type { NewRequest } from '../../src/store/create-request.ts';
import { newRequestId } from '../../src/platform/ids.ts';
import { aNewRequest } from '../support/new-requests.ts';
import { aPerson, alex, sam } from '../support/requests.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`the request store on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());

    async function created(given: Partial<NewRequest> = {}): Promise<ContainmentRequest> {
      const made = await stores.requests.create(aNewRequest(given));
      assert.equal(made.kind, 'created');
      return 'request' in made ? made.request : assert.fail();
    }

    const effectsOf = (id: string) => stores.enqueued.filter((one) => one.id === id).map((one) => one.effect);

    it('reads back what it wrote', async () => {
      const asked = aNewRequest({ reason: 'Beacons — “odd” 🦊 \\ \' "', expirySeconds: 90 });

      const request = await created(asked);

      assert.deepEqual(await stores.requests.byId(asked.id), { ...request, device: undefined });
      assert.equal((await stores.requests.byNumber(asked.tenantId, request.number))?.id, asked.id);
      assert.equal(request.reason, asked.reason);
      assert.equal(Date.parse(request.expiresAt) - Date.parse(request.createdAt), 90_000);
    });

    it('writes a card, the jobs and the first audit record with a new request', async () => {
      const request = await created();

      const kinds = effectsOf(request.id).map((effect) => effect.kind);
      assert.deepEqual(kinds, ['sync-card', 'look-up-device', 'expire']);
      assert.equal((await stores.cards.hold(request.id))?.shownRevision, 0);
      const records = await database.sql
        .selectFrom('audit_records')
        .selectAll()
        .where('chain', '=', request.id)
        .execute();
      assert.equal(records.length, 1);
    });

    it('keeps the hash of the audit record of the latest change, for the ticket', async () => {
      const request = await created();

      const denied = await stores.requests.apply(request.id, {
        kind: 'deny-clicked',
        by: alex,
        comment: 'No',
      });
      await stores.requests.note(request.id, { what: 'card-replaced', who: 'cordon' });

      const [, ofDenial] = await database.sql
        .selectFrom('audit_records')
        .select('hash')
        .where('chain', '=', request.id)
        .orderBy('position')
        .execute();
      assert.equal(denied?.request.recordHash, ofDenial?.hash);
      assert.equal((await stores.requests.byId(request.id))?.recordHash, ofDenial?.hash);
    });

    it('cites no record for a change that an older program made', async () => {
      const request = await created();
      await stores.requests.apply(request.id, { kind: 'deny-clicked', by: alex, comment: 'No' });

      await database.sql.updateTable('requests').set({ revision: 3 }).where('id', '=', request.id).execute();

      assert.equal((await stores.requests.byId(request.id))?.recordHash, undefined);
    });

    it('counts numbers per tenant from 1', async () => {
      const tenantId = randomUUID();
      const other = randomUUID();

      const numbers = [
        (await created({ tenantId })).number,
        (await created({ tenantId })).number,
        (await created({ tenantId: other })).number,
        (await created({ tenantId })).number,
      ];

      assert.deepEqual(numbers, [1, 2, 1, 3]);
    });

    it('never gives a number twice, however many ask at once', async () => {
      const tenantId = randomUUID();

      const made = await Promise.all(Array.from({ length: 20 }, () => created({ tenantId })));

      assert.equal(new Set(made.map((request) => request.number)).size, 20);
    });

    it('takes the same message delivered again for the same request', async () => {
      const asked = aNewRequest();
      const first = await created(asked);

      const again = await stores.requests.create({ ...asked, id: newRequestId() });

      assert.equal(again.kind, 'repeated');
      assert.equal('request' in again && again.request.id, first.id);
      assert.equal(effectsOf(first.id).length, 3);
    });

    it('makes one request of a message delivered four times at once', async () => {
      const asked = aNewRequest();

      const answers = await Promise.all(
        [1, 2, 3, 4].map(() => stores.requests.create({ ...asked, id: newRequestId() })),
      );

      assert.deepEqual(answers.map((answer) => answer.kind).sort(), [
        'created',
        'repeated',
        'repeated',
        'repeated',
      ]);
      const ids = answers.map((answer) => ('request' in answer ? answer.request.id : ''));
      assert.equal(new Set(ids).size, 1);
    });

    it('refuses a second open request for the device in the same conversation, and names the first', async () => {
      const asked = aNewRequest();
      const first = await created(asked);

      const second = await stores.requests.create(aNewRequest({ ...asked, ...fresh() }));

      assert.deepEqual(second, { kind: 'already-open', id: first.id, number: first.number });
    });

    it('takes one of ten people who ask for the same device at once', async () => {
      const asked = aNewRequest();

      const answers = await Promise.all(
        Array.from({ length: 10 }, () => stores.requests.create(aNewRequest({ ...asked, ...fresh() }))),
      );

      const first = answers.find((answer) => answer.kind === 'created');
      const { id, number } = first !== undefined && 'request' in first ? first.request : assert.fail();
      const others = answers.filter((answer) => answer !== first);
      assert.deepEqual(others, Array(9).fill({ kind: 'already-open', id, number }));
    });

    it('allows the other action on the same device, and the same again once the first has ended', async () => {
      const asked = aNewRequest();
      const first = await created(asked);
      await created({ ...asked, ...fresh(), action: 'unrestrict' });
      await stores.requests.apply(first.id, { kind: 'deny-clicked', by: sam, comment: 'no' });

      const again = await created({ ...asked, ...fresh() });

      assert.ok(again.number > first.number);
    });

    it('names the open request from elsewhere on the second card', async () => {
      const asked = aNewRequest();
      const first = await created(asked);
      const place = aNewRequest().place;

      const second = await created({ ...asked, ...fresh(), place });

      assert.equal(second.alsoRequestedIn, first.number);
      assert.equal(first.alsoRequestedIn, undefined);
    });

    it('keeps the tenants apart', async () => {
      const asked = aNewRequest();
      await created(asked);

      const foreign = await created({
        ...asked,
        ...fresh(),
        tenantId: randomUUID(),
        place: aNewRequest().place,
      });

      assert.equal(foreign.number, 1);
      assert.equal(foreign.alsoRequestedIn, undefined);
    });

    it('knows nothing of requests that nobody made', async () => {
      const unknown = newRequestId();

      assert.equal(await stores.requests.byId(unknown), undefined);
      assert.equal(await stores.requests.byNumber(randomUUID(), 1), undefined);
      assert.equal(await stores.requests.apply(unknown, { kind: 'time-passed' }), undefined);
    });

    it('comes to one outcome when twenty people approve and deny at once', async () => {
      const request = await created();
      await stores.requests.apply(request.id, { kind: 'approve-clicked', by: alex, clickId: 'clk-alex' });

      const decisions = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          index % 2 === 0
            ? stores.requests.apply(request.id, { kind: 'approve-verified', clickId: 'clk-alex', device: {} })
            : stores.requests.apply(request.id, {
                kind: 'deny-clicked',
                by: aPerson(`Person ${index}`),
                comment: 'no',
              }),
        ),
      );

      const outcome = await stores.requests.byId(request.id);
      assert.ok(outcome?.state.status === 'approved' || outcome?.state.status === 'denied');
      assert.equal(outcome.revision, 3);
      assert.ok(decisions.every((decision) => decision?.request.state.status !== 'awaiting'));
      const submits = effectsOf(request.id).filter((effect) => effect.kind === 'submit');
      assert.equal(submits.length, outcome.state.status === 'approved' ? 1 : 0);
    });

    it('decides by the database’s clock', async () => {
      const request = await created({ expirySeconds: 60 });
      stores.time.ahead = 61;

      const decision = await stores.requests.apply(request.id, { kind: 'time-passed' });

      stores.time.ahead = 0;
      assert.equal(decision?.request.state.status, 'expired');
      assert.ok(Date.parse(decision.now) >= Date.parse(request.expiresAt));
    });
  });
}

/** Another message with the same wish. */
function fresh(): Pick<NewRequest, 'id' | 'sourceActivity'> {
  return { id: newRequestId(), sourceActivity: randomUUID() };
}
