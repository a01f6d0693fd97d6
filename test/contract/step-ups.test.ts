import assert from 'node:assert/strict';
import { newRequestId } from '../../src/platform/ids.ts';
import type { Database } from '../../src/store/database-port.ts';
import { type StepUps, createStepUps } from '../../src/store/step-ups.ts';
import { alex } from '../support/requests.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`sign-ins that a click waits for on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    let stepUps: StepUps;
    before(async () => {
      database = await open();
      stores = await openStores(database);
      stepUps = createStepUps({ sql: database.sql, clock: stores.time.clock });
    });
    after(() => database.close());
    beforeEach(() => {
      stores.time.ahead = 0;
    });

    const purpose = { verb: 'approve', requestId: newRequestId(), clickId: 'clk_1' } as const;
    const claims = '{"access_token":{}}';

    it('are found by their state as often as somebody looks, with secrets of their own', async () => {
      const [one, other] = await Promise.all([
        stepUps.open({ person: alex, purpose, claims }),
        stepUps.open({ person: alex, purpose }),
      ]);

      const [first, again, second] = [
        await stepUps.find(one.state),
        await stepUps.find(one.state),
        await stepUps.find(other.state),
      ];

      assert.deepEqual(first, again);
      assert.deepEqual([first?.person, first?.purpose, first?.claims], [alex, purpose, claims]);
      assert.equal(second?.claims, undefined);
      assert.equal(new Set([first?.verifier, first?.nonce, second?.verifier, second?.nonce]).size, 4);
    });

    it('are taken once, whoever comes at the same time', async () => {
      const { state } = await stepUps.open({ person: alex, purpose });

      const taken = await Promise.all([1, 2, 3, 4].map(() => stepUps.take(state)));

      assert.equal(taken.filter((each) => each !== undefined).length, 1);
      assert.equal(await stepUps.find(state), undefined);
    });

    it('are worth nothing after ten minutes', async () => {
      const { state } = await stepUps.open({ person: alex, purpose });

      stores.time.ahead = 599;
      const inTime = await stepUps.find(state);
      stores.time.ahead = 601;

      assert.ok(inTime);
      assert.equal(await stepUps.find(state), undefined);
      assert.equal(await stepUps.take(state), undefined);
    });

    it('are not known by anything but the state, which is stored nowhere', async () => {
      const { state } = await stepUps.open({ person: alex, purpose });

      const rows = await database.sql.selectFrom('step_ups').selectAll().execute();

      assert.ok(!JSON.stringify(rows).includes(state));
      for (const { state_hash: hash } of rows) assert.equal(await stepUps.take(hash), undefined);
    });

    it('are forgotten a day after their end', async () => {
      await stepUps.open({ person: alex, purpose });

      stores.time.ahead = 26 * 3_600;
      await stepUps.prune();

      assert.equal((await database.sql.selectFrom('step_ups').selectAll().execute()).length, 0);
    });
  });
}
