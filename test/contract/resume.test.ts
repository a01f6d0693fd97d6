import assert from 'node:assert/strict';
import type { RequestId } from '../../src/containment/ids.ts';
import type { Job } from '../../src/jobs/effect-jobs.ts';
import { repair, resume, takeBackFromTheDead } from '../../src/jobs/resume.ts';
import type { Database } from '../../src/store/database-port.ts';
import { recordDeadJob } from '../../src/store/dead-jobs.ts';
import { alex, sam } from '../support/requests.ts';
import { aRunningRequest, anApprovedRequest, anAwaitingRequest } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`a start after a kill on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());

    /** The jobs that a start queues again for one request. */
    async function jobsFor(id: RequestId, begin = resume): Promise<readonly string[]> {
      const jobs: string[] = [];
      const queue = {
        resend: (sent: readonly Job[]) => {
          for (const { name: job, payload } of sent.filter((one) => one.payload.requestId === id)) {
            const about = payload.clickId ?? payload.about;
            jobs.push(about === undefined ? job : `${job} ${about}`);
          }
          return Promise.resolve();
        },
      };
      await takeBackFromTheDead({ database, clock: stores.clock });
      await begin({ database, clock: stores.clock, queue });
      return jobs;
    }

    it('shows the card of every open request, checks the clicks that wait, and ends its time', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      await stores.requests.apply(id, { kind: 'approve-clicked', by: alex, clickId: 'clk-1' });
      await stores.requests.apply(id, { kind: 'approve-clicked', by: sam, clickId: 'clk-2' });

      assert.deepEqual(await jobsFor(id), [
        'sync-card',
        'check-approval clk-1',
        'check-approval clk-2',
        'expire',
      ]);
    });

    it('submits what is approved, or was being submitted', async () => {
      const approved = await anApprovedRequest(stores.requests);
      const begun = await anApprovedRequest(stores.requests);
      const deadline = await stores.requests.now();
      await stores.requests.apply(begun.id, { kind: 'attempt-started', attemptId: 'att', deadline });

      assert.deepEqual(await jobsFor(approved.id), ['sync-card', 'submit']);
      assert.deepEqual(await jobsFor(begun.id), ['sync-card', 'submit']);
    });

    it('cancels what somebody wished cancelled, and looks at what runs', async () => {
      const running = await aRunningRequest(stores.requests);
      await database.sql
        .updateTable('tracked_actions')
        .set({ next_look_at: '2100-01-01T00:00:00Z' })
        .where('request_id', '=', running.id)
        .execute();
      await stores.requests.apply(running.id, { kind: 'cancel-clicked', by: alex, comment: 'wrong' });

      assert.deepEqual(await jobsFor(running.id), ['sync-card', 'cancel-action']);
      const due = (await stores.tracked.takeDue(0, 45)).map((action) => action.requestId);
      // Where other processes may be alive, what one of them has taken stays theirs until its lease ends.
      assert.equal(due.includes(running.id), database.exclusive);
    });

    it('tells the end of a request that the thread was not told, and shows it', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      await stores.requests.apply(id, { kind: 'deny-clicked', by: sam, comment: 'no' });

      assert.deepEqual(await jobsFor(id), ['sync-card', 'notify Denied']);
    });

    it('tells that a request was closed, also when it was told before that it needs attention', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      const device = { osPlatform: 'macOS' };
      const stopped = await stores.requests.apply(id, { kind: 'device-read', device });
      await stores.cards.givenUp(id, 100);
      await stores.cards.told(id, stopped?.now ?? '');
      const before = await jobsFor(id);

      await stores.requests.apply(id, { kind: 'close-clicked', by: sam, comment: 'Unplugged' });

      assert.deepEqual(before, []);
      assert.deepEqual(await jobsFor(id), ['notify Needs attention']);
    });

    it('leaves alone what has ended, is shown and was told', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      const decision = await stores.requests.apply(id, { kind: 'deny-clicked', by: sam, comment: 'no' });
      const { request, now } = decision ?? assert.fail();
      const card = await stores.cards.hold(id);
      await stores.cards.shown(id, card?.holder ?? '', {
        activityId: 'activity',
        revision: request.revision,
        picture: 'p',
        standing: 's',
      });
      await stores.cards.told(id, now);

      assert.deepEqual(await jobsFor(id), []);
    });

    it('leaves alone a card that Teams will not take, until there is something new to show', async () => {
      const { id, revision } = await anAwaitingRequest(stores.requests);
      await stores.cards.givenUp(id, revision);
      const before = await jobsFor(id);
      await stores.requests.apply(id, { kind: 'deny-clicked', by: sam, comment: 'no' });

      assert.deepEqual(before, ['expire']);
      assert.deepEqual(await jobsFor(id), ['sync-card', 'notify Denied']);
    });

    it('tries again what failed too often, which the look in between does not', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      const denied = await stores.requests.apply(id, { kind: 'deny-clicked', by: sam, comment: 'no' });
      const requestRevision = denied?.request.revision ?? 0;
      const dead = {
        id: `dead of ${id}`,
        job: 'notify',
        requestId: id,
        requestRevision,
        failure: 'failed',
      } as const;
      await database.sql.transaction().execute((tx) => recordDeadJob(tx, stores.clock, dead));

      assert.deepEqual(await jobsFor(id, repair), ['sync-card']);
      assert.deepEqual(await jobsFor(id), ['sync-card', 'notify Denied']);
    });

    it('happens in turns where there are several processes, so that none doubles the jobs of another', async () => {
      if (database.exclusive) return;
      let [atOnce, most] = [0, 0];
      const queue = {
        resend: async () => {
          atOnce += 1;
          most = Math.max(most, atOnce);
          await stores.requests.now();
          atOnce -= 1;
        },
      };

      await Promise.all(
        [resume, repair, repair].map((look) => look({ database, clock: stores.clock, queue })),
      );

      assert.equal(most, 1);
    });

    it('leaves alone after a week what nobody could be shown or told', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      await stores.requests.apply(id, { kind: 'deny-clicked', by: sam, comment: 'no' });
      stores.time.ahead = 8 * 86_400;

      const jobs = await jobsFor(id);

      stores.time.ahead = 0;
      assert.deepEqual(jobs, []);
    });
  });
}
