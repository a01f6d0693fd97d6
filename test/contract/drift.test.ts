import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { parseDuration } from '../../src/containment/duration.ts';
import type { DeviceId, RequestId } from '../../src/containment/ids.ts';
import type { Job } from '../../src/jobs/effect-jobs.ts';
import { repair } from '../../src/jobs/resume.ts';
import type { Database } from '../../src/store/database-port.ts';
import { createDigests } from '../../src/store/digest.ts';
import { createDriftStore } from '../../src/store/drift.ts';
import type { ListedChange } from '../../src/store/listed-changes.ts';
import { createRequestLists } from '../../src/store/request-lists.ts';
import { aDeviceId, aMachineAction } from '../support/requests.ts';
import { aRunningRequest, machineActionIdOf } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const anyDevice = (): DeviceId => aDeviceId(randomBytes(20).toString('hex'));

const second = (count: number): string =>
  new Date(Date.UTC(2026, 10, 23, 3, 0, count)).toISOString().replace('.000Z', '.1234567Z');

for (const { name, open } of databases) {
  describe(`changes made elsewhere on ${name}`, () => {
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
    const from = (conversation: string) =>
      ({ conversation, thread: `${conversation};messageid=1`, kind: 'channel' }) as const;

    interface Wish {
      readonly deviceId: DeviceId;
      readonly at: number;
      readonly where?: string;
      readonly action?: 'restrict' | 'unrestrict';
      readonly box?: ReturnType<typeof parseDuration>;
    }

    async function done({ deviceId, at, where = 'here', action = 'restrict', box }: Wish) {
      const given = { tenantId, deviceId, action, place: from(where), box };
      const { id } = await aRunningRequest(stores.requests, given);
      const updatedAt = second(at);
      const machineAction = aMachineAction({ id: machineActionIdOf(id), status: 'Succeeded', updatedAt });
      await stores.requests.apply(id, { kind: 'action-observed', machineAction });
      return reread(id);
    }

    function portal(at: number, became: ListedChange['became']): ListedChange {
      return { actionId: randomUUID(), became, by: 'portal.operator@contoso.example', at: second(at) };
    }

    const reread = async (id: RequestId) => (await stores.requests.byId(id)) ?? assert.fail('gone');
    const lists = () => createRequestLists(stores);
    const here = () => ({ tenantId, conversation: 'here' });
    const held = async () =>
      (await lists().inForce(here(), { offset: 0, limit: 8 })).restrictions.map(({ number }) => number);
    const recordsOf = async (id: RequestId) => {
      const { rows } = await sql<{ what: string }>`
        select record->>'what' as what from audit_records where chain = ${id} order by position`.execute(
        database.sql,
      );
      return rows.map(({ what }) => what);
    };
    const tellsOf = (id: RequestId) =>
      stores.enqueued.filter((one) => one.id === id && one.effect.kind === 'tell-elsewhere');

    it('take a restriction out of those in force, with its box, and leave it readable to this program', async () => {
      const box = parseDuration('4h') ?? assert.fail();
      const deviceId = anyDevice();
      const asked = await done({ deviceId, at: 1, box });
      const other = await done({ deviceId: anyDevice(), at: 2 });
      assert.deepEqual(await held(), [asked.number, other.number]);

      const change = portal(5, 'lifted');
      assert.equal(await drift().settle(tenantId, deviceId, [change]), 1);

      assert.deepEqual(await held(), [other.number]);
      const { total } = (await createDigests(stores).read(here(), 60)).inForce;
      assert.equal(total, 1);
      const request = await reread(asked.id);
      assert.equal(request.elsewhere?.[0]?.actionId, change.actionId);
      const row = await database.sql
        .selectFrom('requests')
        .select(['state_format', 'box_until'])
        .where('id', '=', asked.id)
        .executeTakeFirstOrThrow();
      assert.deepEqual(row, { state_format: 6, box_until: null });
      const { restriction } = await lists().device(here(), { deviceId, names: [] });
      assert.deepEqual(restriction?.restriction.elsewhere, request.elsewhere);
      assert.deepEqual(await stores.boxes.restrictionsToSettle(request), []);
    });

    it('are in the handover by themselves while they restrict a device that no request holds', async () => {
      const deviceId = anyDevice();
      const elsewhere = async () => {
        const { elsewhere: found } = await createDigests(stores).read(here(), 60);
        assert.equal(found.total, found.requests.length);
        return found.requests.map(({ number }) => number);
      };
      await done({ deviceId, at: 1 });
      const latest = await done({ deviceId, at: 2 });
      const there = await done({ deviceId, at: 3, where: 'there' });
      await done({ deviceId: anyDevice(), at: 1 });
      await drift().settle(tenantId, deviceId, [portal(5, 'lifted')]);
      assert.deepEqual(await elsewhere(), []);
      await drift().settle(tenantId, deviceId, [portal(7, 'restricted')]);
      assert.deepEqual(await elsewhere(), [latest.number]);
      assert.ok(!(await held()).includes(there.number));
      await drift().settle(tenantId, deviceId, [portal(9, 'lifted')]);
      assert.deepEqual(await elsewhere(), []);
      await drift().settle(tenantId, deviceId, [portal(11, 'restricted')]);
      assert.deepEqual(await elsewhere(), [latest.number]);
      await done({ deviceId, at: 20, where: 'there', action: 'unrestrict' });
      assert.deepEqual(await elsewhere(), []);
    });

    describe('on the status of the device', () => {
      const status = (deviceId: DeviceId) => lists().device(here(), { deviceId, names: [] });
      const release = async (of: RequestId, by: { readonly number: number }, isHere: boolean) => {
        const person = (await reread(of)).requestor;
        const number = isHere ? { number: by.number } : {};
        await stores.requests.apply(of, {
          kind: 'restriction-released',
          by: person,
          at: second(40),
          ...number,
        });
      };

      it('are told by the lift of this conversation, until another one has lifted that as well', async () => {
        const deviceId = anyDevice();
        const asked = await done({ deviceId, at: 1 });
        const lift = await done({ deviceId, at: 3, action: 'unrestrict' });
        await drift().settle(tenantId, deviceId, [portal(5, 'restricted')]);
        assert.equal((await status(deviceId)).again?.number, lift.number);
        assert.equal((await status(deviceId)).restriction?.restriction.number, asked.number);
        const second = await done({ deviceId, at: 9, action: 'unrestrict' });
        await release(lift.id, second, true);
        const { again, restriction } = await status(deviceId);
        assert.equal(again, undefined);
        assert.equal(restriction?.lift?.request?.released?.number, second.number);
      });

      it('are told by the restriction of this conversation where the lift was asked for in another', async () => {
        const deviceId = anyDevice();
        const asked = await done({ deviceId, at: 1 });
        const lift = await done({ deviceId, at: 3, where: 'there', action: 'unrestrict' });
        await release(asked.id, lift, false);
        await drift().settle(tenantId, deviceId, [portal(5, 'restricted')]);
        assert.equal((await status(deviceId)).again?.number, asked.number);
        await done({ deviceId, at: 9, where: 'there', action: 'unrestrict' });
        assert.equal((await status(deviceId)).again, undefined);
      });

      it('are told until it is lifted, also when a request of another conversation restricts it since', async () => {
        const deviceId = anyDevice();
        const asked = await done({ deviceId, at: 1 });
        await drift().settle(tenantId, deviceId, [portal(3, 'lifted'), portal(5, 'restricted')]);
        await done({ deviceId, at: 9, where: 'there' });
        assert.equal((await status(deviceId)).again?.number, asked.number);
        await done({ deviceId, at: 12, where: 'there', action: 'unrestrict' });
        assert.equal((await status(deviceId)).again, undefined);
      });

      it('are told by a lift alone where all else was asked for in another conversation', async () => {
        const deviceId = anyDevice();
        await done({ deviceId, at: 1, where: 'there' });
        const lift = await done({ deviceId, at: 3, action: 'unrestrict' });
        await drift().settle(tenantId, deviceId, [portal(5, 'restricted')]);
        const { again, restriction } = await status(deviceId);
        assert.deepEqual([again?.number, restriction], [lift.number, undefined]);
      });
    });

    it('come again into force with a request of ours', async () => {
      const deviceId = anyDevice();
      await done({ deviceId, at: 1 });
      await drift().settle(tenantId, deviceId, [portal(5, 'lifted')]);
      const again = await done({ deviceId, at: 9 });

      assert.deepEqual(await held(), [again.number]);
    });

    it('are written once by two processes at the same time: one record, one word', async () => {
      const deviceId = anyDevice();
      const { id } = await done({ deviceId, at: 1 });
      const listed = [portal(5, 'lifted')];

      await Promise.all([1, 2, 3].map(() => drift().settle(tenantId, deviceId, listed)));

      assert.equal((await recordsOf(id)).filter((what) => what === 'changed-elsewhere').length, 1);
      assert.equal(tellsOf(id).length, 1);
      assert.equal((await reread(id)).elsewhere?.length, 1);
    });

    it('leave nothing when their jobs cannot be written', async () => {
      const deviceId = anyDevice();
      const request = await done({ deviceId, at: 1 });
      const failing = createDriftStore({ ...stores, requests: stores.failing() });

      await assert.rejects(failing.settle(tenantId, deviceId, [portal(5, 'lifted')]), /no jobs/);

      assert.deepEqual(await reread(request.id), request);
    });

    it('concern every conversation that counts it as in force, and are told in its latest thread there', async () => {
      const deviceId = anyDevice();
      const [first, latest, there] = [
        await done({ deviceId, at: 1 }),
        await done({ deviceId, at: 2 }),
        await done({ deviceId, at: 3, where: 'there' }),
      ];
      assert.equal(await drift().settle(tenantId, deviceId, [portal(5, 'lifted')]), 3);

      assert.deepEqual(
        [first, latest, there].map(({ id }) => tellsOf(id).length),
        [0, 1, 1],
      );
      for (const { id } of [first, latest, there]) assert.equal((await reread(id)).elsewhere?.length, 1);
      assert.equal(await drift().settle(tenantId, deviceId, [portal(7, 'restricted')]), 3);
      assert.deepEqual(
        [first, latest, there].map(({ id }) => tellsOf(id).length),
        [0, 2, 2],
      );
    });

    it('of other tenants and devices are none of ours', async () => {
      const deviceId = anyDevice();
      const request = await done({ deviceId, at: 1 });
      assert.equal(await drift().settle(randomUUID(), deviceId, [portal(5, 'lifted')]), 0);
      assert.equal(await drift().settle(tenantId, anyDevice(), [portal(5, 'lifted')]), 0);
      assert.deepEqual(await drift().watched(randomUUID()), []);
      assert.deepEqual(await reread(request.id), request);
    });

    it('are left to a newer program that knows more of the device', async () => {
      const deviceId = anyDevice();
      const request = await done({ deviceId, at: 1 });
      const lift = await done({ deviceId, at: 3, action: 'unrestrict' });
      await database.sql
        .updateTable('requests')
        .set({ state_format: 999 })
        .where('id', '=', lift.id)
        .execute();

      assert.equal(await drift().settle(tenantId, deviceId, [portal(5, 'lifted')]), 'silent');

      assert.deepEqual(await reread(request.id), request);
    });

    it('are looked for on devices in force, whoever approved, with what is known of them', async () => {
      const [one, two] = [anyDevice(), anyDevice()];
      const first = await done({ deviceId: one, at: 1 });
      await done({ deviceId: two, at: 2 });
      await done({ deviceId: two, at: 3, action: 'unrestrict' });
      await drift().settle(tenantId, one, [portal(5, 'lifted')]);
      stores.time.ahead = 8 * 86_400;
      const third = await done({ deviceId: anyDevice(), at: 4 });

      const watched = await drift().watched(tenantId);

      assert.deepEqual(
        watched.map(({ deviceId }) => deviceId),
        [third.deviceId],
      );
      stores.time.ahead = 3_600;
      const all = await drift().watched(tenantId);
      assert.equal(all.length, 4);
      assert.deepEqual(all[1]?.standing, { became: 'restricted', at: '2026-11-23T03:00:02Z' });
      assert.equal(all[0]?.approver?.name, first.state.status === 'ended' && first.state.approval.by.name);
      assert.equal(all[0].elsewhere.length, 1);
    });

    it('have their word found missing, until the thread was told', async () => {
      const deviceId = anyDevice();
      const { id } = await done({ deviceId, at: 1 });
      const change = portal(5, 'lifted');
      await drift().settle(tenantId, deviceId, [change]);
      const { state, revision } = await reread(id);
      // All else about it is shown and told.
      await database.sql
        .updateTable('cards')
        .set({ shown_revision: revision, told_end: state.status === 'ended' ? state.endedAt : null })
        .where('request_id', '=', id)
        .execute();
      assert.deepEqual(await wordsFor(id), [{ requestId: id, change: change.actionId }]);
      await stores.cards.toldOfElsewhere({ id }, change.actionId);
      assert.equal(await stores.cards.toldElsewhere({ id }), change.actionId);
      assert.deepEqual(await wordsFor(id), []);
    });

    async function wordsFor(id: RequestId) {
      const found: Job['payload'][] = [];
      const resend = (jobs: readonly Job[]) => {
        for (const job of jobs)
          if (job.name === 'tell-elsewhere' && job.payload.requestId === id) found.push(job.payload);
        return Promise.resolve();
      };
      await repair({ database, clock: stores.clock, queue: { resend } });
      return found;
    }

    it('are looked for by one process at a time, first after a whole interval', async () => {
      const tenants = [tenantId];
      const take = () => drift().takeDue({ tenants, everySeconds: 600, leaseSeconds: 120 });
      assert.equal(await take(), undefined);
      stores.time.ahead = 601;
      const taken = await Promise.all([take(), take(), take()]);
      assert.deepEqual(taken.filter(Boolean), [tenantId]);
      await drift().lookAgain(tenantId, 600);
      stores.time.ahead += 599;
      assert.equal(await take(), undefined);
      stores.time.ahead += 2;
      assert.equal(await take(), tenantId);
    });

    it('are looked for in indexes, and not by looking at every request', async () => {
      const plan = await database.sql.transaction().execute(async (tx) => {
        await sql`set local enable_seqscan = off`.execute(tx);
        const { rows } = await sql<{ 'QUERY PLAN': string }>`
          explain select id from requests where tenant_id = 'x' and took_effect is not null
            and changed_at > clock_timestamp()`.execute(tx);
        return rows.map((row) => row['QUERY PLAN']).join('\n');
      });
      assert.match(plan, /effects_by_change/);
    });
  });
}
