import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { tenantChain } from '../../src/audit/chain.ts';
import type { CallKind } from '../../src/defender/governor.ts';
import { createCallBudget } from '../../src/store/call-budget.ts';
import type { Database } from '../../src/store/database-port.ts';
import { readHeldBack } from '../../src/store/held-back.ts';
import { createSubmissionPauses } from '../../src/store/submission-pauses.ts';
import { anApprovedRequest, anAwaitingRequest, aRunningRequest } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`pauses of submission on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    const tenant = randomUUID();
    const pauses = () => createSubmissionPauses({ ...stores, tenants: [tenant] });
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());
    beforeEach(async () => {
      await pauses().clear('administrator', 'root');
      await pauses().clear('restored', 'Cordon');
    });

    const administrators = { kind: 'administrator', reason: 'maintenance', by: 'root' } as const;
    const restored = { kind: 'restored', reason: 'restored', by: 'Cordon' } as const;

    it('are seen by every process at once, an administrator’s first', async () => {
      await pauses().set(restored);
      await pauses().set(administrators);

      const seen = await pauses().read();

      assert.deepEqual(
        seen.map(({ kind, reason, by }) => ({ kind, reason, by })),
        [administrators, restored],
      );
    });

    it('stay as the first administrator set them, and the others learn of it', async () => {
      const reasons = ['maintenance', 'drill', 'storm'];

      const set = await Promise.all(
        reasons.map((reason) => pauses().setFirst({ kind: 'administrator', reason, by: `by ${reason}` })),
      );

      const [first] = await pauses().read();
      assert.equal(set.filter(({ isNew }) => isNew).length, 1);
      assert.deepEqual(
        set.map(({ pause }) => pause),
        reasons.map(() => first),
      );
    });

    it('end once, whoever ends them, and one kind does not end the other', async () => {
      await pauses().set(administrators);
      await pauses().set(restored);

      const ended = await Promise.all([1, 2, 3].map(() => pauses().clear('administrator', 'root')));

      assert.deepEqual(ended.filter(Boolean), [true]);
      assert.deepEqual(
        (await pauses().read()).map(({ kind }) => kind),
        ['restored'],
      );
    });

    it('leave a record of their begin and end in each tenant’s chain', async () => {
      await pauses().set(administrators);
      await pauses().clear('administrator', 'root');

      const rows = await database.sql
        .selectFrom('audit_records')
        .select('record')
        .where('chain', '=', tenantChain(tenant))
        .orderBy('position')
        .execute();
      const last = rows.slice(-2).map(({ record }) => record as { what: string; detail: unknown });
      assert.deepEqual(
        last.map(({ what, detail }) => [what, detail]),
        [
          ['submission-paused', { kind: 'administrator', reason: 'maintenance', by: 'root' }],
          ['submission-resumed', { kind: 'administrator', by: 'root' }],
        ],
      );
    });

    it('refuse the calls that change something, and no others', async () => {
      const governor = createCallBudget({ ...stores, perMinute: 1, perHour: 10 });
      const asking = (kind: CallKind) =>
        governor.acquire({ tenantId: randomUUID(), kind, priority: 'interactive' });
      await pauses().set(restored);

      const [submit, device, action] = [
        await asking('submit'),
        await asking('read-device'),
        await asking('read-action'),
      ];
      await pauses().clear('restored', 'Cordon');

      assert.deepEqual(submit, { granted: false, retryAfterMs: 5_000, paused: true });
      assert.deepEqual([device.granted, action.granted], [true, true]);
      assert.equal((await asking('submit')).granted, true);
    });

    it('name the requests whose cards do not say so yet, and those that say so still', async () => {
      const awaiting = await anAwaitingRequest(stores.requests);
      const approved = await anApprovedRequest(stores.requests);
      await aRunningRequest(stores.requests);
      const { reason, since } = await pauses().set(administrators);

      const behind = await readHeldBack(database.sql, since);
      await stores.requests.apply(awaiting.id, { kind: 'submission-paused', hold: { reason, since } });
      const left = await readHeldBack(database.sql, since);

      assert.deepEqual([...behind].sort(), [awaiting.id, approved.id].sort());
      assert.deepEqual(left, [approved.id]);
      assert.deepEqual(await readHeldBack(database.sql, undefined), [awaiting.id]);
    });
  });
}
