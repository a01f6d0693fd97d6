import assert from 'node:assert/strict';
import type { NewRequest } from '../../src/store/create-request.ts';
import type { Database } from '../../src/store/database-port.ts';
import { migrate } from '../../src/store/migrate.ts';
import { takeBackTo } from '../support/database-copy.ts';
import { aNewRequest } from '../support/new-requests.ts';
import { aMachineAction, alex } from '../support/requests.ts';
import { aRunningRequest, machineActionIdOf } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`restrictions that were lifted before time boxes came, on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());

    async function succeeded(given: Partial<NewRequest>, createdAt: string) {
      const { id } = await aRunningRequest(stores.requests, given, { createdAt });
      const machineAction = aMachineAction({ id: machineActionIdOf(id), status: 'Succeeded', createdAt });
      await stores.requests.apply(id, { kind: 'action-observed', machineAction });
      return (await stores.requests.byId(id)) ?? assert.fail('gone');
    }

    it('are known as released after the upgrade, and their cards are left alone', async () => {
      const { tenantId, place } = aNewRequest();
      const lifted = await succeeded({ tenantId, place }, '2026-11-20T01:00:00.000Z');
      const lift = await succeeded({ tenantId, place, action: 'unrestrict' }, '2026-11-20T02:00:00.000Z');
      const again = await succeeded({ tenantId, place }, '2026-11-20T03:00:00.000Z');

      await takeBackTo(database, 6);
      await migrate(database);

      const known = (await stores.requests.byId(lifted.id)) ?? assert.fail('gone');
      assert.ok(lift.state.status === 'ended');
      assert.deepEqual(known.released, { by: alex, at: lift.state.endedAt, number: lift.number });
      assert.equal(known.revision, lifted.revision);
      assert.deepEqual(await stores.boxes.restrictionsToSettle(lift), [again.id]);
    });
  });
}
