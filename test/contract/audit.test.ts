import assert from 'node:assert/strict';
import { type Link, genesis, hashOf } from '../../src/audit/chain.ts';
import type { Database } from '../../src/store/database-port.ts';
import { aPerson, alex, sam } from '../support/requests.ts';
import { aRunningRequest, anAwaitingRequest } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`the audit chain on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());

    /** Recomputes every hash from what is stored, as `audit verify` would; answers the records. */
    async function verified(chain: string): Promise<Record<string, unknown>[]> {
      const rows = await database.sql
        .selectFrom('audit_records')
        .selectAll()
        .where('chain', '=', chain)
        .orderBy('position')
        .execute();
      const head = await database.sql
        .selectFrom('audit_chains')
        .selectAll()
        .where('chain', '=', chain)
        .executeTakeFirstOrThrow();
      let previous = genesis;
      for (const [index, row] of rows.entries()) {
        const { position, record } = row;
        const link: Link = { chain, position, at: row.at.toISOString(), record, previous };
        assert.equal(position, index + 1);
        assert.equal(row.previous_hash, previous);
        assert.equal(row.hash, hashOf(link), `record ${position} does not match its hash`);
        previous = row.hash;
      }
      assert.deepEqual({ length: head.length, head: head.head }, { length: rows.length, head: previous });
      return rows.map((row) => row.record as Record<string, unknown>);
    }

    it('records who did what, before and after, of a whole story', async () => {
      const { id } = await aRunningRequest(stores.requests);

      const records = await verified(id);

      const story = records.map((record) => [record['what'], record['before'], record['after']]);
      assert.deepEqual(story, [
        ['requested', undefined, 'Awaiting approval'],
        ['approve-clicked', 'Awaiting approval', 'Awaiting approval'],
        ['approve-verified', 'Awaiting approval', 'Approved'],
        ['action-found', 'Approved', 'Pending'],
      ]);
      assert.deepEqual(records[2]?.['who'], { objectId: alex.objectId, name: alex.name });
      assert.equal(records[3]?.['who'], 'cordon');
    });

    it('records a refusal that changed nothing', async () => {
      const { id, requestor } = await anAwaitingRequest(stores.requests);

      await stores.requests.apply(id, { kind: 'approve-clicked', by: requestor, clickId: 'clk-own' });

      const last = (await verified(id)).at(-1);
      assert.equal(last?.['after'], 'Awaiting approval');
      assert.deepEqual(last['who'], { objectId: requestor.objectId, name: requestor.name });
      assert.equal((last['detail'] as Record<string, unknown>)['refused'], 'own-request');
    });

    it('records nothing for an event that neither changed nor refused anything', async () => {
      const { id } = await anAwaitingRequest(stores.requests);

      await stores.requests.apply(id, { kind: 'time-passed' });
      await stores.requests.apply(id, { kind: 'not-confirmed' });

      assert.equal((await verified(id)).length, 1);
    });

    it('stays unbroken when many write to one chain at once', async () => {
      const { id } = await anAwaitingRequest(stores.requests);

      await Promise.all(
        Array.from({ length: 25 }, (_, index) =>
          index % 2 === 0
            ? stores.requests.note(id, { what: 'defender-call', who: 'cordon', detail: { index } })
            : stores.requests.apply(id, {
                kind: 'approve-clicked',
                by: aPerson(`Person ${index}`),
                clickId: `clk-${index}`,
              }),
        ),
      );

      assert.equal((await verified(id)).length, 26);
    });

    it('survives whatever people write', async () => {
      const reason = 'Größe "\\u0041" \u{1F98A} \t ünïcödé  {"a":1} \u2028 é';
      const { id } = await anAwaitingRequest(stores.requests, { reason });

      await stores.requests.apply(id, { kind: 'deny-clicked', by: sam, comment: reason });

      assert.equal((await verified(id)).length, 2);
    });

    it('verifies whatever order the database gives the keys back in', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      const detail = { zeta: 1, alpha: { two: [1, { b: 2, a: 1 }], one: 1.5 }, m: null, gone: undefined };

      await stores.requests.note(id, { what: 'noted', who: 'cordon', detail });

      assert.equal((await verified(id)).length, 2);
    });

    it('notices a changed record', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      await stores.requests.apply(id, { kind: 'deny-clicked', by: sam, comment: 'no' });
      await database.sql
        .updateTable('audit_records')
        .set({ record: JSON.stringify({ what: 'deny-clicked', who: 'cordon' }) })
        .where('chain', '=', id)
        .where('position', '=', 2)
        .execute();

      await assert.rejects(verified(id), /record 2 does not match its hash/);
    });

    it('keeps what concerns no request in the chain of the tenant', async () => {
      await stores.requests.noteForTenant('tenant:one', { what: 'machine-actions-listed', who: 'cordon' });
      await stores.requests.noteForTenant('tenant:one', { what: 'machine-actions-listed', who: 'cordon' });

      assert.equal((await verified('tenant:one')).length, 2);
    });

    it('writes neither state nor record nor job when the jobs cannot be written', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      const failing = stores.failing();

      await assert.rejects(
        failing.apply(id, { kind: 'deny-clicked', by: sam, comment: 'no' }),
        /no jobs today/,
      );

      assert.equal((await stores.requests.byId(id))?.state.status, 'awaiting');
      assert.equal((await verified(id)).length, 1);
    });
  });
}
