import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { membersOf } from '../../src/containment/batch.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { EventOf } from '../../src/store/apply-events.ts';
import type { Database } from '../../src/store/database-port.ts';
import { createRequestStore } from '../../src/store/requests.ts';
import { againWhenTaken } from '../../src/store/same-device.ts';
import { aNewBatch, createBatchPlay, idOf } from '../support/batch-play.ts';
import { riley } from '../support/requests.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const all = Array.from({ length: 30 }, (_, at) => at);
const names = all.map((at) => ({ deviceName: `pc-${at}` }));

/** As the requestor's own token finds the device of each name. */
const found: EventOf = ({ deviceName = '' }) => ({
  kind: 'device-read',
  by: riley,
  deviceId: idOf(Number(deviceName.replace(/^pc-|\..*$/g, ''))),
  device: { name: `${deviceName.replace(/\..*$/, '')}.contoso.example`, osPlatform: 'Windows11' },
});

/** What PostgreSQL says to the one of two that it undoes. */
const deadlock = () => Object.assign(new Error('deadlock detected'), { code: '40P01' });

for (const { name, open } of databases) {
  describe(`two lists of a conversation at once on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    let deadlocks = 0;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());
    beforeEach(() => {
      deadlocks = 0;
    });

    const play = createBatchPlay(() => stores.requests);
    const devicesOf = async ({ id }: ContainmentRequest) =>
      membersOf(await play.onCard(id)).flatMap(({ deviceId }) => deviceId ?? []);
    /** By the database's own count. */
    const countedDeadlocks = async () => {
      const { rows } = await sql<{ deadlocks: number }>`
        select deadlocks::integer from pg_stat_database where datname = current_database()`.execute(
        database.sql,
      );
      return rows[0]?.deadlocks ?? assert.fail();
    };

    it('find the same devices in another order, and each device is one of one of them', async () => {
      const first = await play.asked(names);
      const { tenantId, place } = first;
      // Other names of the same devices: nobody knows yet that they are.
      const whole = names.map(({ deviceName }) => ({ deviceName: `${deviceName}.contoso.example` }));
      const second = await play.asked(whole.toReversed(), { tenantId, place });

      await Promise.all([first, second].map((request) => stores.requests.applyFound(request, found)));

      const devices = [...(await devicesOf(first)), ...(await devicesOf(second))];
      assert.deepEqual(devices.toSorted(), all.map(idOf).toSorted());
      assert.equal(await countedDeadlocks(), 0);
    });

    it('find them while others are asked for by their ids, in another order', async () => {
      const first = await play.asked(names);
      const { tenantId, place } = first;
      const devices = all.map((at) => ({ deviceId: idOf(at) })).toReversed();

      const [, asked] = await Promise.all([
        stores.requests.applyFound(first, found),
        stores.requests.createBatch(aNewBatch(devices, { tenantId, place })),
      ]);

      assert.equal((await devicesOf(first)).length, asked.kind === 'created' ? 0 : all.length);
      assert.equal(await countedDeadlocks(), 0);
    });

    it('go on, one after the other, where they waited for each other all the same', async () => {
      const once = <Result>(work: () => Promise<Result>) => {
        deadlocks += 1;
        return deadlocks === 1 ? Promise.reject(deadlock()) : work();
      };
      assert.equal(await againWhenTaken(() => once(() => Promise.resolve('done'))), 'done');
      deadlocks = 0;
      const requests = createRequestStore({
        sql: database.sql,
        clock: stores.clock,
        enqueue: () => once(() => Promise.resolve()),
      });

      const made = await requests.createBatch(aNewBatch(names));

      assert.equal(made.kind, 'created');
      await assert.rejects(
        againWhenTaken(() => Promise.reject(deadlock())),
        /deadlock/,
      );
    });
  });
}
