import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ContainmentRequest, DeviceWish } from '../../src/containment/request.ts';
import type { Database } from '../../src/store/database-port.ts';
import type { ListedDevice } from '../../src/store/device-record.ts';
import { type Reports, createReports } from '../../src/store/reports.ts';
import { type RequestLists, createRequestLists } from '../../src/store/request-lists.ts';
import { aDeviceId, sam } from '../support/requests.ts';
import { anAwaitingRequest } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const deviceId = aDeviceId();
const other = aDeviceId('b'.repeat(40));
const first = { offset: 0, limit: 8 };
const most = 11;

for (const { name, open } of databases) {
  describe(`the lists and requests by name on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    let lists: RequestLists;
    let reports: Reports;
    let tenantId: string;
    before(async () => {
      database = await open();
      stores = await openStores(database);
      lists = createRequestLists(stores);
      reports = createReports(stores);
    });
    beforeEach(() => {
      tenantId = randomUUID();
    });
    after(() => database.close());

    const here = (conversation = 'here') => ({ tenantId, conversation });
    const asked = (wish: DeviceWish, conversation = 'here') =>
      anAwaitingRequest(stores.requests, {
        tenantId,
        ...wish,
        place: { conversation, thread: `${conversation};messageid=1`, kind: 'channel' },
      });
    const typed = (deviceName: string, conversation?: string) => asked({ deviceName }, conversation);
    const deny = ({ id }: ContainmentRequest) =>
      stores.requests.apply(id, { kind: 'deny-clicked', by: sam, comment: 'no' });
    const found = ({ id }: ContainmentRequest, facts: { readonly name?: string } = {}) =>
      stores.requests.apply(id, { kind: 'device-read', deviceId, device: facts });
    const numbers = (requests: readonly ContainmentRequest[]) => requests.map(({ number }) => number);
    const meant = async (word: string) => {
      const { devices, wishes } = await lists.devicesNamed(here(), word, most);
      return { ids: devices.map((each) => each.deviceId), names: wishes.map(({ deviceName }) => deviceName) };
    };

    const fitting: readonly (readonly [asked: string, typed: string])[] = [
      ['ws-017', 'ws-017'],
      ['ws-017.contoso.example', 'ws-017'],
      ['ws-017', 'ws-017.contoso.example'],
      ['ws-017.contoso', 'ws-017.contoso.example'],
      ['xn--bro-7-kva', 'büro-7'],
      ['ws_%', 'ws_%'],
    ];
    for (const [name_, word] of fitting) {
      it(`find what was asked for as ${name_} by ${word}`, async () => {
        await typed(name_);

        assert.deepEqual(await meant(word), { ids: [], names: [name_] });
      });
    }

    for (const [name_, word] of [
      ['ws-017', 'ws-01'],
      ['ws-0170', 'ws-017'],
      ['ws-017.contoso.example', 'ws-017.fabrikam.example'],
      ['ws-017.contoso.example', 'ws-017.contoso'],
      ['ws-01_', 'ws-017'],
    ] as const) {
      it(`do not take ${name_} for ${word}`, async () => {
        await typed(name_);

        assert.deepEqual(await meant(word), { ids: [], names: [] });
      });
    }

    it('find a device by the name it was asked for by, whatever it is called', async () => {
      await deny(await asked({ deviceId, deviceName: 'ws' }));
      assert.deepEqual(await meant('ws'), { ids: [deviceId], names: [] });

      await typed('paint');
      const [wish] = (await lists.devicesNamed(here(), 'paint', most)).wishes;
      await found(wish ?? assert.fail(), { name: 'ws-9.contoso.example' });

      assert.deepEqual(await meant('paint'), { ids: [deviceId], names: [] });
      assert.deepEqual(await meant('ws-9'), { ids: [deviceId], names: [] });
    });

    it('tell what is found apart from what is not', async () => {
      await deny(await asked({ deviceId, deviceName: 'ws-017' }));
      await deny(await asked({ deviceId: other, deviceName: 'ws-017.contoso.example' }));
      await deny(await typed('ws-017'));
      await typed('ws-017');
      await typed('ws-017.contoso.example', 'there');

      assert.deepEqual(await meant('ws-017'), { ids: [deviceId, other], names: ['ws-017'] });
    });

    it('show a device with what was asked for by its name alone, and nothing from elsewhere', async () => {
      const known = await asked({ deviceId, deviceName: 'ws-017' });
      await found(known, { name: 'ws-017.contoso.example' });
      await deny(known);
      const open = await typed('ws-017');
      await typed('ws-017', 'there');
      const device: ListedDevice = { deviceId, names: ['ws-017'] };

      const record = await lists.device(here(), device);
      const history = await lists.ofDevice(here(), device, first);

      assert.deepEqual(numbers(record.open), [open.number]);
      assert.equal(record.last?.number, known.number);
      assert.deepEqual([record.total, record.name], [2, 'ws-017.contoso.example']);
      assert.deepEqual(numbers(history.requests), [open.number, known.number]);
    });

    it('claim nothing of a device that nobody has found', async () => {
      const open = await typed('ws-017');

      const record = await lists.device(here(), { deviceId: undefined, names: ['ws-017'] });

      assert.deepEqual(numbers(record.open), [open.number]);
      assert.deepEqual(
        [record.deviceId, record.name, record.restriction, record.last],
        [undefined, undefined, undefined, undefined],
      );
    });

    it('hold a request by name like any other: pending, by number and in the report', async () => {
      const denied = await typed('ws-017');
      await deny(denied);
      const open = await typed('ws-018');

      const [byNumber, waiting] = [
        await lists.byNumber(here(), open.number),
        await lists.waiting(here(), first),
      ];
      const report = await reports.of({ ...here(), seconds: 3_600 });

      assert.equal(byNumber !== 'newer' && byNumber?.request.deviceName, 'ws-018');
      assert.deepEqual(numbers(waiting.requests), [open.number]);
      assert.deepEqual([report.requests, report.open, report.newer], [2, 1, 0]);
      assert.deepEqual(Object.fromEntries(report.labels), { 'Awaiting approval': 1, Denied: 1 });
    });
  });
}
