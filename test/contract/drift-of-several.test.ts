import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { membersOf } from '../../src/containment/batch.ts';
import type { DeviceId, RequestId } from '../../src/containment/ids.ts';
import type { Action } from '../../src/containment/request.ts';
import type { Job } from '../../src/jobs/effect-jobs.ts';
import { repair } from '../../src/jobs/resume.ts';
import type { Database } from '../../src/store/database-port.ts';
import { createDigests } from '../../src/store/digest.ts';
import { createDriftStore } from '../../src/store/drift.ts';
import type { ListedChange } from '../../src/store/listed-changes.ts';
import { createRequestLists } from '../../src/store/request-lists.ts';
import { createBatchPlay } from '../support/batch-play.ts';
import { aDeviceId, aMachineAction } from '../support/requests.ts';
import { aRunningRequest, machineActionIdOf } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const anyDevice = (): DeviceId => aDeviceId(randomBytes(20).toString('hex'));
const second = (count: number): string => new Date(Date.UTC(2026, 10, 23, 3, 0, count)).toISOString();
const place = { conversation: 'here', thread: 'here;messageid=1', kind: 'channel' } as const;

for (const { name, open } of databases) {
  describe(`several devices among what was changed elsewhere on ${name}`, () => {
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

    const play = createBatchPlay(() => stores.requests);
    const drift = () => createDriftStore(stores);
    const here = () => ({ tenantId, conversation: 'here' });
    const reread = async (id: RequestId) => (await stores.requests.byId(id)) ?? assert.fail('gone');

    async function succeed(id: RequestId, at: number) {
      const given = { id: machineActionIdOf(id), createdAt: second(0), updatedAt: second(at) };
      const machineAction = aMachineAction({ ...given, status: 'Succeeded' });
      await stores.requests.apply(id, { kind: 'action-observed', machineAction });
      return reread(id);
    }

    async function done(deviceId: DeviceId, at: number, action: Action = 'restrict') {
      const { id } = await aRunningRequest(stores.requests, { tenantId, deviceId, action, place });
      return succeed(id, at);
    }

    /** The second of two devices is this one; the first is just another. */
    async function doneTogether(deviceId: DeviceId, at: number, action: Action = 'restrict') {
      const devices = [{ deviceId: anyDevice() }, { deviceId }];
      const request = await play.asked(devices, { tenantId, action, place });
      await play.press(request.id, 'clk');
      for (const { id } of membersOf(request)) {
        await play.verify(id, 'clk');
        const machineAction = aMachineAction({ id: machineActionIdOf(id), status: 'Pending' });
        await stores.requests.apply(id, { kind: 'action-found', machineAction });
        await succeed(id, at);
      }
      const member = await play.memberAt(request.id, 1);
      return { number: request.number, lead: request.id, id: member.id };
    }

    const portal = (at: number, became: ListedChange['became']): ListedChange => ({
      actionId: randomUUID(),
      became,
      at: second(at),
    });

    it('are watched no more when a later lift of the same second has their device', async () => {
      const deviceId = anyDevice();
      await done(deviceId, 1);
      await doneTogether(deviceId, 1, 'unrestrict');
      stores.time.ahead = 8 * 86_400;
      const devices = (await drift().watched(tenantId)).map((watched) => watched.deviceId);
      assert.deepEqual(devices, []);
    });

    it('stand in the order in which people have asked for them, by the number of their card', async () => {
      const [one, two] = [anyDevice(), anyDevice()];
      const first = await done(one, 1);
      const other = await done(two, 1);
      const together = await doneTogether(one, 2);
      for (const device of [one, two])
        await drift().settle(tenantId, device, [portal(5, 'lifted'), portal(7, 'restricted')]);
      const { elsewhere } = await createDigests(stores).read(here(), 60);
      assert.deepEqual(
        elsewhere.requests.map(({ number }) => number),
        [other.number, together.number],
      );
      assert.equal((await reread(first.id)).elsewhere?.length, 2);
    });

    it('are not the first that is forgotten of a device with many requests', async () => {
      const deviceId = anyDevice();
      for (let count = 0; count < 50; count += 1) await done(deviceId, 1);
      const together = await doneTogether(deviceId, 1);
      await drift().settle(tenantId, deviceId, [portal(5, 'lifted')]);
      assert.equal((await reread(together.id)).elsewhere?.length, 1);
      assert.ok(
        stores.enqueued.some(({ id, effect }) => id === together.id && effect.kind === 'tell-elsewhere'),
      );
    }).timeout(60_000);

    it('lift after the lift that came first in the same second', async () => {
      const deviceId = anyDevice();
      await done(deviceId, 1);
      const lift = await done(deviceId, 3, 'unrestrict');
      await doneTogether(deviceId, 3, 'unrestrict');
      const { restriction } = await createRequestLists(stores).device(here(), { deviceId, names: [] });
      assert.equal(restriction?.lift?.request?.number, lift.number);
    });

    it('have the word of each found missing, until the thread was told of that one', async () => {
      const deviceId = anyDevice();
      const { id, lead } = await doneTogether(deviceId, 1);
      const change = portal(5, 'lifted');
      await drift().settle(tenantId, deviceId, [change]);
      const words = [{ requestId: id, change: change.actionId }];
      assert.deepEqual(await wordsFor([id, lead]), words);
      await stores.cards.toldOfElsewhere(await reread(lead), change.actionId);
      assert.deepEqual(await wordsFor([id, lead]), words, 'the first device has its own');
      await stores.cards.toldOfElsewhere(await reread(id), change.actionId);
      assert.deepEqual(await wordsFor([id, lead]), []);
    });

    async function wordsFor(ids: readonly RequestId[]) {
      const found: Job['payload'][] = [];
      const resend = (jobs: readonly Job[]) => {
        for (const { name: job, payload } of jobs)
          if (job === 'tell-elsewhere' && ids.includes(payload.requestId)) found.push(payload);
        return Promise.resolve();
      };
      await repair({ database, clock: stores.clock, queue: { resend } });
      return found;
    }
  });
}
