import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { RequestId } from '../../src/containment/ids.ts';
import { labelOf } from '../../src/containment/state.ts';
import { type DeadLetter, createBury } from '../../src/jobs/dead-letters.ts';
import type { JobName } from '../../src/jobs/effect-jobs.ts';
import { newRequestId } from '../../src/platform/ids.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { countDeadJobs, listDeadJobs, pruneDeadJobs } from '../../src/store/dead-jobs.ts';
import type { Database } from '../../src/store/database-port.ts';
import { countRequests } from '../../src/store/request-counts.ts';
import { alex, sam } from '../support/requests.ts';
import { aRunningRequest, anApprovedRequest, anAwaitingRequest } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`dead jobs on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    let bury: ReturnType<typeof createBury>;
    const metrics = createMetrics();
    before(async () => {
      database = await open();
      stores = await openStores(database);
      bury = createBury({ ...stores, metrics, log: createLog('silent') });
    });
    beforeEach(async () => {
      stores.time.ahead = 0;
      await database.sql.deleteFrom('dead_jobs').execute();
    });
    after(() => database.close());

    const letter = (job: JobName, requestId: RequestId, more: object = {}): DeadLetter => ({
      id: randomUUID(),
      name: job,
      payload: { requestId, ...more },
      failure: 'failed',
    });
    const stateOf = async (id: RequestId) => (await stores.requests.byId(id))?.state ?? assert.fail();
    const listed = async () => (await listDeadJobs(database.sql)).map(({ job, number }) => ({ job, number }));
    const recorded = async (id: RequestId) =>
      (await database.sql.selectFrom('audit_records').select('record').where('chain', '=', id).execute())
        .map((row) => row.record as { what: string; detail?: unknown })
        .filter(({ what }) => what === 'job-given-up')
        .map(({ detail }) => detail);

    it('of a submission that sent nothing leave the request to its approver, and are listed and recorded', async () => {
      const { id, number } = await anApprovedRequest(stores.requests);

      await bury(letter('submit', id));

      const state = await stateOf(id);
      assert.equal(labelOf(state), 'Needs attention');
      assert.deepEqual(state.status === 'attention' && state.reason, { code: 'step-failed' });
      assert.deepEqual(await listed(), [{ job: 'submit', number }]);
      assert.deepEqual(await recorded(id), [{ job: 'submit', failure: 'failed' }]);
    });

    it('of a submission that may have reached Defender say that nobody knows', async () => {
      const { id } = await anApprovedRequest(stores.requests);
      const deadline = await stores.requests.now();
      await stores.requests.apply(id, { kind: 'attempt-started', attemptId: 'att', deadline });

      await bury(letter('submit', id));

      const state = await stateOf(id);
      assert.deepEqual(state.status === 'attention' && state.reason, { code: 'outcome-unknown' });
    });

    it('of a check make the click void, and of a cancellation the wish', async () => {
      const awaiting = await anAwaitingRequest(stores.requests);
      await stores.requests.apply(awaiting.id, { kind: 'approve-clicked', by: alex, clickId: 'clk' });
      const running = await aRunningRequest(stores.requests);
      await stores.requests.apply(running.id, { kind: 'cancel-clicked', by: alex, comment: 'wrong' });

      await bury(letter('check-approval', awaiting.id, { clickId: 'clk' }));
      await bury(letter('cancel-action', running.id));

      const [checked, cancelled] = [await stateOf(awaiting.id), await stateOf(running.id)];
      assert.deepEqual(checked.status === 'awaiting' && [checked.clicks, checked.voided?.why], [
        [],
        { code: 'could-not-check' },
      ]);
      assert.equal(cancelled.status === 'running' && cancelled.cancel, undefined);
    });

    it('are buried once, however often that is tried', async () => {
      const { id } = await anApprovedRequest(stores.requests);
      const dead = letter('submit', id);
      await bury(dead);
      await stores.requests.apply(id, { kind: 'retry-clicked', by: alex });

      await bury(dead);

      assert.equal((await stateOf(id)).status, 'approved');
      assert.equal((await recorded(id)).length, 1);
    });

    it('are neither recorded nor applied when the request cannot be changed', async () => {
      const { id } = await anApprovedRequest(stores.requests);
      const failing = createBury({
        ...stores,
        requests: stores.failing(),
        metrics,
        log: createLog('silent'),
      });

      await assert.rejects(failing(letter('submit', id)));

      assert.equal((await stateOf(id)).status, 'approved');
      assert.deepEqual(await listed(), []);
    });

    it('are listed no more once the request has moved on, or what they were for has come about', async () => {
      const submitted = await anApprovedRequest(stores.requests);
      await bury(letter('submit', submitted.id));
      const shown = await anAwaitingRequest(stores.requests);
      await bury(letter('sync-card', shown.id));
      await bury(letter('expire', newRequestId()));
      assert.deepEqual(
        await countDeadJobs(database.sql),
        new Map(Object.entries({ submit: 1, 'sync-card': 1, expire: 1 })),
      );

      await stores.requests.apply(submitted.id, { kind: 'close-clicked', by: sam, comment: 'seen to' });
      const card = (await stores.cards.hold(shown.id)) ?? assert.fail();
      await stores.cards.shown(shown.id, card.holder, {
        activityId: 'a',
        revision: 1,
        picture: '',
        standing: '',
      });

      assert.deepEqual(await listed(), [{ job: 'expire', number: undefined }]);
    });

    it('are forgotten with that, and after thirty days', async () => {
      const { id } = await anApprovedRequest(stores.requests);
      await bury(letter('submit', id));
      await bury(letter('tell', newRequestId()));
      await stores.requests.apply(id, { kind: 'retry-clicked', by: alex });
      const left = async () => {
        await pruneDeadJobs(database.sql, stores.clock);
        return (await database.sql.selectFrom('dead_jobs').select('job').execute()).map(({ job }) => job);
      };

      assert.deepEqual(await left(), ['tell']);
      stores.time.ahead = 31 * 86_400;
      assert.deepEqual(await left(), []);
    });

    it('show in the counts of requests that need attention until they are closed', async () => {
      const before = await countRequests(database.sql);
      const { id } = await anApprovedRequest(stores.requests);
      await bury(letter('submit', id));
      const during = await countRequests(database.sql);
      await stores.requests.apply(id, { kind: 'close-clicked', by: sam, comment: 'seen to' });
      const afterwards = await countRequests(database.sql);

      const { needAttention, open: openThen } = before;
      assert.equal(during.needAttention, needAttention + 1);
      assert.equal(during.open.get('unclear'), (openThen.get('unclear') ?? 0) + 1);
      assert.equal(afterwards.needAttention, needAttention);
    });
  });
}
