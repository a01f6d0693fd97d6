import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { membersOf } from '../../src/containment/batch.ts';
import type { Job } from '../../src/jobs/effect-jobs.ts';
import { resume } from '../../src/jobs/resume.ts';
import type { Database } from '../../src/store/database-port.ts';
import { listDeadJobs, recordDeadJob } from '../../src/store/dead-jobs.ts';
import { createDigests } from '../../src/store/digest.ts';
import { createReports } from '../../src/store/reports.ts';
import { createRequestLists } from '../../src/store/request-lists.ts';
import { readUnfinished } from '../../src/store/unfinished.ts';
import { createBatchPlay, idOf } from '../support/batch-play.ts';
import { aMachineAction, riley, sam } from '../support/requests.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`several devices in one request, as they are read on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());

    const { asked, three, onCard, press, verify, succeed } = createBatchPlay(() => stores.requests);

    it('are one line in lists, and each has its history', async () => {
      const request = await three();
      const here = { tenantId: request.tenantId, conversation: request.place.conversation };
      const lists = createRequestLists(stores);
      const page = { offset: 0, limit: 8 };
      const waiting = await lists.waiting(here, page);
      assert.deepEqual([waiting.total, waiting.requests.length], [1, 1]);
      const found = await lists.byNumber(here, request.number);
      assert.ok(found !== undefined && found !== 'newer');
      assert.equal(found.request.members?.length, 3);

      await press(request.id, 'clk');
      for (const { id } of membersOf(request).slice(0, 2)) {
        await verify(id, 'clk');
        await succeed(id);
      }

      const still = await lists.waiting(here, page);
      assert.deepEqual([still.total, still.requests[0]?.deviceId], [1, idOf(2)]);
      const history = await lists.ofDevice(here, { deviceId: idOf(1), names: [] }, page);
      assert.deepEqual(
        history.requests.map(({ number, state }) => [number, state.status]),
        [[request.number, 'ended']],
      );
      assert.equal((await lists.inForce(here, page)).total, 2);
      const digest = await createDigests(stores).read(here, 3_600);
      assert.deepEqual([digest.awaiting.total, digest.running.total, digest.inForce.total], [1, 0, 2]);
      const report = await createReports(stores).of({ ...here, seconds: 3_600 });
      assert.deepEqual([report.requests, [...report.labels]], [1, [['Awaiting approval', 1]]]);
    });

    it('are in the handover with what failed on one of them, however long the others go on', async () => {
      const request = await three();
      const here = { tenantId: request.tenantId, conversation: request.place.conversation };
      await press(request.id, 'clk');
      for (const { id } of membersOf(request)) await verify(id, 'clk');
      const { id: failing } = membersOf(request)[1] ?? assert.fail();
      const machineAction = aMachineAction({ id: 'action-that-fails' });
      await stores.requests.apply(failing, { kind: 'action-found', machineAction });
      await stores.requests.apply(failing, {
        kind: 'action-observed',
        machineAction: { ...machineAction, status: 'Failed' },
      });

      const digest = await createDigests(stores).read(here, 3_600);
      assert.deepEqual([digest.running.total, digest.failed.total], [1, 1]);
      assert.equal(digest.failed.requests[0]?.id, failing);
    });

    it('have their work and their card found after a kill', async () => {
      const request = await three();
      await press(request.id, 'clk');
      for (const { id } of membersOf(request)) await verify(id, 'clk');
      const ids = membersOf(request).map(({ id }) => id);
      const unfinished = async () =>
        (await readUnfinished(database.sql, stores.clock)).filter(({ id }) => ids.includes(id));
      assert.deepEqual((await unfinished()).map(({ state, isShown }) => [state.status, isShown]).toSorted(), [
        ['approved', false],
        ['approved', true],
        ['approved', true],
      ]);

      for (const id of ids) await succeed(id);
      const left = await unfinished();
      assert.deepEqual(
        left.map(({ id, isTold }) => [id, isTold]),
        [[request.id, false]],
      );
      const { revision, ...ended } = await onCard(request.id);
      const { holder = '' } = (await stores.cards.hold(request.id)) ?? {};
      await stores.cards.shown(request.id, holder, {
        activityId: '1',
        revision,
        picture: 'p',
        standing: 's',
      });
      const [row] = await database.sql
        .selectFrom('cards')
        .select('due_end')
        .where('request_id', '=', ended.id)
        .execute();
      await stores.cards.told(request.id, row?.due_end ?? assert.fail());
      assert.deepEqual(await unfinished(), []);
    });

    it('stay behind what single requests wait for, also after a kill', async () => {
      const request = await three();
      await press(request.id, 'clk');
      const [first, second, third] = membersOf(request);
      assert.ok(first && second && third);
      await verify(second.id, 'clk');
      const sent: Job[] = [];
      const queue = {
        resend: (jobs: readonly Job[]) => {
          sent.push(...jobs);
          return Promise.resolve();
        },
      };
      await resume({ database, clock: stores.clock, queue });

      const jobs = sent.filter(({ name: job }) => job === 'check-approval' || job === 'submit');
      const behind = new Map(jobs.map(({ payload }) => [payload.requestId, payload.behind]));
      assert.deepEqual(
        [first, second, third].map(({ id }) => behind.get(id)),
        [undefined, 1, 2],
      );
    });

    it('have an edit of their card that died told of, until the card shows them all', async () => {
      const request = await three();
      const { revision: requestRevision } = (await stores.requests.byId(request.id)) ?? assert.fail();
      const { holder = '' } = (await stores.cards.hold(request.id)) ?? {};
      await stores.cards.shown(request.id, holder, {
        activityId: '1',
        revision: request.revision,
        picture: 'p',
        standing: 's',
      });
      const [, second] = membersOf(request);
      await stores.requests.apply(second?.id ?? assert.fail(), {
        kind: 'approve-clicked',
        by: sam,
        clickId: 'clk',
      });
      const dead = { id: randomUUID(), job: 'sync-card', requestId: request.id, requestRevision } as const;
      await database.sql
        .transaction()
        .execute((tx) => recordDeadJob(tx, stores.clock, { ...dead, failure: 'failed' }));
      const listed = async () =>
        (await listDeadJobs(database.sql)).filter(({ number }) => number === request.number).length;
      assert.equal(await listed(), 1);

      const { revision } = await onCard(request.id);
      const { holder: again = '' } = (await stores.cards.hold(request.id)) ?? {};
      await stores.cards.shown(request.id, again, { activityId: '1', revision, picture: 'q', standing: '' });
      assert.equal(await listed(), 0);
    });

    it('are left alone by an older program', async () => {
      const request = await three();
      const rows = await database.sql
        .selectFrom('requests')
        .select('state_format')
        .where('lead', '=', request.id)
        .execute();
      assert.deepEqual(
        rows,
        Array.from({ length: 3 }, () => ({ state_format: 7 })),
      );
    });

    it('are fifty in one request, asked for and denied within a turn', async function () {
      this.timeout(30_000);
      const devices = Array.from({ length: 50 }, (_, index) => ({ deviceId: idOf(index) }));
      const request = await asked(devices, { requestor: riley, sourceActivity: randomUUID() });
      assert.equal(membersOf(request).length, 50);
      const started = performance.now();
      await press(request.id, 'clk');
      assert.ok(performance.now() - started < 4_000, `${performance.now() - started} ms`);
    });
  });
}
