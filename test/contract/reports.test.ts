import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Event } from '../../src/containment/event.ts';
import { type RequestId, parseDeviceId } from '../../src/containment/ids.ts';
import type { Place } from '../../src/containment/request.ts';
import { type Label, type State, filedStatusOf, labelOf, openStatuses } from '../../src/containment/state.ts';
import type { Database } from '../../src/store/database-port.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { DatabaseClock } from '../../src/store/now.ts';
import { type Report, createReports } from '../../src/store/reports.ts';
import type { NewRequest } from '../../src/store/create-request.ts';
import { createRequestStore } from '../../src/store/requests.ts';
import { aNewRequest } from '../support/new-requests.ts';
import { aMachineAction, alex, riley, sam } from '../support/requests.ts';
import { requestStates } from '../support/request-states.ts';
import { databases } from './databases.ts';

const day = 86_400;
const start = Date.parse('2026-11-23T03:00:00.000Z');
const device = { name: 'ws-finance-017', osPlatform: 'Windows11' };
const succeeded = (id: RequestId) => aMachineAction({ id: `action-of-${id}`, status: 'Succeeded' });

for (const { name, open } of databases) {
  describe(`the report of a conversation on ${name}`, () => {
    let database: Database;
    let seconds: number;
    let tenantId: string;
    let place: Place;
    before(async () => {
      database = await open();
      await migrate(database);
    });
    after(() => database.close());
    beforeEach(() => {
      seconds = 0;
      tenantId = randomUUID();
      const conversation = `19:${randomUUID()}@thread.tacv2`;
      place = { conversation, thread: `${conversation};messageid=1`, kind: 'channel' };
    });

    /** Seconds after the start, by the clock of the database. */
    const clock: DatabaseClock = () =>
      sql<Date>`${new Date(start + seconds * 1_000).toISOString()}::timestamptz`;
    const store = () => createRequestStore({ sql: database.sql, clock, enqueue: () => Promise.resolve() });

    async function ask(at: number, given: Partial<NewRequest> = {}): Promise<RequestId> {
      seconds = at;
      const deviceId = parseDeviceId(randomUUID().replaceAll('-', '').padEnd(40, '0')) ?? assert.fail();
      const made = await store().create(aNewRequest({ tenantId, place, deviceId, ...given }));
      return made.kind === 'created' ? made.request.id : assert.fail(made.kind);
    }

    async function happen(at: number, id: RequestId, event: Event): Promise<void> {
      seconds = at;
      const applied = await store().apply(id, event);
      assert.equal(applied?.refusal, undefined, event.kind);
    }

    async function approve(at: number, id: RequestId, clickId = 'clk_1'): Promise<void> {
      await happen(at, id, { kind: 'approve-clicked', by: alex, clickId });
      await happen(at + 2, id, { kind: 'approve-verified', clickId, device });
    }

    const reportAt = (at: number, period = 7 * day): Promise<Report> => {
      seconds = at;
      return createReports({ sql: database.sql, clock }).of({
        tenantId,
        conversation: place.conversation,
        seconds: period,
      });
    };

    it('is of nothing where nobody asked, and says of which time', async () => {
      const { labels, ...rest } = await reportAt(60);

      assert.equal(labels.size, 0);
      assert.deepEqual(rest, {
        from: '2026-11-16T03:01:00.000Z',
        to: '2026-11-23T03:01:00.000Z',
        requests: 0,
        restrictions: 0,
        lifts: 0,
        open: 0,
        newer: 0,
        decision: undefined,
        containment: undefined,
      });
    });

    it('of one request has that one as both percentiles', async () => {
      const id = await ask(0);
      await approve(90, id);
      await happen(95, id, {
        kind: 'action-found',
        machineAction: aMachineAction({ id: `action-of-${id}` }),
      });
      await happen(400, id, { kind: 'action-observed', machineAction: succeeded(id) });

      const report = await reportAt(500);

      assert.deepEqual(report.labels, new Map([['Succeeded', 1]]));
      assert.deepEqual([report.requests, report.restrictions, report.lifts, report.open], [1, 1, 0, 0]);
      assert.deepEqual(report.decision, { samples: 1, p50: 90, p95: 90 });
      assert.deepEqual(report.containment, { samples: 1, p50: 400, p95: 400 });
    });

    it('takes the approval that held, not the one before it that was void', async () => {
      const id = await ask(0);
      await approve(60, id);
      const void_ = { kind: 'attempt-void', attemptId: 'att_1', why: { code: 'not-permitted' } } as const;
      const deadline = new Date(start + 90_000).toISOString();
      await happen(63, id, { kind: 'attempt-started', attemptId: 'att_1', deadline });
      await happen(64, id, void_);
      const between = await reportAt(100);
      await approve(300, id, 'clk_2');

      const report = await reportAt(400);

      assert.deepEqual([between.decision, between.open], [undefined, 1]);
      assert.deepEqual(report.decision, { samples: 1, p50: 300, p95: 300 });
      assert.deepEqual(report.labels, new Map([['Approved', 1]]));
    });

    it('takes a denial for a decision, but no expiry and no withdrawal of what nobody had decided', async () => {
      const [denied, expired, withdrawn, stopped] = [await ask(0), await ask(0), await ask(0), await ask(0)];
      await happen(40, denied, { kind: 'deny-clicked', by: sam, comment: 'Known good' });
      await happen(50, withdrawn, { kind: 'cancel-clicked', by: riley, comment: 'Wrong device' });
      await approve(80, stopped);
      await happen(90, stopped, { kind: 'cancel-clicked', by: riley, comment: 'Wrong device' });
      await happen(5 * 3_600, expired, { kind: 'time-passed' });

      const report = await reportAt(6 * 3_600);

      assert.deepEqual(
        report.labels,
        new Map([
          ['Denied', 1],
          ['Expired', 1],
          ['Withdrawn', 2],
        ]),
      );
      assert.deepEqual(report.decision, { samples: 2, p50: 60, p95: 78 });
      assert.deepEqual([report.containment, report.open], [undefined, 0]);
    });

    it('knows containment only of restrictions that succeeded', async () => {
      const lift = await ask(0, { action: 'unrestrict' });
      const failure = await ask(0);
      for (const [id, status] of [
        [lift, 'Succeeded'],
        [failure, 'Failed'],
      ] as const) {
        await approve(30, id);
        await happen(70, id, { kind: 'action-found', machineAction: aMachineAction({ id, status }) });
      }

      const report = await reportAt(100);

      assert.deepEqual([report.requests, report.restrictions, report.lifts], [2, 1, 1]);
      assert.deepEqual(report.decision, { samples: 2, p50: 30, p95: 30 });
      assert.equal(report.containment, undefined);
    });

    it('covers the threads of this conversation and tenant, and of that time alone', async () => {
      const other = `19:${randomUUID()}@thread.tacv2`;
      await ask(-1);
      await ask(0, { place: { ...place, thread: `${place.conversation};messageid=2` } });
      await ask(10);
      await ask(10, { place: { ...place, conversation: other, thread: other } });
      await ask(10, { tenantId: randomUUID() });

      const report = await reportAt(3_600, 3_600);

      assert.deepEqual([report.requests, report.open], [2, 2]);
    });

    /** Puts a state into a row as it stands, with what files it. */
    async function put(id: RequestId, state: State): Promise<void> {
      const filed = { status: filedStatusOf(state), state: JSON.stringify(state) };
      await database.sql.updateTable('requests').set(filed).where('id', '=', id).execute();
    }

    it('counts every state under the label of its card', async () => {
      const states = Object.values(requestStates).map(({ state }) => state);
      const expected = new Map<Label, number>();
      for (const state of states) {
        await put(await ask(0), state);
        expected.set(labelOf(state), (expected.get(labelOf(state)) ?? 0) + 1);
      }

      const report = await reportAt(60);

      assert.deepEqual(report.labels, expected);
      assert.equal(report.requests, states.length);
      assert.equal(
        report.open,
        states.filter((state) => openStatuses.some((status) => status === filedStatusOf(state))).length,
      );
    });

    it('counts what a newer program wrote by its status alone', async () => {
      const [known, denied, ended] = [await ask(0), await ask(0), await ask(0)];
      await happen(40, known, { kind: 'deny-clicked', by: sam, comment: 'Known good' });
      const strange = {
        status: 'ended',
        endedAt: 'soon',
        approval: { at: 17 },
        machineAction: ['Succeeded'],
      };
      for (const [id, status] of [
        [denied, 'denied'],
        [ended, 'ended'],
      ] as const) {
        const newer = { status, state: JSON.stringify(strange), state_format: 99 };
        await database.sql.updateTable('requests').set(newer).where('id', '=', id).execute();
      }

      const report = await reportAt(60);

      assert.deepEqual([report.requests, report.newer], [3, 2]);
      assert.deepEqual(report.labels, new Map([['Denied', 2]]));
      assert.deepEqual(report.decision, { samples: 1, p50: 40, p95: 40 });
    });

    it('of 10,000 requests is counted by the database', async () => {
      const id = await ask(0);
      await approve(1, id);
      await happen(3, id, { kind: 'action-found', machineAction: succeeded(id) });
      await sql`
        insert into requests (id, tenant_id, number, action, device_id, reason, requestor, conversation, thread,
          place_kind, source_activity, status, state, revision, created_at, expires_at, changed_at)
        select id || n, tenant_id, number + n, action, device_id, reason, requestor, conversation, thread,
          place_kind, source_activity || n, status,
          state || jsonb_build_object(
            'approval', state->'approval' || jsonb_build_object('at', created_at + n * interval '1 second'),
            'endedAt', created_at + 2 * n * interval '1 second'),
          revision, created_at, expires_at, changed_at
        from requests, generate_series(2, 10000) as n where id = ${id}`.execute(database.sql);

      const report = await reportAt(3_600);

      assert.deepEqual(report.labels, new Map([['Succeeded', 10_000]]));
      assert.deepEqual(report.decision, { samples: 10_000, p50: 5_000.5, p95: 9_500.05 });
      assert.equal(report.containment?.samples, 10_000);
      assert.ok(Math.abs(report.containment.p95 - 19_000.1) < 0.1);
    });
  });
}
