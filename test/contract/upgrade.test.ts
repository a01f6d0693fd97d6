import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { genesis, hashOf } from '../../src/audit/chain.ts';
import type { Event } from '../../src/containment/event.ts';
import { parseRequestId } from '../../src/containment/ids.ts';
import { type MachineAction, labelOf } from '../../src/containment/state.ts';
import type { Database } from '../../src/store/database-port.ts';
import { migrate, readSchemaVersions } from '../../src/store/migrate.ts';
import { readUnfinished } from '../../src/store/unfinished.ts';
import { resetTo } from '../support/database-copy.ts';
import { aNewRequest } from '../support/new-requests.ts';
import { aMachineAction, alex, riley, sam } from '../support/requests.ts';
import { anApprovedRequest } from '../support/running-request.ts';
import { migrationsOfNext } from '../support/schema-folders.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const recorded = readFileSync(new URL('./recorded/schema-1.sql', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('insert'));
/** A little after the recording, by which the clock of the stores goes. */
const recordedAt = Date.parse('2026-11-23T23:40:00.000Z');

const idOf = (name: string) => parseRequestId(`req_${name}`.padEnd(26, '_')) ?? assert.fail(name);

/** What Defender says of the action of the request with that number. */
const seen = (number: number, given: Partial<MachineAction> = {}): Event => ({
  kind: 'action-observed',
  machineAction: aMachineAction({ id: `action-${number}`, status: 'Succeeded', ...given }),
});
const device = { name: 'ws-finance-017', osPlatform: 'Windows11' };
const hold = { reason: 'Maintenance', since: '2026-11-23T23:41:00.000Z' };
const cancelled = { kind: 'cancel-clicked', by: alex, comment: 'Wrong device' } as const;

/** What comes next for each state that the program of schema 1 left behind, and the label after it. */
const goesOn: Readonly<Record<string, readonly [Event, string]>> = {
  awaiting: [{ kind: 'approve-clicked', by: alex, clickId: 'clk_new' }, 'Awaiting approval'],
  'awaiting-click': [{ kind: 'approve-verified', clickId: 'clk_2', device }, 'Approved'],
  'awaiting-voided': [{ kind: 'deny-clicked', by: sam, comment: 'No' }, 'Denied'],
  denied: [{ kind: 'approve-clicked', by: alex, clickId: 'clk_late' }, 'Denied'],
  expired: [{ kind: 'approve-clicked', by: alex, clickId: 'clk_late' }, 'Expired'],
  withdrawn: [{ kind: 'deny-clicked', by: sam, comment: 'No' }, 'Withdrawn'],
  approved: [
    { kind: 'attempt-started', attemptId: 'att_1', deadline: '2026-11-23T23:50:00.000Z' },
    'Submitting',
  ],
  submitting: [{ kind: 'action-found', machineAction: aMachineAction() }, 'Pending'],
  'submitting-postponed': [
    { kind: 'attempt-started', attemptId: 'att_2', deadline: '2026-11-23T23:50:00.000Z' },
    'Submitting',
  ],
  'submitting-unclear': [{ kind: 'action-found', machineAction: aMachineAction() }, 'Pending'],
  pending: [seen(11), 'Succeeded'],
  'in-progress': [seen(12), 'Succeeded'],
  followed: [seen(13, { ours: false }), 'Succeeded'],
  'cancel-asked': [{ kind: 'cancel-accepted', by: sam }, 'Pending'],
  'cancel-accepted': [seen(15, { status: 'Cancelled' }), 'Cancelled'],
  unconfirmed: [seen(16), 'Succeeded'],
  succeeded: [cancelled, 'Succeeded'],
  failed: [cancelled, 'Failed'],
  timeout: [cancelled, 'Timed out'],
  cancelled: [cancelled, 'Cancelled'],
  'outcome-unknown': [{ kind: 'action-found', machineAction: aMachineAction() }, 'Pending'],
  refused: [{ kind: 'close-clicked', by: sam, comment: 'Done by hand' }, 'Needs attention'],
  'not-onboarded': [{ kind: 'close-clicked', by: sam, comment: 'Done by hand' }, 'Needs attention'],
};

