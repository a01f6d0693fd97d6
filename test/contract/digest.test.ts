import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { MachineActionStatus } from '../../src/containment/state.ts';
import type { Database } from '../../src/store/database-port.ts';
import { type Digests, createDigests } from '../../src/store/digest.ts';
import type { NewRequest } from '../../src/store/create-request.ts';
import { aDeviceId, aMachineAction, riley, sam } from '../support/requests.ts';
import {
  aRunningRequest,
  anApprovedRequest,
  anAwaitingRequest,
  machineActionIdOf,
} from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`what a handover tells on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    let digests: Digests;
    let tenantId: string;
    before(async () => {
      database = await open();
      stores = await openStores(database);
      digests = createDigests(stores);
    });
    beforeEach(() => {
      stores.time.ahead = 0;
      tenantId = randomUUID();
    });
    after(() => database.close());

    const given = (conversation = 'here'): Partial<NewRequest> => ({
      tenantId,
      deviceId: aDeviceId(randomBytes(20).toString('hex')),
      place: { conversation, thread: `${conversation};messageid=1`, kind: 'channel' },
    });
    const read = (seconds = 3_600) => digests.read({ tenantId, conversation: 'here' }, seconds);
    async function ended(status: MachineActionStatus, conversation?: string): Promise<ContainmentRequest> {
      const { id } = await aRunningRequest(stores.requests, given(conversation));
      const machineAction = aMachineAction({ id: machineActionIdOf(id), status });
      const decision = await stores.requests.apply(id, { kind: 'action-observed', machineAction });
      return decision?.request ?? assert.fail();
    }
    const numbers = (requests: readonly ContainmentRequest[]) => requests.map(({ number }) => number);

    it('is what waits, what goes on, what holds and what failed, of this conversation', async () => {
      const awaiting = await anAwaitingRequest(stores.requests, given());
      const approved = await anApprovedRequest(stores.requests, given());
      const running = await aRunningRequest(stores.requests, given());
      const [done, failed, late] = [await ended('Succeeded'), await ended('Failed'), await ended('TimeOut')];
      const stuck = await anAwaitingRequest(stores.requests, given());
      await stores.requests.apply(stuck.id, { kind: 'device-read', device: { osPlatform: 'macOS' } });
      const denied = await anAwaitingRequest(stores.requests, given());
      await stores.requests.apply(denied.id, { kind: 'deny-clicked', by: sam, comment: 'no' });
      await anAwaitingRequest(stores.requests, given('elsewhere'));
      await ended('Failed', 'elsewhere');

      const digest = await read();

      assert.deepEqual(numbers(digest.awaiting.requests), [awaiting.number]);
      assert.deepEqual(numbers(digest.attention.requests), [stuck.number]);
      assert.deepEqual(numbers(digest.running.requests), numbers([approved, running]));
      assert.deepEqual(numbers(digest.inForce.requests), [done.number]);
      assert.deepEqual(numbers(digest.failed.requests).toSorted(), numbers([failed, late]).toSorted());
      assert.equal(digest.passedOver, 0);
    });

    it('tells what expired, but not what somebody withdrew or closed', async () => {
      const expired = await anAwaitingRequest(stores.requests, { ...given(), expirySeconds: 60 });
      const withdrawn = await anAwaitingRequest(stores.requests, given());
      await stores.requests.apply(withdrawn.id, { kind: 'cancel-clicked', by: riley, comment: 'wrong' });
      stores.time.ahead = 61;
      await stores.requests.apply(expired.id, { kind: 'time-passed' });

      const digest = await read();

      assert.deepEqual(numbers(digest.failed.requests), [expired.number]);
      assert.equal(digest.awaiting.total, 0);
    });

    it('leaves out failures of before its time', async () => {
      const early = await ended('Failed');
      stores.time.ahead = 7_200;
      // What was found of it since makes it no failure of today.
      const { id: actionId, createdAt: at } = aMachineAction({ id: machineActionIdOf(early.id) });
      const origin = { kind: 'own', number: early.number, itself: true } as const;
      const change = { actionId, became: 'restricted', at, origin } as const;
      await stores.requests.apply(early.id, { kind: 'changed-elsewhere', change });
      assert.equal((await stores.requests.byId(early.id))?.elsewhere?.length, 1);
      const late = await ended('Failed');

      assert.deepEqual(numbers((await read()).failed.requests), [late.number]);
      assert.equal((await read(10_000)).failed.total, 2);
    });

    it('shows five of each kind and counts all', async () => {
      for (let count = 0; count < 7; count += 1) await anAwaitingRequest(stores.requests, given());

      const { awaiting } = await read();

      assert.deepEqual([awaiting.requests.length, awaiting.total], [5, 7]);
    });

    it('counts what only a newer program can read, and shows none of it', async () => {
      const { id } = await anAwaitingRequest(stores.requests, given());
      await database.sql.updateTable('requests').set({ state_format: 999 }).where('id', '=', id).execute();

      const digest = await read();

      assert.deepEqual([digest.awaiting.total, digest.passedOver], [0, 1]);
    });
  });
}
