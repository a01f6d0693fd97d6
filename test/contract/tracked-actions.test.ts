import assert from 'node:assert/strict';
import type { RequestId } from '../../src/containment/ids.ts';
import type { Database } from '../../src/store/database-port.ts';
import { aMachineAction, alex } from '../support/requests.ts';
import { aRunningRequest, machineActionIdOf } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`tracked actions on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
    });
    beforeEach(async () => {
      stores = await openStores(database);
      await database.sql.deleteFrom('tracked_actions').execute();
    });
    after(() => database.close());

    const taken = async (slack = 0, lease = 45) =>
      (await stores.tracked.takeDue(slack, lease)).map((action) => action.requestId);

    /** As the sweep that has the action at that moment. */
    async function lookAgain(id: RequestId, inSeconds: number, reader?: string): Promise<void> {
      await database.sql
        .updateTable('tracked_actions')
        .set({ lease: 'this-sweep' })
        .where('request_id', '=', id)
        .execute();
      await stores.tracked.lookAgain({ requestId: id, lease: 'this-sweep' }, inSeconds, reader);
    }

    it('are due a second after Defender took the action, with all that a reader needs', async () => {
      const { id, tenantId } = await aRunningRequest(stores.requests);
      assert.deepEqual(await taken(), []);
      stores.time.ahead = 2;

      const [action, ...more] = await stores.tracked.takeDue(0, 45);

      assert.deepEqual(more, []);
      assert.ok(action !== undefined && action.ageSeconds >= 2 && action.ageSeconds < 20);
      assert.deepEqual(
        { ...action, ageSeconds: 0, lease: '' },
        {
          requestId: id,
          tenantId,
          machineActionId: machineActionIdOf(id),
          approver: alex,
          lastReader: undefined,
          ageSeconds: 0,
          lease: '',
        },
      );
    });

    it('are leased to one sweep, and due again when the lease is over', async () => {
      const { id } = await aRunningRequest(stores.requests);
      stores.time.ahead = 2;

      assert.deepEqual(await taken(), [id]);
      assert.deepEqual(await taken(), []);
      stores.time.ahead += 46;
      assert.deepEqual(await taken(), [id]);
    });

    it('that a sweep has taken do not come along with others', async () => {
      const { id: first } = await aRunningRequest(stores.requests);
      stores.time.ahead = 2;
      assert.deepEqual(await taken(0, 6), [first]);
      const { id: second } = await aRunningRequest(stores.requests);
      stores.time.ahead = 4;

      assert.deepEqual(await taken(7.5, 6), [second]);
    });

    it('are due at once for others when a sweep gives them back', async () => {
      const { id } = await aRunningRequest(stores.requests);
      stores.time.ahead = 2;

      await stores.tracked.giveBack(await stores.tracked.takeDue(0, 45));

      assert.deepEqual(await taken(), [id]);
    });

    it('are each taken by one of many sweeps at once', async () => {
      for (let count = 0; count < 6; count += 1) await aRunningRequest(stores.requests);
      stores.time.ahead = 2;

      const sweeps = await Promise.all(Array.from({ length: 5 }, () => taken()));

      assert.equal(sweeps.flat().length, 6);
      assert.equal(new Set(sweeps.flat()).size, 6);
    });

    it('come along early when another one is due, and only then', async () => {
      const one = await aRunningRequest(stores.requests);
      const soon = await aRunningRequest(stores.requests);
      const late = await aRunningRequest(stores.requests);
      await lookAgain(one.id, 10);
      await lookAgain(soon.id, 16);
      await lookAgain(late.id, 60);
      stores.time.ahead = 9;

      const none = await taken(7.5);
      stores.time.ahead = 11;
      const two = await taken(7.5);

      assert.deepEqual(none, []);
      assert.deepEqual(new Set(two), new Set([one.id, soon.id]));
    });

    it('remember who saw them last, and forget nobody when nobody did', async () => {
      const { id } = await aRunningRequest(stores.requests);
      await lookAgain(id, 5, 'reader-1');
      await lookAgain(id, 5);
      stores.time.ahead = 6;

      const [action] = await stores.tracked.takeDue(0, 45);

      assert.equal(action?.lastReader, 'reader-1');
    });

    it('end with the machine action', async () => {
      const { id } = await aRunningRequest(stores.requests);
      assert.equal(await stores.tracked.count(), 1);

      const machineAction = aMachineAction({ id: machineActionIdOf(id), status: 'Succeeded' });
      await stores.requests.apply(id, { kind: 'action-observed', machineAction });

      assert.equal(await stores.tracked.count(), 0);
    });

    it('do not come back when a sweep finishes after the end', async () => {
      const { id } = await aRunningRequest(stores.requests);
      const machineAction = aMachineAction({ id: machineActionIdOf(id), status: 'Failed' });
      await stores.requests.apply(id, { kind: 'action-observed', machineAction });

      await lookAgain(id, 1, 'reader-1');

      assert.equal(await stores.tracked.count(), 0);
    });

    it('are looked at soon when somebody has just cancelled', async () => {
      const { id } = await aRunningRequest(stores.requests);
      await lookAgain(id, 300);

      await stores.requests.apply(id, { kind: 'cancel-clicked', by: alex, comment: 'wrong device' });
      await stores.requests.apply(id, { kind: 'cancel-accepted', by: alex });
      stores.time.ahead = 2;

      assert.deepEqual(await taken(), [id]);
      assert.equal(await stores.tracked.count(), 1);
    });

    it('are looked at soon although a sweep that began before the wish ends after it', async () => {
      const { id } = await aRunningRequest(stores.requests);
      stores.time.ahead = 2;
      const [before] = await stores.tracked.takeDue(0, 6);
      await stores.requests.apply(id, { kind: 'cancel-clicked', by: alex, comment: 'wrong device' });
      await stores.requests.apply(id, { kind: 'cancel-accepted', by: alex });

      await stores.tracked.lookAgain(before ?? assert.fail(), 300, 'reader-1');
      stores.time.ahead = 4;

      assert.deepEqual(await taken(), [id]);
    });
  });
}
