import assert from 'node:assert/strict';
import type { RequestId } from '../../src/containment/ids.ts';
import type { Database } from '../../src/store/database-port.ts';
import { aNewRequest } from '../support/new-requests.ts';
import { aMachineAction } from '../support/requests.ts';
import { anApprovedRequest } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`a submission in doubt on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());

    /** Nobody could settle what became of the POST. */
    async function inDoubt(asked: ReturnType<typeof aNewRequest>): Promise<RequestId> {
      const { id } = await anApprovedRequest(stores.requests, asked);
      const deadline = await stores.requests.now();
      await stores.requests.apply(id, { kind: 'attempt-started', attemptId: 'att', deadline });
      await stores.requests.apply(id, {
        kind: 'attempt-stuck',
        attemptId: 'att',
        why: { code: 'outcome-unknown' },
      });
      return id;
    }

    it('is still open: the same wish is not asked for twice', async () => {
      const asked = aNewRequest();
      const id = await inDoubt(asked);
      const first = await stores.requests.byId(id);

      const second = await stores.requests.create(
        aNewRequest({ tenantId: asked.tenantId, deviceId: asked.deviceId, place: asked.place }),
      );

      assert.deepEqual(second, { kind: 'already-open', id, number: first?.number });
    });

    it('can be settled by finding the action', async () => {
      const id = await inDoubt(aNewRequest());

      await stores.requests.apply(id, { kind: 'action-found', machineAction: aMachineAction() });

      assert.equal((await stores.requests.byId(id))?.state.status, 'running');
    });
  });
}
