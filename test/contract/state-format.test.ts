import assert from 'node:assert/strict';
import type { RequestId } from '../../src/containment/ids.ts';
import { ofNoAttempt } from '../../src/containment/of-attempt.ts';
import type { Database } from '../../src/store/database-port.ts';
import { NewerStateError } from '../../src/store/rows.ts';
import { readUnfinished } from '../../src/store/unfinished.ts';
import { alex } from '../support/requests.ts';
import { anApprovedRequest, anAwaitingRequest } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`the format of states on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());

    const rowOf = (id: RequestId) =>
      database.sql.selectFrom('requests').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const formatOf = async (id: RequestId) => (await rowOf(id)).state_format;

    it('is the lowest that the state needs, and is lowered again', async () => {
      const { id, state } = await anApprovedRequest(stores.requests);
      const formats = [await formatOf(id)];
      const hold = { reason: 'maintenance', since: await stores.requests.now() };
      await stores.requests.apply(id, { kind: 'submission-paused', hold });
      formats.push(await formatOf(id));
      await stores.requests.apply(id, { kind: 'submission-resumed' });
      formats.push(await formatOf(id));
      const why = { code: 'sign-in-needed' } as const;
      await stores.requests.apply(id, { kind: 'attempt-stuck', ...ofNoAttempt(state), why });
      formats.push(await formatOf(id));
      await stores.requests.apply(id, { kind: 'retry-clicked', by: alex });
      formats.push(await formatOf(id));

      const unusable = await anAwaitingRequest(stores.requests);
      await stores.requests.apply(unusable.id, { kind: 'approve-clicked', by: alex, clickId: 'clk' });
      const disabled = { code: 'account-unusable', aadsts: '50057' } as const;
      const refused = { kind: 'approve-refused', clickId: 'clk', why: disabled, tell: false } as const;
      await stores.requests.apply(unusable.id, refused);
      formats.push(await formatOf(unusable.id));

      assert.deepEqual(formats, [1, 2, 1, 2, 1, 3]);
    });

    it('newer than this program knows is left alone, row and jobs, with an error of its own', async () => {
      const { id, tenantId, number } = await anAwaitingRequest(stores.requests);
      await database.sql.updateTable('requests').set({ state_format: 99 }).where('id', '=', id).execute();
      const before = await rowOf(id);

      await assert.rejects(stores.requests.byId(id), NewerStateError);
      await assert.rejects(stores.requests.byNumber(tenantId, number), NewerStateError);
      await assert.rejects(stores.requests.apply(id, { kind: 'time-passed' }), NewerStateError);
      const unfinished = await readUnfinished(database.sql, stores.time.clock);

      assert.deepEqual(await rowOf(id), before);
      assert.ok(!unfinished.some((one) => one.id === id));
    });
  });
}
