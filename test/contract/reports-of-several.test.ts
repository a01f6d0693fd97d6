import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { membersOf } from '../../src/containment/batch.ts';
import type { RequestId } from '../../src/containment/ids.ts';
import type { MachineActionStatus } from '../../src/containment/state.ts';
import type { Database } from '../../src/store/database-port.ts';
import { createReports } from '../../src/store/reports.ts';
import { createBatchPlay, idOf } from '../support/batch-play.ts';
import { aMachineAction, sam } from '../support/requests.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`the report of requests for several devices on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    let tenantId: string;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    beforeEach(() => {
      stores.time.ahead = 0;
      tenantId = randomUUID();
    });
    after(() => database.close());

    const play = createBatchPlay(() => stores.requests);
    const place = { conversation: 'here', thread: 'here;messageid=1', kind: 'channel' } as const;

    async function asked(count: number) {
      const devices = Array.from({ length: count }, (_, at) => ({ deviceId: idOf(at) }));
      return play.asked(devices, { tenantId, place });
    }

    async function approved(count: number) {
      const request = await asked(count);
      await play.press(request.id, 'clk');
      for (const { id } of membersOf(request)) await play.verify(id, 'clk');
      return { request, ids: membersOf(request).map(({ id }) => id) };
    }

    async function ends(id: RequestId | undefined, status: MachineActionStatus) {
      assert.ok(id);
      const machineAction = aMachineAction({ id: `action-of-${id}` });
      await stores.requests.apply(id, { kind: 'action-found', machineAction });
      const ended = { ...machineAction, status };
      await stores.requests.apply(id, { kind: 'action-observed', machineAction: ended });
    }

    async function report() {
      const scope = { tenantId, conversation: 'here', seconds: 86_400 };
      return createReports(stores).of(scope);
    }

    it('counts each once, under the label of its card', async () => {
      const { ids } = await approved(2);
      await ends(ids[0], 'Succeeded');
      assert.deepEqual([...(await report()).labels], [['Approved', 1]]);
      assert.equal((await report()).open, 1);
      await ends(ids[1], 'Failed');

      const { labels, open: left, requests } = await report();
      assert.deepEqual([...labels], [['Failed', 1]]);
      assert.deepEqual([left, requests], [0, 1]);
    });

    it('calls stopped on its way what succeeded on some of them and was taken back for others', async () => {
      const { ids, request } = await approved(2);
      await ends(ids[0], 'Succeeded');
      const { requestor } = request;
      await stores.requests.apply(ids[1] ?? assert.fail(), {
        kind: 'cancel-clicked',
        by: requestor,
        comment: 'not this',
      });
      assert.deepEqual([...(await report()).labels], [['Cancelled', 1]]);
    });

    it('takes no notice of those that an approval left out', async () => {
      const request = await asked(2);
      const [first, second] = membersOf(request);
      assert.ok(first && second);
      await play.press(request.id, 'clk', [second.id]);
      stores.time.ahead = 30;
      await play.verify(first.id, 'clk');
      await ends(first.id, 'Succeeded');
      const { labels, decision } = await report();
      assert.deepEqual([...labels], [['Succeeded', 1]]);
      assert.equal(decision?.samples, 1);
    });

    it('times one decision for all that were decided by one press, and containment for each', async () => {
      const { ids } = await approved(3);
      stores.time.ahead = 60;
      for (const id of ids) await ends(id, 'Succeeded');
      const { decision, containment } = await report();
      assert.deepEqual([decision?.samples, containment?.samples], [1, 3]);
      assert.ok(containment !== undefined && containment.p50 >= 60);

      const request = await asked(2);
      await stores.requests.applyToAll(request.id, () => ({
        kind: 'deny-clicked',
        by: sam,
        comment: 'a drill',
      }));
      assert.equal((await report()).decision?.samples, 2);
    });
  });
}
