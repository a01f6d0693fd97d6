import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { PgBoss } from 'pg-boss';
import type { DeadLetter } from '../../src/jobs/dead-letters.ts';
import type { JobName, JobPayload } from '../../src/jobs/effect-jobs.ts';
import { jobNames } from '../../src/jobs/effect-jobs.ts';
import { createJobQueue } from '../../src/jobs/queue.ts';
import type { JobHandlers } from '../../src/jobs/run-job.ts';
import { ChatError } from '../../src/jobs/ports.ts';
import { createLog } from '../../src/platform/log.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import type { Database } from '../../src/store/database-port.ts';
import { createRequestStore } from '../../src/store/requests.ts';
import { sam } from '../support/requests.ts';
import { anAwaitingRequest } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

/** As an earlier program left it, which tried again for hours only. */
async function haveOldQueue(database: Database): Promise<void> {
  const boss = new PgBoss({
    ...database.jobEngine,
    schema: 'cordon_jobs',
    schedule: false,
    supervise: false,
  });
  await boss.start();
  await boss.createQueue('sync-card', { retryLimit: 1_000 });
  await boss.stop({ graceful: false });
}

for (const { name, open } of databases) {
  describe(`the job queue on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    let queue: ReturnType<typeof createJobQueue>;
    const ran: { readonly name: JobName; readonly payload: JobPayload }[] = [];
    const buried: DeadLetter[] = [];
    let behave: (job: JobName, payload: JobPayload) => { againInSeconds: number } | undefined = () =>
      undefined;
    let wake: () => void = () => undefined;

    before(async () => {
      database = await open();
      stores = await openStores(database);
      await haveOldQueue(database);
      queue = createJobQueue({
        database,
        log: createLog('fatal'),
        metrics: createMetrics(),
        patience: { retryLimit: 2, retryDelay: 1, retryDelayMax: 1 },
      });
      const handlers = Object.fromEntries(
        jobNames.map((job) => [
          job,
          async (payload: JobPayload) => {
            ran.push({ name: job, payload });
            wake();
            return Promise.resolve(behave(job, payload));
          },
        ]),
      ) as unknown as JobHandlers;
      await queue.start(handlers, (letter) => {
        buried.push(letter);
        wake();
        return Promise.resolve();
      });
    });
    after(async () => {
      await queue.stop();
      await database.close();
    });

    const store = () =>
      createRequestStore({ sql: database.sql, clock: stores.clock, enqueue: queue.enqueue });

    /** Waits until the jobs that have run are as wished; each job that runs asks again. */
    async function until(done: () => boolean): Promise<void> {
      while (!done()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    /** Jobs of the request's submission that have not begun. */
    const waiting = async (id: string, name: JobName = 'submit') => {
      const { rows } = await sql`
        select id from cordon_jobs.job
        where name = ${name} and state < 'active' and data->>'requestId' = ${id}`.execute(database.sql);
      return rows.length;
    };
    const runs = (id: string, job: JobName) =>
      ran.filter((one) => one.payload.requestId === id && one.name === job);

    it('runs what was written with the state, and nothing before its time', async () => {
      const { id } = await anAwaitingRequest(store());

      await until(() => runs(id, 'sync-card').length > 0 && runs(id, 'look-up-device').length > 0);

      assert.equal(runs(id, 'expire').length, 0);
    });

    it('runs a job again that was not possible yet, and one that failed', async () => {
      const { id } = await anAwaitingRequest(store());
      let tries = 0;
      behave = (job, payload) => {
        if (payload.requestId !== id || job !== 'notify') return undefined;
        tries += 1;
        if (tries === 2) throw new Error('no');
        return tries === 1 ? { againInSeconds: 0.1 } : undefined;
      };

      await store().apply(id, { kind: 'deny-clicked', by: sam, comment: 'no' });
      await until(() => runs(id, 'notify').length >= 3);

      behave = () => undefined;
      assert.deepEqual(runs(id, 'notify').at(-1)?.payload.about, 'Denied');
    });

    it('queues once what is queued again and again, and merges what comes again later', async () => {
      const request = await anAwaitingRequest(stores.requests);
      const { id } = request;
      behave = (job, payload) =>
        payload.requestId === id && job === 'submit' ? { againInSeconds: 600 } : undefined;
      const job = { name: 'submit', payload: { requestId: id } } as const;

      await queue.resend([job, job]);
      await until(() => runs(id, 'submit').length > 0);
      await database.sql.transaction().execute((tx) => queue.enqueue(tx, request, [{ kind: 'submit' }]));
      await until(() => runs(id, 'submit').length > 1);
      while ((await waiting(id)) !== 1) await new Promise(setImmediate);
      await queue.resend([job]);

      behave = () => undefined;
      assert.equal(await waiting(id), 1);
      assert.equal(runs(id, 'submit').length, 2);
    });

    it('keeps which job is to be taken first', async () => {
      const request = await anAwaitingRequest(stores.requests);
      const last = { ...request, batch: { lead: request.id, place: 50, size: 50 } };
      const at = new Date(Date.now() + 600_000).toISOString();

      await database.sql.transaction().execute((tx) => queue.enqueue(tx, last, [{ kind: 'submit', at }]));

      const { rows } = await sql<{ priority: number }>`
        select priority from cordon_jobs.job
        where name = 'submit' and data->>'requestId' = ${request.id}`.execute(database.sql);
      assert.deepEqual(rows, [{ priority: -49 }]);
    });

    it('makes one job of what is wanted again and again within a time', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      const job = { name: 'sync-card', payload: { requestId: id } } as const;

      for (let times = 0; times < 5; times += 1) await queue.resend([job], { afterSeconds: 2 });
      const before = [await waiting(id, 'sync-card'), runs(id, 'sync-card').length];
      await until(() => runs(id, 'sync-card').length > 0);

      assert.deepEqual(before, [1, 0]);
      assert.equal(await waiting(id, 'sync-card'), 0);
    });

    it('puts off the one look at several devices as long as more of them come to wait for it', async () => {
      const request = await anAwaitingRequest(stores.requests);
      const effect = { kind: 'look-up-device', withOthers: true } as const;
      const members = [1, 2, 3].map((place) => ({ ...request, batch: { lead: request.id, place, size: 3 } }));

      for (const member of members)
        await database.sql.transaction().execute((tx) => queue.enqueue(tx, member, [effect]));

      assert.equal(await waiting(request.id, 'look-up-device'), 1);
      assert.equal(runs(request.id, 'look-up-device').length, 0);
      await until(() => runs(request.id, 'look-up-device').length > 0);
    }).timeout(20_000);

    it('queues what runs already a second time only where its process may be dead', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      const job = { name: 'expire', payload: { requestId: id } } as const;
      await sql`
        insert into cordon_jobs.job (name, data, state, started_on, heartbeat_on, heartbeat_seconds, policy)
        values ('expire', ${JSON.stringify(job.payload)}::jsonb, 'active', now(), now(), 60, 'standard')`.execute(
        database.sql,
      );
      const queued = async () => {
        const { rows } = await sql`
          select id from cordon_jobs.job where name = 'expire' and data->>'requestId' = ${id}`.execute(
          database.sql,
        );
        return rows.length;
      };

      await queue.resend([job], { standing: 'waiting-or-running' });
      const whileRunning = await queued();
      await queue.resend([job], { standing: 'waiting' });

      assert.deepEqual([whileRunning, await queued()], [1, 2]);
    });

    it('has one for a press that waits for its turn stand for the edit, but at a start', async () => {
      const { id } = await anAwaitingRequest(store());
      const payload = { requestId: id };
      await queue.resend([{ name: 'sync-card', payload: { ...payload, press: true } }], {
        afterSeconds: 600,
      });
      const edits = async () => {
        const { rows } = await sql`
          select id from cordon_jobs.job
          where name = 'sync-card' and data->>'requestId' = ${id} and start_after > now()`.execute(
          database.sql,
        );
        return rows.length;
      };
      const edit = { name: 'sync-card', payload } as const;

      await queue.resend([edit], { standing: 'waiting-or-running', afterSeconds: 600 });
      await queue.resend([edit], { afterSeconds: 600 });
      const nowAndThen = await edits();
      await queue.resend([edit], { pressStands: false, afterSeconds: 600 });

      assert.deepEqual([nowAndThen, await edits()], [1, 2]);
    });

    it('tries a failing job some times and then gives it up, with no word of what it failed with', async () => {
      const { id } = await anAwaitingRequest(store());
      behave = (job, payload) => {
        if (payload.requestId === id && job === 'submit') throw new Error('my secret');
        return undefined;
      };

      await queue.resend([{ name: 'submit', payload: { requestId: id } }]);
      await until(() => buried.some(({ payload }) => payload.requestId === id));

      behave = () => undefined;
      const letter = buried.find(({ payload }) => payload.requestId === id);
      assert.deepEqual(
        { name: letter?.name, failure: letter?.failure, runs: runs(id, 'submit').length },
        { name: 'submit', failure: 'failed', runs: 3 },
      );
      const { rows } = await sql`
        select id from cordon_jobs.job where (job.*)::text like '%secret%'`.execute(database.sql);
      assert.equal(rows.length, 0);
    });

    it('never gives up what is only not possible now', async () => {
      const { id } = await anAwaitingRequest(store());
      const waits: (number | undefined)[] = [];
      behave = (job, payload) => {
        if (payload.requestId !== id || job !== 'notify') return undefined;
        waits.push(payload.waits);
        if (waits.length < 5) throw new ChatError('later', { retryAfterMs: 10 });
        return undefined;
      };

      await queue.resend([{ name: 'notify', payload: { requestId: id, about: 'Denied' } }]);
      await until(() => waits.length === 5);

      behave = () => undefined;
      assert.deepEqual(waits, [undefined, 1, 2, 3, 4]);
    });

    it('counts it as a failure when the process that runs a job dies', async () => {
      const { id } = await anAwaitingRequest(stores.requests);
      // As processes leave it that died with the job in hand, the last of them a while ago.
      await sql`
        insert into cordon_jobs.job (name, data, state, retry_limit, retry_count, retry_delay, retry_backoff,
          started_on, heartbeat_on, heartbeat_seconds, expire_seconds, dead_letter, deletion_seconds, policy)
        values ('submit', ${JSON.stringify({ requestId: id })}::jsonb, 'active', 2, 2, 1, true,
          now() - interval '1 minute', now() - interval '1 minute', 10, 90, 'dead', 3600, 'standard')`.execute(
        database.sql,
      );

      await until(() => buried.some(({ payload }) => payload.requestId === id));

      const letter = buried.find(({ payload }) => payload.requestId === id);
      assert.deepEqual([letter?.name, letter?.failure], ['submit', 'process-died']);
      assert.equal(runs(id, 'submit').length, 0);
    }).timeout(20_000);

    it('runs on time what another process has deferred', async () => {
      const request = await anAwaitingRequest(stores.requests);
      const { id } = request;
      // Written by hand: this process has no way to know of it.
      await sql`
        insert into cordon_jobs.job (name, data, start_after, expire_seconds, retry_limit, retry_delay, retry_backoff,
          deletion_seconds, policy)
        values ('tell', ${JSON.stringify({ requestId: id })}::jsonb, now() + interval '2 seconds', 90, 9, 1, true,
          3600, 'standard')`.execute(database.sql);
      const started = performance.now();

      await until(() => runs(id, 'tell').length > 0);

      const seconds = (performance.now() - started) / 1_000;
      assert.ok(seconds > 1.8 && seconds < 3.5, `after ${seconds} s`);
    }).timeout(10_000);

    it('tells what a turn may not have told, unless the turn takes it back', async () => {
      const [told, untold] = [await anAwaitingRequest(store()), await anAwaitingRequest(store())];
      const [first, second] = [randomUUID(), randomUUID()];
      const note = { about: 'approval', why: { code: 'not-permitted' } } as const;
      for (const [request, unlessTold] of [
        [told, first],
        [untold, second],
      ] as const)
        await database.sql
          .transaction()
          .execute((tx) => queue.enqueue(tx, request, [{ kind: 'tell', to: sam, note, unlessTold }]));

      await queue.takeBack(first);
      await until(() => runs(untold.id, 'tell').length > 0);
      // Not there any more: it went out, or was taken back before.
      await Promise.all([queue.takeBack(first), queue.takeBack(second)]);

      assert.deepEqual(runs(told.id, 'tell'), []);
      assert.deepEqual(runs(untold.id, 'tell')[0]?.payload.note, note);
    }).timeout(30_000);

    it('is said to run while jobs are asked for', () => {
      assert.equal(queue.isRunning(), true);
    });

    it('gives a queue that exists the options of this program', async () => {
      const { rows } = await sql<{ retry_limit: number }>`
        select retry_limit from cordon_jobs.queue where name = 'sync-card'`.execute(database.sql);

      assert.equal(rows[0]?.retry_limit, 2);
    });

    it('writes no job when the state is not written', async () => {
      const { id } = await anAwaitingRequest(store());
      const count = async () =>
        (await database.sql.selectFrom('requests').select('id').where('status', '=', 'denied').execute())
          .length;
      const before = await count();
      const rollingBack = createRequestStore({
        sql: database.sql,
        clock: stores.clock,
        enqueue: async (tx, request, effects) => {
          await queue.enqueue(tx, request, effects);
          throw new Error('killed here');
        },
      });

      await assert.rejects(rollingBack.apply(id, { kind: 'deny-clicked', by: sam, comment: 'no' }), /killed/);
      // A job of the same kind sent afterwards has run: one written before it would have run too.
      await queue.resend([{ name: 'notify', payload: { requestId: id, about: 'Expired' } }]);
      await until(() => runs(id, 'notify').length > 0);

      assert.equal(await count(), before);
      assert.deepEqual(
        runs(id, 'notify').map((run) => run.payload.about),
        ['Expired'],
      );
    });
  });
}
