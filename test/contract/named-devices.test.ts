import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Event } from '../../src/containment/event.ts';
import type { DeviceId, RequestId } from '../../src/containment/ids.ts';
import { parseDeviceId } from '../../src/containment/ids.ts';
import type { ContainmentRequest, Place } from '../../src/containment/request.ts';
import type { Database } from '../../src/store/database-port.ts';
import { createPrivateQuestions } from '../../src/store/private-questions.ts';
import type { Created } from '../../src/store/create-request.ts';
import { aNewRequest } from '../support/new-requests.ts';
import { aDeviceId, alex, riley } from '../support/requests.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const deviceId = aDeviceId();
const other = parseDeviceId('b'.repeat(40)) ?? assert.fail();
const facts = { name: 'WS-017.contoso.example', osPlatform: 'Windows11' };

for (const { name, open } of databases) {
  describe(`requests that know their device by name on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    let here: { readonly tenantId: string; readonly place: Place };
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());
    beforeEach(() => {
      const conversation = `19:${randomUUID()}@thread.tacv2`;
      here = { tenantId: randomUUID(), place: { conversation, thread: conversation, kind: 'channel' } };
    });

    const elsewhere = (): Place => ({ ...here.place, conversation: `${here.place.conversation}-2` });
    const ask = (wish: Parameters<typeof aNewRequest>[0]) =>
      stores.requests.create(aNewRequest({ ...here, ...wish }));
    const requestOf = (made: Created): ContainmentRequest =>
      made.kind === 'created' ? made.request : assert.fail(made.kind);
    const byName = async (deviceName = 'ws-017', more = {}) => requestOf(await ask({ deviceName, ...more }));
    const read = (found: DeviceId): Event => ({
      kind: 'device-read',
      deviceId: found,
      device: facts,
      by: riley,
    });
    const found = (id: RequestId, which: DeviceId = deviceId) => stores.requests.apply(id, read(which));

    async function clicked(id: RequestId): Promise<void> {
      await stores.requests.apply(id, { kind: 'approve-clicked', by: alex, clickId: `clk-${id}` });
    }
    const verified = (id: RequestId) =>
      stores.requests.apply(id, {
        kind: 'approve-verified',
        clickId: `clk-${id}`,
        deviceId,
        device: facts,
      });

    it('read back what was typed, then what was found', async () => {
      const asked = await byName();
      assert.deepEqual(
        [asked.deviceId, asked.deviceName, (await stores.requests.byId(asked.id))?.deviceName],
        [undefined, 'ws-017', 'ws-017'],
      );

      await found(asked.id);

      const request = await stores.requests.byId(asked.id);
      assert.deepEqual(
        [request?.deviceId, request?.deviceName, request?.device],
        [deviceId, 'ws-017', facts],
      );
    });

    it('keep their time box until and after the device is found', async () => {
      const box = { text: '4h', seconds: 14_400 };
      const asked = await byName('ws-017', { box });
      await found(asked.id);

      const request = await stores.requests.byId(asked.id);
      const { state_format: format } = await database.sql
        .selectFrom('requests')
        .select('state_format')
        .where('id', '=', asked.id)
        .executeTakeFirstOrThrow();

      assert.deepEqual([asked.box, request?.box], [{ duration: box }, { duration: box }]);
      assert.equal(request?.deviceId, deviceId);
      assert.equal(format, 5);
    });

    it('are left alone by older programs until they are decided', async () => {
      const { id } = await byName();
      const format = async () =>
        (
          await database.sql
            .selectFrom('requests')
            .select('state_format')
            .where('id', '=', id)
            .executeTakeFirstOrThrow()
        ).state_format;
      assert.equal(await format(), 4);
      await found(id);
      assert.equal(await format(), 4);
      await stores.requests.apply(id, { kind: 'deny-clicked', by: alex, comment: 'no' });
      assert.equal(await format(), 1);
    });

    it('record who found which device for what was typed', async () => {
      const { id } = await byName();
      await found(id);
      const records = await database.sql
        .selectFrom('audit_records')
        .select('record')
        .where('chain', '=', id)
        .orderBy('position')
        .execute();
      const [asked, resolved] = records.map(
        ({ record }) => record as Record<string, Record<string, unknown>>,
      );
      assert.equal(asked?.['detail']?.['deviceName'], 'ws-017');
      assert.equal(resolved?.['who']?.['objectId'], riley.objectId);
      assert.deepEqual(
        [resolved['detail']?.['deviceName'], resolved['detail']?.['deviceId']],
        ['ws-017', deviceId],
      );
    });

    it('are one for each name, action and conversation, however many ask at the same moment', async () => {
      const made = await Promise.all(Array.from({ length: 5 }, () => ask({ deviceName: 'ws-017' })));
      assert.deepEqual(made.map(({ kind }) => kind).toSorted(), [
        'already-open',
        'already-open',
        'already-open',
        'already-open',
        'created',
      ]);
      await byName('ws-017', { action: 'unrestrict' });
      const there = await byName('ws-017', { place: elsewhere() });
      assert.notEqual(there.alsoRequestedIn, undefined);
    });

    for (const [typed, isSame] of [
      ['ws-017', true],
      ['ws-017.contoso.example', true],
      ['ws-01', false],
      ['ws-0170', false],
      ['ws_017', false],
      ['ws%', false],
    ] as const) {
      it(`are ${isSame ? '' : 'not '}refused as ${typed} beside an open one of WS-017.contoso.example`, async () => {
        const { id } = requestOf(await ask({ deviceId }));
        await found(id);
        assert.equal((await ask({ deviceName: typed })).kind, isSame ? 'already-open' : 'created');
      });
    }

    it('stand in the way of one that was found for the same name, and of no other device', async () => {
      await byName();
      assert.equal((await ask({ deviceId, deviceName: 'ws-017' })).kind, 'already-open');
      assert.equal((await ask({ deviceId })).kind, 'created');
    });

    it('do not take a device for which another is open here, and say so of one elsewhere', async () => {
      const first = requestOf(await ask({ deviceId }));
      const second = await byName();
      const there = await byName('ws-017', { place: elsewhere() });

      await found(second.id);
      await found(there.id);

      assert.equal((await stores.requests.byId(second.id))?.deviceId, undefined);
      const resolved = await stores.requests.byId(there.id);
      assert.deepEqual([resolved?.deviceId, resolved?.alsoRequestedIn], [deviceId, first.number]);
    });

    it('are not approved for a device for which another is open here: the click is void', async () => {
      const first = requestOf(await ask({ deviceId }));
      const second = await byName();
      await clicked(second.id);

      await verified(second.id);

      const { state } = (await stores.requests.byId(second.id)) ?? assert.fail();
      assert.ok(state.status === 'awaiting' && state.clicks.length === 0);
      assert.deepEqual(state.voided?.why, { code: 'already-requested', number: first.number });
    });

    it('that turn out to be the same at the same moment: one of them takes the device', async () => {
      const all = [await byName('ws-017'), await byName('ws-017.c'), await byName('ws-017.contoso')];
      for (const { id } of all) await clicked(id);

      await Promise.all(all.map(({ id }) => verified(id)));

      const states = await Promise.all(all.map(async ({ id }) => (await stores.requests.byId(id))?.state));
      assert.deepEqual(states.map((state) => state?.status).toSorted(), ['approved', 'awaiting', 'awaiting']);
      for (const state of states)
        if (state?.status === 'awaiting') assert.equal(state.voided?.why.code, 'already-requested');
    });

    it('that turn out to be what is asked for by its id at the same moment: one of the two is left', async () => {
      const { id } = await byName();
      const [, made] = await Promise.all([found(id), ask({ deviceId })]);
      const request = await stores.requests.byId(id);
      assert.equal(made.kind === 'created', request?.deviceId === undefined);
    });

    it('keep the device that was found first', async () => {
      const { id } = await byName();
      await found(id);
      await found(id, other);
      assert.equal((await stores.requests.byId(id))?.deviceId, deviceId);
    });

    it('know whether a message made one', async () => {
      const { place } = here;
      await byName('ws-017', { sourceActivity: 'activity-1' });
      assert.equal(await stores.requests.isMade(place.conversation, 'activity-1'), true);
      assert.equal(await stores.requests.isMade(place.conversation, 'activity-2'), false);
      assert.equal(await stores.requests.isMade(`${place.conversation}-2`, 'activity-1'), false);
    });

    it('begin as a question that keeps the command, where the name is unclear', async () => {
      const questions = createPrivateQuestions(stores);
      const question = {
        kind: 'device',
        action: 'unrestrict',
        deviceName: 'ws',
        reason: 'A “reason” \\',
        box: { text: '4h', seconds: 14_400 },
        place: here.place,
        sourceActivity: 'activity-1',
      } as const;
      const asker = { ...riley, tenantId: here.tenantId };

      const id = await questions.open({ question, askedBy: asker, place: here.place });

      const { tenantId, place } = here;
      assert.deepEqual(await questions.find(id, { tenantId, conversation: place.conversation }), {
        question,
        askedBy: asker,
        isExpired: false,
      });
      assert.equal(await questions.find(id, { tenantId, conversation: 'elsewhere' }), undefined);
    });
  });
}
