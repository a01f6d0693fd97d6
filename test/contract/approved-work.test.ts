import assert from 'node:assert/strict';
import type { Database } from '../../src/store/database-port.ts';
import { ofNoAttempt } from '../../src/containment/of-attempt.ts';
import { readApprovedWork } from '../../src/store/approved-work.ts';
import { aMachineAction, alex, sam } from '../support/requests.ts';
import {
  aRunningRequest,
  anApprovedRequest,
  anAwaitingRequest,
  machineActionIdOf,
} from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`what waits for an approver’s sign-in on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());

    it('was surely not sent, or is followed; and is nobody else’s', async () => {
      const { requests } = stores;
      const tenant = { tenantId: alex.tenantId };
      const deadline = '2026-11-23T03:12:00.000Z';
      await anAwaitingRequest(requests, tenant);
      await anApprovedRequest(requests, tenant);
      const needsSignIn = await anApprovedRequest(requests, tenant);
      const why = { code: 'sign-in-needed' } as const;
      await requests.apply(needsSignIn.id, { kind: 'attempt-stuck', ...ofNoAttempt(needsSignIn.state), why });
      await aRunningRequest(requests, tenant);
      const sending = await anApprovedRequest(requests, tenant);
      await requests.apply(sending.id, { kind: 'attempt-started', attemptId: 'one', deadline });
      const doubtful = await anApprovedRequest(requests, tenant);
      await requests.apply(doubtful.id, { kind: 'attempt-started', attemptId: 'two', deadline });
      const unknown = { code: 'outcome-unknown' } as const;
      await requests.apply(doubtful.id, { kind: 'attempt-stuck', attemptId: 'two', why: unknown });
      await anApprovedRequest(requests, tenant, sam);
      const boxed = await aRunningRequest(requests, { ...tenant, box: { text: '4h', seconds: 14_400 } });
      const machineAction = aMachineAction({ id: machineActionIdOf(boxed.id), status: 'Succeeded' });
      await requests.apply(boxed.id, { kind: 'action-observed', machineAction });

      assert.deepEqual(await readApprovedWork(database.sql, alex), { unsent: 2, followed: 3, boxes: 1 });
      assert.deepEqual(await readApprovedWork(database.sql, sam), { unsent: 1, followed: 0, boxes: 0 });
      const stranger = { ...alex, tenantId: '99999999-9999-4999-8999-999999999999' };
      assert.deepEqual(await readApprovedWork(database.sql, stranger), { unsent: 0, followed: 0, boxes: 0 });
    });
  });
}
