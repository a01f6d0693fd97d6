import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { DeviceId } from '../../src/containment/ids.ts';
import type { Database } from '../../src/store/database-port.ts';
import { createDigests } from '../../src/store/digest.ts';
import { createDriftStore } from '../../src/store/drift.ts';
import { createRequestLists } from '../../src/store/request-lists.ts';
import { aDeviceId, aMachineAction } from '../support/requests.ts';
import { aRunningRequest, machineActionIdOf } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const anyDevice = (): DeviceId => aDeviceId(randomBytes(20).toString('hex'));

for (const { name, open } of databases) {
  describe(`since when devices are compared on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    let tenantId: string;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    beforeEach(() => {
      tenantId = randomUUID();
      stores.time.ahead = 0;
    });
    after(() => database.close());

    const drift = () => createDriftStore(stores);

    async function ended(deviceId: DeviceId, where: string, status: 'Succeeded' | 'TimeOut') {
      const place = { conversation: where, thread: `${where};messageid=1`, kind: 'channel' } as const;
      const { id, number } = await aRunningRequest(stores.requests, { tenantId, deviceId, place });
      const machineAction = aMachineAction({ id: machineActionIdOf(id), status });
      await stores.requests.apply(id, { kind: 'action-observed', machineAction });
      return { id, number };
    }

    it('is known by device, whoever sweeps', async () => {
      const [one, two] = [anyDevice(), anyDevice()];
      await ended(one, 'here', 'Succeeded');
      await ended(two, 'there', 'Succeeded');
      const age = async (conversation: string) => {
        const { comparedAt, now } = await createDigests(stores).read({ tenantId, conversation }, 60);
        return comparedAt && Math.round((Date.parse(now) - Date.parse(comparedAt)) / 60_000);
      };
      const tenants = [tenantId];
      await drift().takeDue({ tenants, everySeconds: 600, leaseSeconds: 120 });
      const sweep = async (seen: readonly DeviceId[]) => {
        await Promise.all([1, 2, 3].map(() => drift().watch(tenantId, [one, two])));
        await Promise.all([1, 2, 3].map(() => drift().compared(tenantId, seen)));
        await drift().swept(tenantId);
      };
      assert.equal(await age('here'), undefined);
      await sweep([]);
      assert.deepEqual([await age('here'), await age('there')], [0, 0]);
      stores.time.ahead = 3_600;
      await sweep([one]);
      assert.deepEqual([await age('here'), await age('there')], [0, 60]);
      stores.time.ahead = 7_200;
      // No sweep was made since, whatever is watched.
      await drift().watch(tenantId, []);
      assert.deepEqual([await age('here'), await age('there')], [60, 60]);
    });

    it('is asked also of what succeeded late, which is in force for as long as nothing lifts it', async () => {
      const deviceId = anyDevice();
      const here = { tenantId, conversation: 'here' };
      const { id, number } = await ended(deviceId, 'here', 'TimeOut');
      const own = {
        actionId: machineActionIdOf(id),
        became: 'restricted',
        at: '2026-11-23T05:01:30.1Z',
      } as const;
      assert.equal(await drift().settle(tenantId, deviceId, [own]), 1);
      assert.equal(await drift().settle(tenantId, deviceId, [own]), 0);
      const inForce = async () => {
        const { restrictions, total } = await createRequestLists(stores).inForce(here, {
          offset: 0,
          limit: 8,
        });
        assert.equal(total, restrictions.length);
        return restrictions.map((one) => one.number);
      };
      assert.deepEqual(await inForce(), [number]);
      stores.time.ahead = 30 * 86_400;
      assert.deepEqual(
        (await drift().watched(tenantId)).map(({ mark, standing }) => [mark, standing?.became]),
        [[id, 'restricted']],
      );
      const lift = { actionId: randomUUID(), became: 'lifted', at: '2026-11-23T05:09:30.1Z' } as const;
      await drift().settle(tenantId, deviceId, [own, lift]);
      assert.deepEqual(await inForce(), []);
    });
  });
}
