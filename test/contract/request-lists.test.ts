import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { DeviceFacts } from '../../src/containment/device.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { Database } from '../../src/store/database-port.ts';
import { createRequestLists, type RequestLists } from '../../src/store/request-lists.ts';
import type { NewRequest } from '../../src/store/create-request.ts';
import { aDeviceId, riley, sam } from '../support/requests.ts';
import { anAwaitingRequest } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const anyDevice = () => aDeviceId(randomBytes(20).toString('hex'));
const first = { offset: 0, limit: 8 };

for (const { name, open } of databases) {
  describe(`the lists of requests on ${name}`, () => {
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

    const place = (conversation: string): Pick<NewRequest, 'place'> => ({
      place: { conversation, thread: `${conversation};messageid=1`, kind: 'channel' },
    });
    const here = (conversation = 'here') => ({ tenantId, conversation });
    const asked = (given: Partial<NewRequest> = {}) =>
      anAwaitingRequest(stores.requests, { tenantId, deviceId: anyDevice(), ...place('here'), ...given });
    const numbers = (requests: readonly ContainmentRequest[]) => requests.map(({ number }) => number);

    async function known(facts: DeviceFacts, given: Partial<NewRequest> = {}): Promise<ContainmentRequest> {
      const { id } = await asked(given);
      const read = await stores.requests.apply(id, { kind: 'device-read', device: facts });
      return read?.request ?? assert.fail();
    }

    const unsupported = (given: Partial<NewRequest> = {}) => known({ osPlatform: 'macOS' }, given);
    const writtenByNewer = ({ id }: ContainmentRequest) =>
      database.sql.updateTable('requests').set({ state_format: 999 }).where('id', '=', id).execute();

    describe('of what waits', () => {
      it('hold what awaits approval, the oldest first, and then what needs attention', async () => {
        const stuck = await unsupported();
        const [one, two] = [await asked(), await asked()];
        const denied = await asked();
        await stores.requests.apply(denied.id, { kind: 'deny-clicked', by: sam, comment: 'no' });

        const found = await lists.waiting(here(), first);

        assert.deepEqual(numbers(found.requests), numbers([one, two, stuck]));
        const { total, awaiting, needAttention, passedOver } = found;
        assert.deepEqual(
          { total, awaiting, needAttention, passedOver },
          { total: 3, awaiting: 2, needAttention: 1, passedOver: 0 },
        );
      });

      it('hold nothing that somebody has closed', async () => {
        const stuck = await unsupported();
        await stores.requests.apply(stuck.id, { kind: 'close-clicked', by: sam, comment: 'Done by hand' });

        assert.equal((await lists.waiting(here(), first)).total, 0);
      });

      it('hold nothing of another conversation or tenant', async () => {
        await asked(place('there'));
        await unsupported(place('there'));
        await asked({ tenantId: randomUUID() });

        const { requests, total } = await lists.waiting(here(), first);

        assert.deepEqual({ requests, total }, { requests: [], total: 0 });
      });

      it('come page by page, each row once', async () => {
        const made: ContainmentRequest[] = [];
        for (let count = 0; count < 5; count += 1) made.push(await asked());
        const stuck = await unsupported();

        const pages = [0, 2, 4, 6].map((offset) => lists.waiting(here(), { offset, limit: 2 }));
        const found = await Promise.all(pages);

        assert.deepEqual(numbers(found.flatMap(({ requests }) => requests)), numbers([...made, stuck]));
        assert.deepEqual(
          found.map(({ total }) => total),
          [6, 6, 6, 6],
        );
      });

      it('pass over what a newer program wrote, and say how many', async () => {
        await writtenByNewer(await asked());
        const readable = await asked();

        const { requests, total, passedOver } = await lists.waiting(here(), first);

        assert.deepEqual([numbers(requests), total, passedOver], [[readable.number], 1, 1]);
      });

      it('tell the time by the database’s clock', async () => {
        const { createdAt } = await asked();
        stores.time.ahead = 600;

        const { now } = await lists.waiting(here(), first);

        stores.time.ahead = 0;
        const passed = Date.parse(now) - Date.parse(createdAt);
        assert.ok(passed >= 600_000 && passed < 660_000);
      });
    });

    describe('of one device', () => {
      it('hold every request made here, whatever became of it, the newest first', async () => {
        const deviceId = anyDevice();
        const denied = await asked({ deviceId });
        await stores.requests.apply(denied.id, { kind: 'deny-clicked', by: sam, comment: 'no' });
        const withdrawn = await asked({ deviceId });
        await stores.requests.apply(withdrawn.id, { kind: 'cancel-clicked', by: riley, comment: 'typo' });
        const open = await asked({ deviceId, action: 'unrestrict' });
        await asked({ deviceId, ...place('there') });
        await asked();

        const found = await lists.ofDevice(here(), { deviceId, names: [] }, first);
        const second = await lists.ofDevice(here(), { deviceId, names: [] }, { offset: 1, limit: 1 });

        assert.deepEqual(numbers(found.requests), numbers([open, withdrawn, denied]));
        assert.deepEqual(numbers(second.requests), [withdrawn.number]);
        assert.deepEqual([found.total, second.total], [3, 3]);
      });

      it('know its name from whichever request recorded it last', async () => {
        const deviceId = anyDevice();
        await known({ name: 'ws-1.contoso.example' }, { deviceId });
        await asked({ deviceId, action: 'unrestrict' });

        assert.equal(
          (await lists.ofDevice(here(), { deviceId, names: [] }, first)).name,
          'ws-1.contoso.example',
        );
        assert.equal((await lists.device(here(), { deviceId, names: [] })).name, 'ws-1.contoso.example');
      });

      it('tell apart what is open and what is over', async () => {
        const deviceId = anyDevice();
        const over = await asked({ deviceId });
        await stores.requests.apply(over.id, { kind: 'deny-clicked', by: sam, comment: 'no' });
        const open = await asked({ deviceId });
        const stuck = await unsupported({ deviceId, action: 'unrestrict' });
        await asked({ deviceId, ...place('there') });

        const record = await lists.device(here(), { deviceId, names: [] });

        assert.deepEqual(numbers(record.open), numbers([open, stuck]));
        assert.equal(record.openCount, 2);
        assert.equal(record.last?.number, over.number);
        assert.equal(record.total, 3);
        assert.equal(record.restriction, undefined);
      });

      it('pass over what a newer program wrote, and say how many', async () => {
        const deviceId = anyDevice();
        await writtenByNewer(await asked({ deviceId }));

        const found = await lists.ofDevice(here(), { deviceId, names: [] }, first);
        const record = await lists.device(here(), { deviceId, names: [] });

        assert.deepEqual([found.total, found.passedOver], [0, 1]);
        assert.deepEqual([record.total, record.passedOver], [0, 1]);
      });
    });

    describe('by number', () => {
      it('find a request of this conversation, and nobody else’s', async () => {
        const mine = await asked();
        const theirs = await asked(place('there'));

        const found = await lists.byNumber(here(), mine.number);

        assert.equal(found !== 'newer' && found?.request.id, mine.id);
        assert.equal(await lists.byNumber(here(), theirs.number), undefined);
        assert.equal(await lists.byNumber({ ...here(), tenantId: randomUUID() }, mine.number), undefined);
        assert.equal(await lists.byNumber(here(), 999_999_999), undefined);
      });

      it('tell what only a newer program can read, and of another conversation nothing', async () => {
        const mine = await asked();
        const theirs = await asked(place('there'));
        await writtenByNewer(mine);
        await writtenByNewer(theirs);

        assert.equal(await lists.byNumber(here(), mine.number), 'newer');
        assert.equal(await lists.byNumber(here(), theirs.number), undefined);
      });
    });

    describe('by name', () => {
      let all: ReturnType<typeof here>;
      const found = async (typed: string) =>
        (await lists.devicesNamed(all, typed, 11)).devices.map(({ request }) => request.device?.name).sort();

      before(async () => {
        tenantId = randomUUID();
        all = here();
        for (const recorded of [
          'WS-Finance-017.contoso.example',
          'ws-finance-017.fabrikam.example',
          'ws-finance-0170.contoso.example',
          'ws_100%.contoso.example',
          'büro-7.contoso.example',
          'xn--bro-9-kva.contoso.example',
          "o'neil",
        ]) {
          await known({ name: recorded });
        }
        await known({});
        await known({ name: 'ws-elsewhere' }, place('there'));
      });

      const table: readonly (readonly [typed: string, names: readonly string[]])[] = [
        ['ws-finance-017', ['WS-Finance-017.contoso.example', 'ws-finance-017.fabrikam.example']],
        ['ws-finance-017.contoso.example', ['WS-Finance-017.contoso.example']],
        ['ws-finance-017.contoso', []],
        ['ws-finance', []],
        ['ws_finance-017', []],
        ['ws-finance-01_', []],
        ['ws_100%', ['ws_100%.contoso.example']],
        ['ws%', []],
        ["o'neil", ["o'neil"]],
        ['büro-7', ['büro-7.contoso.example']],
        ['xn--bro-7-kva', ['büro-7.contoso.example']],
        ['büro-9.contoso.example', ['xn--bro-9-kva.contoso.example']],
        ['ws-elsewhere', []],
        ['', []],
        ['contoso.example', []],
      ];
      for (const [typed, names] of table) {
        it(`${JSON.stringify(typed)} finds ${names.length === 0 ? 'nothing' : names.join(' and ')}`, async () => {
          assert.deepEqual(await found(typed), [...names].sort());
        });
      }

      it('name a device once, by its latest request, however many there are', async () => {
        const deviceId = anyDevice();
        await known({ name: 'srv-1' }, { deviceId });
        const later = await known({ name: 'srv-1.contoso.example' }, { deviceId, action: 'unrestrict' });

        const { devices } = await lists.devicesNamed(here(), 'srv-1', 11);

        assert.deepEqual(
          devices.map(({ request }) => request.id),
          [later.id],
        );
      });

      it('bear a name of any length, of which as much counts as can be typed', async () => {
        const long = randomBytes(4_000).toString('hex');
        const { state } = await known({ name: long });

        assert.equal(state.status, 'awaiting');
        assert.equal((await lists.devicesNamed(here(), long.slice(0, 253), 11)).devices.length, 1);
      });

      it('stop at the limit', async () => {
        for (let count = 0; count < 4; count += 1) await known({ name: 'same' });

        assert.equal((await lists.devicesNamed(here(), 'same', 3)).devices.length, 3);
      });
    });

    it('are read from indexes, and not by looking at every request', async () => {
      const planOf = (query: string) =>
        database.sql.transaction().execute(async (tx) => {
          await sql`set local enable_seqscan = off`.execute(tx);
          const { rows } = await sql<{ 'QUERY PLAN': string }>`explain ${sql.raw(query)}`.execute(tx);
          return rows.map((row) => row['QUERY PLAN']).join('\n');
        });
      const of = `from requests where tenant_id = 'x' and conversation = 'y'`;

      assert.match(
        await planOf(
          `select * ${of} and status in ('awaiting', 'attention', 'unclear') and state->'closed' is null`,
        ),
        /requests_waiting_here/,
      );
      assert.match(
        await planOf(
          `select * ${of} and device is not null and left(split_part(lower(device->>'name'), '.', 1), 253) in ('a')`,
        ),
        /requests_by_device_name/,
      );
      assert.match(
        await planOf(`select device_id ${of} and action = 'restrict' and took_effect is not null`),
        /restrictions_here/,
      );
    });
  });
}
