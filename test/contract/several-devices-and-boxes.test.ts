import assert from 'node:assert/strict';
import { boxInForce } from '../../src/containment/box-in-force.ts';
import { parseDuration } from '../../src/containment/duration.ts';
import type { RequestId } from '../../src/containment/ids.ts';
import { type ContainmentRequest, hasDevice } from '../../src/containment/request.ts';
import { createSettleLift, createTimeBox } from '../../src/jobs/time-box.ts';
import type { Database } from '../../src/store/database-port.ts';
import { createRequestLists } from '../../src/store/request-lists.ts';
import { createBatchPlay, device, idOf } from '../support/batch-play.ts';
import { aMachineAction, alex, sam } from '../support/requests.ts';
import { aRunningRequest, machineActionIdOf } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const box = parseDuration('4h') ?? assert.fail();
const fourHours = 4 * 3_600;

for (const { name, open } of databases) {
  describe(`several devices beside restrictions of single ones on ${name}`, () => {
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

    const { asked, memberAt } = createBatchPlay(() => stores.requests);
    const reread = async (id: RequestId) => (await stores.requests.byId(id)) ?? assert.fail('gone');
    const look = (id: RequestId) => createTimeBox(stores)({ requestId: id });
    const settle = (lift: ContainmentRequest) => createSettleLift(stores)({ requestId: lift.id });
    const at = (moment: string) => ({ createdAt: moment, updatedAt: moment });

    async function succeed(id: RequestId, moment: string): Promise<ContainmentRequest> {
      const machineAction = aMachineAction({ id: machineActionIdOf(id), status: 'Succeeded', ...at(moment) });
      await stores.requests.apply(id, { kind: 'action-found', machineAction });
      await stores.requests.apply(id, { kind: 'action-observed', machineAction });
      return reread(id);
    }

    async function restricted(given: Parameters<typeof aRunningRequest>[1] = {}, moment?: string) {
      const { id } = await aRunningRequest(stores.requests, { deviceId: idOf(1), ...given });
      return succeed(id, moment ?? '2026-11-23T03:12:08.000Z');
    }

    /** The lift of the second of two devices, which is the one that is restricted. */
    async function liftOfTwo({ tenantId, place }: ContainmentRequest, from = place) {
      const devices = [{ deviceId: idOf(0) }, { deviceId: idOf(1) }];
      const given = { tenantId, place: from, action: 'unrestrict', requestor: sam } as const;
      const both = await asked(devices, given);
      return { both, member: await memberAt(both.id, 1) };
    }

    async function lifted({ id, deviceId }: ContainmentRequest, moment: string) {
      assert.ok(deviceId);
      await stores.requests.apply(id, { kind: 'approve-clicked', by: alex, clickId: 'clk' });
      await stores.requests.apply(id, { kind: 'approve-verified', clickId: 'clk', device });
      const lift = await succeed(id, moment);
      await settle(lift);
      return lift;
    }

    it('take the place of the end of a time box, by the number of their card', async () => {
      const request = await restricted({ box });
      stores.time.ahead = fourHours - 60;
      const { both, member } = await liftOfTwo(request);
      stores.time.ahead = fourHours + 60;
      await look(request.id);

      const found = boxInForce(await reread(request.id))?.lift;
      assert.deepEqual([found?.id, found?.number], [member.id, both.number]);
      assert.ok(found?.awaitedSince);
      assert.equal((await reread(member.id)).state.status, 'awaiting', 'nobody has approved it');
    });

    it('leave a box without its lift when an approval leaves out its device', async () => {
      const request = await restricted({ box });
      stores.time.ahead = fourHours - 60;
      const { both, member } = await liftOfTwo(request);
      stores.time.ahead = fourHours + 60;
      await look(request.id);
      const leavesOut = [member.id];
      const press = { kind: 'approve-clicked', by: alex, clickId: 'clk', leavesOut } as const;
      await stores.requests.apply(both.id, press);
      await stores.requests.apply(both.id, { kind: 'approve-verified', clickId: 'clk', device });
      assert.ok(stores.enqueued.some(({ id, effect }) => id === member.id && effect.kind === 'settle-lift'));
      await settle(await reread(member.id));
      await look(request.id);

      const running = boxInForce(await reread(request.id));
      assert.equal(running?.lift, undefined);
      assert.deepEqual([running?.failed?.number, running?.failed?.label], [both.number, 'Denied']);
    });

    it('release what they lift, by the number of their card', async () => {
      const request = await restricted({ box });
      const { both, member } = await liftOfTwo(request);
      await lifted(member, '2026-11-24T03:12:08.000Z');
      await look(request.id);

      assert.equal((await reread(request.id)).released?.number, both.number);
    });

    it('lift within a second what was asked for before them', async () => {
      const second = '2026-11-23T03:12:08.000Z';
      const request = await restricted({}, second);
      const { tenantId, place } = request;
      const { member } = await liftOfTwo(request);
      await lifted(member, second);

      const here = { tenantId, conversation: place.conversation };
      const { total } = await createRequestLists(stores).inForce(here, { offset: 0, limit: 8 });
      assert.equal(total, 0);
    });

    it('are known as what else restricts a device before its box ends, and each is one restriction', async () => {
      const request = await restricted({ box });
      const { tenantId, place } = request;
      const elsewhere = { ...place, conversation: 'elsewhere' };
      const devices = [{ deviceId: idOf(0) }, { deviceId: idOf(1) }];
      const both = await asked(devices, { tenantId, place: elsewhere });
      const { id } = await memberAt(both.id, 1);
      await stores.requests.apply(id, { kind: 'approve-clicked', by: alex, clickId: 'clk' });
      await stores.requests.apply(id, { kind: 'approve-verified', clickId: 'clk', device });

      const others = await stores.boxes.otherRestrictions(request);
      assert.deepEqual(
        others.map((other) => [other.id, other.request && hasDevice(other.request)]),
        [[id, true]],
      );
    });
  });
}
