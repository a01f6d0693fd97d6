import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { DeviceId } from '../../src/containment/ids.ts';
import type { MachineAction } from '../../src/containment/state.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { Database } from '../../src/store/database-port.ts';
import { createRequestLists, type RequestLists } from '../../src/store/request-lists.ts';
import type { NewRequest } from '../../src/store/create-request.ts';
import { aDeviceId, aMachineAction } from '../support/requests.ts';
import { aRunningRequest, machineActionIdOf } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const first = { offset: 0, limit: 8 };
const anyDevice = () => aDeviceId(randomBytes(20).toString('hex'));

/** Seconds of a day on which Defender says that things happened, with the seven digits that it writes. */
const second = (count: number) =>
  new Date(Date.UTC(2026, 10, 23, 3, 0, count)).toISOString().replace('.000Z', '.1234567Z');

for (const { name, open } of databases) {
  describe(`restrictions in force on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    let lists: RequestLists;
    let tenantId: string;
    before(async () => {
      database = await open();
      stores = await openStores(database);
      lists = createRequestLists(stores);
    });
    beforeEach(() => {
      tenantId = randomUUID();
    });
    after(() => database.close());

    const here = () => ({ tenantId, conversation: 'here' });
    const from = (conversation: string): NewRequest['place'] => ({
      conversation,
      thread: `${conversation};messageid=1`,
      kind: 'channel',
    });

    interface Wish {
      readonly deviceId: DeviceId;
      readonly where?: string;
      readonly tenantId?: string;
      readonly seen?: Partial<MachineAction>;
    }

    /** A request whose machine action has come to the end that is told of it. */
    async function ended(action: 'restrict' | 'unrestrict', wish: Wish): Promise<ContainmentRequest> {
      const { deviceId, where = 'here', seen } = wish;
      const given = { tenantId: wish.tenantId ?? tenantId, deviceId, action, place: from(where) };
      const { id } = await aRunningRequest(stores.requests, given);
      const machineAction = aMachineAction({ id: machineActionIdOf(id), status: 'Succeeded', ...seen });
      const decision = await stores.requests.apply(id, { kind: 'action-observed', machineAction });
      return decision?.request ?? assert.fail();
    }

    const restricted = (wish: Wish) => ended('restrict', wish);
    const lifted = (wish: Wish) => ended('unrestrict', wish);
    const held = async () => (await lists.inForce(here(), first)).restrictions.map(({ number }) => number);

    it('are those that succeeded and were asked for here, the oldest first', async () => {
      const later = await restricted({ deviceId: anyDevice(), seen: { updatedAt: second(9) } });
      const earlier = await restricted({ deviceId: anyDevice(), seen: { updatedAt: second(1) } });
      await restricted({ deviceId: anyDevice(), where: 'there' });
      await restricted({ deviceId: anyDevice(), tenantId: randomUUID() });
      for (const status of ['Failed', 'TimeOut', 'Cancelled'] as const) {
        await restricted({ deviceId: anyDevice(), seen: { status } });
      }
      await aRunningRequest(stores.requests, { tenantId, deviceId: anyDevice(), place: from('here') });

      assert.deepEqual(await held(), [earlier.number, later.number]);
    });

    it('are one for each device, the latest', async () => {
      const deviceId = anyDevice();
      await restricted({ deviceId, seen: { updatedAt: second(1) } });
      const again = await restricted({ deviceId, seen: { updatedAt: second(5) } });
      await restricted({ deviceId, seen: { status: 'Failed', updatedAt: second(9) } });

      assert.deepEqual(await held(), [again.number]);
    });

    it('are in force as well when another’s action was followed', async () => {
      const { number } = await restricted({ deviceId: anyDevice(), seen: { ours: false } });

      assert.deepEqual(await held(), [number]);
    });

    for (const where of ['here', 'there']) {
      it(`are ended by a lift that was asked for ${where}`, async () => {
        const deviceId = anyDevice();
        await restricted({ deviceId, seen: { updatedAt: second(1) } });
        const lift = await lifted({ deviceId, where, seen: { updatedAt: second(2) } });

        const { total, restrictions } = await lists.inForce(here(), first);
        const { restriction } = await lists.device(here(), { deviceId, names: [] });

        assert.deepEqual({ total, restrictions }, { total: 0, restrictions: [] });
        assert.equal(restriction?.lift?.request?.number, where === 'here' ? lift.number : undefined);
        assert.equal(restriction?.lift?.at, lift.state.status === 'ended' && lift.state.endedAt);
      });
    }

    it('are not ended by a lift of another device or tenant, or one that came to nothing or before', async () => {
      const deviceId = anyDevice();
      await lifted({ deviceId, seen: { updatedAt: second(1) } });
      const { number } = await restricted({ deviceId, seen: { updatedAt: second(3) } });
      await lifted({ deviceId: anyDevice(), seen: { updatedAt: second(5) } });
      await lifted({ deviceId, tenantId: randomUUID(), seen: { updatedAt: second(5) } });
      await lifted({ deviceId, seen: { status: 'Failed', updatedAt: second(5) } });

      const { restriction } = await lists.device(here(), { deviceId, names: [] });

      assert.deepEqual(await held(), [number]);
      assert.equal(restriction?.restriction.number, number);
      assert.equal(restriction.lift, undefined);
    });

    it('come again after a lift', async () => {
      const deviceId = anyDevice();
      await restricted({ deviceId, seen: { updatedAt: second(1) } });
      await lifted({ deviceId, seen: { updatedAt: second(2) } });
      const again = await restricted({ deviceId, seen: { updatedAt: second(3) } });

      assert.deepEqual(await held(), [again.number]);
    });

    it('hold by Defender’s own times, however late and in what order a sweep saw them', async () => {
      const deviceId = anyDevice();
      await lifted({ deviceId, seen: { updatedAt: second(8) } });
      await restricted({ deviceId, seen: { updatedAt: second(7) } });

      assert.deepEqual(await held(), []);
    });

    it('hold by what was asked for later, within one second', async () => {
      const deviceId = anyDevice();
      await restricted({ deviceId, seen: { updatedAt: '2026-11-23T03:00:01.9Z' } });
      await lifted({ deviceId, seen: { updatedAt: '2026-11-23T03:00:01.1234567Z' } });

      assert.deepEqual(await held(), []);
    });

    for (const odd of ['', 'yesterday', '9999-99-99T99:99:99Z', undefined]) {
      it(`are read whatever Defender writes for a time: ${String(odd)}`, async () => {
        const { number } = await restricted({
          deviceId: anyDevice(),
          seen: { createdAt: odd ?? '', updatedAt: odd },
        });

        assert.deepEqual(await held(), [number]);
      });
    }

    it('come page by page with their number', async () => {
      const made: number[] = [];
      for (let count = 0; count < 3; count += 1) {
        made.push((await restricted({ deviceId: anyDevice(), seen: { updatedAt: second(count) } })).number);
      }

      const pages = await Promise.all([0, 2, 4].map((offset) => lists.inForce(here(), { offset, limit: 2 })));

      assert.deepEqual(
        pages.map(({ restrictions }) => restrictions.map(({ number }) => number)),
        [made.slice(0, 2), made.slice(2), []],
      );
      assert.deepEqual(
        pages.map(({ total }) => total),
        [3, 3, 3],
      );
    });

    it('pass over what a newer program wrote; its lift counts', async () => {
      const deviceId = anyDevice();
      const newer = await restricted({ deviceId: anyDevice() });
      await restricted({ deviceId, seen: { updatedAt: second(1) } });
      const lift = await lifted({ deviceId, seen: { updatedAt: second(2) } });
      const ids = [newer.id, lift.id];
      await database.sql.updateTable('requests').set({ state_format: 999 }).where('id', 'in', ids).execute();

      const { total, passedOver } = await lists.inForce(here(), first);
      const { restriction } = await lists.device(here(), { deviceId, names: [] });

      assert.deepEqual({ total, passedOver }, { total: 0, passedOver: 1 });
      assert.ok(restriction?.lift !== undefined && restriction.lift.request === undefined);
    });
  });
}
