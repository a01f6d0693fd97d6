import assert from 'node:assert/strict';
import { boxInForce } from '../../src/containment/box-in-force.ts';
import { parseDuration } from '../../src/containment/duration.ts';
import type { RequestId } from '../../src/containment/ids.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { createTimeBox } from '../../src/jobs/time-box.ts';
import type { Database } from '../../src/store/database-port.ts';
import { aNewRequest } from '../support/new-requests.ts';
import { aMachineAction, aPerson, sam } from '../support/requests.ts';
import { aRunningRequest, anAwaitingRequest, machineActionIdOf } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const box = parseDuration('4h') ?? assert.fail();
const fourHours = 4 * 3_600;

for (const { name, open } of databases) {
  describe(`the one open lift of a time box on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    beforeEach(() => {
      stores.time.ahead = 0;
    });
    after(() => database.close());

    const reread = async (id: RequestId) => (await stores.requests.byId(id)) ?? assert.fail('gone');
    const look = (id: RequestId) => createTimeBox(stores)({ requestId: id });
    const liftOf = async (request: ContainmentRequest) => {
      const lift = boxInForce(await reread(request.id))?.lift ?? assert.fail('no lift');
      return reread(lift.id);
    };

    async function succeeded() {
      const { id } = await aRunningRequest(stores.requests, { box });
      const machineAction = aMachineAction({ id: machineActionIdOf(id), status: 'Succeeded' });
      await stores.requests.apply(id, { kind: 'action-observed', machineAction });
      return reread(id);
    }

    const verified = async (request: ContainmentRequest, clickId: string) =>
      stores.requests.apply(request.id, {
        kind: 'wish-verified',
        wish: 'release',
        clickId,
        lift: await stores.requests.nextLift(request, { kind: 'wish-verified', clickId }),
      });

    it('is made once when two people release at the very moment of the end', async () => {
      const request = await succeeded();
      const others = [sam, aPerson('Priya Nair')];
      for (const [index, by] of others.entries())
        await stores.requests.apply(request.id, { kind: 'release-clicked', by, clickId: `clk-${index}` });
      stores.time.ahead = fourHours + 1;

      await Promise.all([
        verified(request, 'clk-0'),
        verified(request, 'clk-1'),
        look(request.id),
        look(request.id),
      ]);

      const { count } = await database.sql
        .selectFrom('requests')
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .where('lifts', '=', request.id)
        .executeTakeFirstOrThrow();
      assert.equal(Number(count), 1);
    });

    it('is known when a release and somebody’s own wish to lift come at once', async () => {
      for (let round = 0; round < 5; round += 1) {
        const request = await succeeded();
        const { tenantId, deviceId, place } = request;
        const given = { tenantId, place, deviceId: deviceId ?? assert.fail(), action: 'unrestrict' } as const;
        await stores.requests.apply(request.id, { kind: 'release-clicked', by: sam, clickId: 'clk' });

        await Promise.all([
          verified(request, 'clk'),
          stores.requests.create(aNewRequest({ ...given, requestor: sam })),
        ]);

        const open = await database.sql
          .selectFrom('requests')
          .select('id')
          .where('tenant_id', '=', tenantId)
          .where('action', '=', 'unrestrict')
          .execute();
        const running = boxInForce(await reread(request.id));
        assert.deepEqual(
          open.map(({ id }) => id),
          [running?.lift?.id],
        );
        const { state } = await liftOf(request);
        const isVoid = running?.voided?.why.code === 'lift-meanwhile';
        assert.equal(isVoid, state.status === 'awaiting', 'told exactly when nothing was approved');
      }
    });

    it('is the one that somebody has asked for in the conversation', async () => {
      const request = await succeeded();
      const { tenantId, deviceId, place } = request;
      const own = await anAwaitingRequest(stores.requests, {
        ...{ tenantId, deviceId, place },
        action: 'unrestrict',
        requestor: sam,
      });
      stores.time.ahead = fourHours + 60;
      await look(request.id);

      assert.equal(boxInForce(await reread(request.id))?.lift?.number, own.number);
      assert.ok(boxInForce(await reread(request.id))?.lift?.awaitedSince);
      assert.equal((await reread(own.id)).state.status, 'awaiting');
    });
  });
}
