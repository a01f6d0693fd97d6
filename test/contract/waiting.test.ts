import assert from 'node:assert/strict';
import { createTimeBox } from '../../src/jobs/time-box.ts';
import type { Database } from '../../src/store/database-port.ts';
import { createBoxedBatch } from '../support/boxed-batch.ts';
import { aMachineAction, alex, sam } from '../support/requests.ts';
import { anAwaitingRequest } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

// The embedded database has one connection, on which everybody takes turns: nothing of this can be shown there.
for (const { name, open } of databases.filter((one) => one.name === 'PostgreSQL')) {
  describe(`while a transaction stays open on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());

    it('other requests of the tenant are made, decided and recorded; its own waits and then decides', async () => {
      const held = await anAwaitingRequest(stores.requests);
      const { tenantId, place } = held;
      const other = await anAwaitingRequest(stores.requests, { tenantId });
      const blocker = await stores.hold(held.id);
      const waiting = stores.requests.apply(held.id, { kind: 'approve-clicked', by: alex, clickId: 'clk-1' });

      const made = await anAwaitingRequest(stores.requests, {
        tenantId,
        place: { ...place, conversation: `${place.conversation}-2` },
      });
      await stores.requests.apply(other.id, { kind: 'deny-clicked', by: sam, comment: 'no' });
      await stores.requests.note(made.id, { what: 'noted', who: 'cordon' });
      const card = await stores.cards.hold(held.id);

      assert.equal((await stores.requests.byId(other.id))?.state.status, 'denied');
      assert.equal((await stores.requests.byId(held.id))?.revision, 1);
      assert.notEqual(card, undefined);
      await blocker.end();
      assert.equal((await waiting)?.request.revision, 2);
    });

    it('a process that dies in it leaves neither state nor lock behind', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      const blocker = await stores.hold(id);
      const waiting = stores.requests.apply(id, { kind: 'deny-clicked', by: sam, comment: 'no' });

      await blocker.kill();

      assert.equal((await waiting)?.request.state.status, 'denied');
    });

    it('for what joins a lift of several, those that are lifted already go on: nobody waits in a circle', async () => {
      const play = createBoxedBatch(
        () => stores.requests,
        () => stores.time,
      );
      play.begin();
      const [first, second] = await play.restricted([0, 5, 10]);
      assert.ok(first !== undefined && second !== undefined);
      await play.until(first);
      for (const { id } of [first, second]) await createTimeBox(stores)({ requestId: id });
      const lift = await play.liftOf(first);
      const joiner = await stores.hold(first.id);

      try {
        const machineAction = aMachineAction({ id: 'action-1' });
        const applied = await stores.requests.apply(lift.id, { kind: 'action-found', machineAction });
        assert.equal(applied?.request.state.status, 'running');
      } finally {
        await joiner.end();
      }
    });
  });
}