for (const { name, open } of databases) {
  describe(`a database of schema 1 on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    const asLeft = new Map<string, unknown>();
    before(async () => {
      database = await open();
      await resetTo(database, 1);
      for (const line of recorded) await sql.raw(line.replace(/;$/, '')).execute(database.sql);
      const rows = await database.sql.selectFrom('requests').select(['id', 'state', 'revision']).execute();
      for (const { id, state, revision } of rows) asLeft.set(id, { state, revision });
      stores = await openStores(database);
      stores.time.ahead = (recordedAt - Date.now()) / 1_000;
    });
    after(() => database.close());

    it('is brought to the schema of this program, with every row as it was', async () => {
      const { applied, known } = await readSchemaVersions(database.sql);
      assert.equal(applied, known);
      const rows = await database.sql
        .selectFrom('requests')
        .select(['id', 'state', 'revision', 'hold', 'state_format', 'look_first_until'])
        .execute();
      assert.deepEqual(rows.map(({ id }) => id).sort(), Object.keys(goesOn).map(idOf).sort());
      for (const { id, state, revision, ...added } of rows) {
        assert.deepEqual({ state, revision }, asLeft.get(id), id);
        assert.deepEqual(added, { hold: null, state_format: 1, look_first_until: null }, id);
      }
    });

    it('keeps its audit chains whole', async () => {
      const rows = await database.sql.selectFrom('audit_records').selectAll().orderBy('position').execute();
      const heads = new Map<string, string>();
      for (const { chain, position, at, record, hash } of rows) {
        const previous = heads.get(chain) ?? genesis;
        assert.equal(hash, hashOf({ chain, position, at: at.toISOString(), record, previous }));
        heads.set(chain, hash);
      }
      assert.equal(heads.size, Object.keys(goesOn).length);
    });

    it('has exactly its open and untold requests taken up again', async () => {
      const ids = (await readUnfinished(database.sql, stores.clock)).map(({ id }) => id);

      for (const open of [
        'awaiting',
        'awaiting-click',
        'approved',
        'submitting',
        'pending',
        'outcome-unknown',
      ]) {
        assert.ok(ids.includes(idOf(open)), open);
      }
    });

    it('shows a pause on what was not submitted, and takes it off again', async () => {
      for (const request of ['awaiting', 'approved', 'submitting-postponed']) {
        const held = await stores.requests.apply(idOf(request), { kind: 'submission-paused', hold });
        assert.deepEqual(held?.request.hold, hold, request);
        const freed = await stores.requests.apply(idOf(request), { kind: 'submission-resumed' });
        assert.equal(freed?.request.hold, undefined, request);
      }
      const running = await stores.requests.apply(idOf('pending'), { kind: 'submission-paused', hold });
      assert.equal(running?.request.hold, undefined);
    });

    for (const [state, [event, label]] of Object.entries(goesOn)) {
      it(`goes on with what was ${state}: ${event.kind} makes it ${label}`, async () => {
        const decision = await stores.requests.apply(idOf(state), event);

        assert.equal(decision && labelOf(decision.request.state), label);
        const stored = await stores.requests.byId(idOf(state));
        assert.equal(stored && labelOf(stored.state), label);
      });
    }

    it('still refuses a second wish for what was open before', async () => {
      const first = await stores.requests.byId(idOf('outcome-unknown'));
      assert.ok(first);
      const { tenantId, deviceId, place, action, number } = first;

      const again = await stores.requests.create(
        aNewRequest({ tenantId, deviceId, place, action, requestor: riley }),
      );

      assert.deepEqual(again, { kind: 'already-open', id: first.id, number });
    });
  });

  describe(`a program beside the next version on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    let next: Awaited<ReturnType<typeof migrationsOfNext>>;
    before(async () => {
      database = await open();
      stores = await openStores(database);
      next = await migrationsOfNext();
    });
    after(async () => {
      await next.remove();
      await database.close();
    });

    it('goes on with its requests when the schema changes under it', async () => {
      const { id } = await anApprovedRequest(stores.requests);

      await Promise.all([migrate(database, next.url), migrate(database, next.url)]);
      const decision = await stores.requests.apply(id, {
        kind: 'action-found',
        machineAction: aMachineAction(),
      });
      const other = await stores.requests.create(aNewRequest());

      assert.equal(decision?.request.state.status, 'running');
      assert.equal(other.kind, 'created');
      const added = await sql<{ severity: string | null }>`select severity from requests`.execute(
        database.sql,
      );
      assert.deepEqual(added.rows, [{ severity: null }, { severity: null }]);
    });

    it('is refused at its next start, and changes nothing', async () => {
      await assert.rejects(migrate(database), /schema version 9000, this program knows \d+: start the newer/);

      assert.equal((await readSchemaVersions(database.sql)).applied, 9000);
    });
  });
}
