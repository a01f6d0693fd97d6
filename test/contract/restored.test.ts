import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../../src/store/database-port.ts';
import { endRestorePause, noticeRestore } from '../../src/jobs/restored.ts';
import { readIdentity } from '../../src/store/instances.ts';
import { createLookFirst } from '../../src/store/look-first.ts';
import { createSubmissionPauses } from '../../src/store/submission-pauses.ts';
import { createLog } from '../../src/platform/log.ts';
import { sam } from '../support/requests.ts';
import { anApprovedRequest, anAwaitingRequest, aRunningRequest } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`a restored backup on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());
    beforeEach(async () => {
      stores.time.ahead = 0;
      await database.sql.updateTable('requests').set({ status: 'ended', look_first_until: null }).execute();
      await database.sql.deleteFrom('submission_pauses').execute();
      await database.sql.deleteFrom('instances').execute();
      await database.sql.deleteFrom('database_identity').execute();
    });

    const pauses = () => createSubmissionPauses({ ...stores, tenants: [] });
    const parts = (place = database.place) => ({
      database: { ...database, place },
      clock: stores.time.clock,
      pauses: pauses(),
      tenants: [],
      instanceId: randomUUID(),
      log: createLog('fatal'),
    });
    const kinds = async () => (await pauses().read()).map(({ kind }) => kind);
    const markOf = async (id: Parameters<Stores['requests']['byId']>[0]) =>
      (await createLookFirst(database.sql).of(id))?.lookFirstUntil;

    it('is noticed by the identity of the database, however young its newest sign of life is', async () => {
      await noticeRestore(parts(), true);
      const approved = await anApprovedRequest(stores.requests);

      const before = await noticeRestore(parts(), true);
      const sign = await noticeRestore(parts('another place'), true);

      assert.deepEqual([before, sign], [undefined, 'other-database']);
      assert.deepEqual(await kinds(), ['restored']);
      assert.ok((await markOf(approved.id)) !== undefined);
      assert.equal(await noticeRestore(parts('another place'), true), undefined);
    });

    it('is noticed by a silence of more than a minute', async () => {
      await noticeRestore(parts(), true);
      await anApprovedRequest(stores.requests);
      stores.time.ahead = 55;
      const short = await noticeRestore(parts(), true);
      stores.time.ahead = 130;

      assert.deepEqual([short, await noticeRestore(parts(), true)], [undefined, 'long-silence']);
    });

    it('is noticed by a running process whose own last sign of life the database has forgotten', async () => {
      const mine = parts();
      const memory = {};
      await noticeRestore(mine, true, memory);
      await anApprovedRequest(stores.requests);
      const before = await noticeRestore(mine, false, memory);
      const aMinuteAgo = sql<Date>`seen_at - interval '1 minute'`;
      await database.sql.updateTable('instances').set({ seen_at: aMinuteAgo }).execute();

      assert.deepEqual([before, await noticeRestore(mine, false, memory)], [undefined, 'time-went-back']);
      assert.deepEqual(await kinds(), ['restored']);
    });

    it('is not suspected while another process lives, nor by one whose database was away', async () => {
      await anApprovedRequest(stores.requests);
      await noticeRestore(parts(), true);
      await database.sql.deleteFrom('submission_pauses').execute();
      stores.time.ahead = 300;

      assert.equal(await noticeRestore(parts(), false), undefined);
      assert.equal(await noticeRestore(parts(), true), undefined);
    });

    it('does not hold up a start with nothing that could be sent at once, but marks what awaits approval', async () => {
      const awaiting = await anAwaitingRequest(stores.requests);
      const running = await aRunningRequest(stores.requests);
      stores.time.ahead = 61;

      const sign = await noticeRestore(parts(), true);

      assert.equal(sign, 'long-silence');
      assert.deepEqual(await kinds(), []);
      const until = Date.parse((await markOf(awaiting.id)) ?? '');
      const now = Date.parse(await stores.requests.now());
      assert.ok(until - now > 100_000 && until - now <= 120_000);
      assert.ok((await markOf(running.id)) !== undefined);
    });

    it('leaves every request unchecked, its end too, until Defender was asked', async () => {
      const [asked, denied] = [
        await anAwaitingRequest(stores.requests),
        await anAwaitingRequest(stores.requests),
      ];
      stores.time.ahead = 61;
      await noticeRestore(parts(), true);
      const marks = createLookFirst(database.sql);

      await marks.done(asked.id, (await markOf(asked.id)) ?? '');
      await stores.requests.apply(denied.id, { kind: 'deny-clicked', by: sam, comment: 'No' });

      assert.equal((await stores.requests.byId(asked.id))?.unchecked, undefined);
      const end = await stores.requests.byId(denied.id);
      assert.deepEqual([end?.state.status, end?.unchecked], ['denied', true]);
    });

    it('holds up submission until Defender was asked for all that could be sent, then lets it go on', async () => {
      const [one, other] = [
        await anApprovedRequest(stores.requests),
        await anApprovedRequest(stores.requests),
      ];
      stores.time.ahead = 61;
      await noticeRestore(parts(), true);
      const marks = createLookFirst(database.sql);

      await marks.done(one.id, (await markOf(one.id)) ?? '');
      const early = await endRestorePause(parts());
      await marks.done(other.id, (await markOf(other.id)) ?? '');
      const late = await endRestorePause(parts());

      assert.deepEqual([early, late], [false, true]);
      assert.deepEqual(await kinds(), []);
    });

    it('does not hold up the others for ever when nobody can ask for one of them', async () => {
      await anApprovedRequest(stores.requests);
      stores.time.ahead = 61;
      await noticeRestore(parts(), true);
      stores.time.ahead += 120 + 901;

      assert.equal(await endRestorePause(parts()), true);
    });

    it('keeps a later mark when an earlier one is settled', async () => {
      const { id } = await anApprovedRequest(stores.requests);
      stores.time.ahead = 61;
      await noticeRestore(parts(), true);
      const first = (await markOf(id)) ?? '';
      stores.time.ahead = 90;
      await noticeRestore(parts('another place'), true);

      await createLookFirst(database.sql).done(id, first);

      assert.ok(((await markOf(id)) ?? '') > first);
    });

    it('leaves an administrator’s pause alone', async () => {
      await pauses().set({ kind: 'administrator', reason: 'maintenance', by: 'root' });

      assert.equal(await endRestorePause(parts()), false);
      assert.deepEqual(await kinds(), ['administrator']);
    });

    it('has an identity that stays the same from one look to the next', async () => {
      assert.equal(await readIdentity(database), await readIdentity(database));
    });
  });
}
