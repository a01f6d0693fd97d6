import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { membersOf } from '../../src/containment/batch.ts';
import type { RequestId } from '../../src/containment/ids.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { Job } from '../../src/jobs/effect-jobs.ts';
import { repair } from '../../src/jobs/resume.ts';
import { createSettleLift, createTimeBox } from '../../src/jobs/time-box.ts';
import type { Database } from '../../src/store/database-port.ts';
import { box, createBoxedBatch } from '../support/boxed-batch.ts';
import { aMachineAction, alex } from '../support/requests.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`time boxes of several devices on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    after(() => database.close());

    const play = createBoxedBatch(
      () => stores.requests,
      () => stores.time,
    );
    beforeEach(() => {
      play.begin();
    });
    const look = ({ id }: { readonly id: RequestId }) => createTimeBox(stores)({ requestId: id });
    const lookAtAll = async (members: readonly ContainmentRequest[]) => {
      for (const member of members) await look(member);
    };
    const settle = ({ id }: ContainmentRequest) => createSettleLift(stores)({ requestId: id });
    const liftsOf = (members: readonly ContainmentRequest[]) => Promise.all(members.map(play.liftOf));
    const effectsOf = (id: RequestId) =>
      stores.enqueued.filter((one) => one.id === id).map(({ effect }) => effect.kind);

    it('are found again by a start, each device by its own box', async () => {
      const members = await play.restricted([0, 20]);
      await play.until(members[0] ?? assert.fail());
      stores.time.ahead -= 600;
      await lookAtAll(members);
      const [told, untold] = [members[0] ?? assert.fail(), members[1] ?? assert.fail()];
      await stores.boxes.told('ending', [{ id: told.id, of: (await play.boxOf(told)).until }]);
      assert.deepEqual(await jobsFor([told.id]), ['time-box']);
      assert.deepEqual(await jobsFor([untold.id]), ['time-box', 'tell-box']);
      await play.until(told);
      await lookAtAll(members);
      const lifts = (await liftsOf(members)).map(({ id }) => id);
      assert.deepEqual(await jobsFor(lifts), ['submit', 'submit']);
    });

    it('keep what was asked for, and its record says for how long', async () => {
      const { id } = await play.asked([{ deviceId: play.deviceAt(0) }, { deviceId: play.deviceAt(1) }], {
        box,
      });
      for (const member of membersOf(await play.onCard(id))) assert.deepEqual(member.box, { duration: box });
      const { rows } = await sql<{ box: string }>`
        select record->'detail'->>'timeBox' as box from audit_records where chain = ${id}`.execute(
        database.sql,
      );
      assert.deepEqual(rows, [{ box: '4h' }]);
    });

    it('end each by itself: a device that was lifted elsewhere needs no lift', async () => {
      const members = await play.restricted([0, 20, 60]);
      const [first, drifted] = members;
      assert.ok(first !== undefined && drifted !== undefined);
      const now = await stores.requests.now();
      const change = { actionId: 'portal-2', became: 'lifted', at: now } as const;
      await stores.requests.apply(drifted.id, { kind: 'changed-elsewhere', change });
      await play.until(first);
      await lookAtAll(members);

      assert.equal((await play.reread(drifted.id)).box?.running?.lift, undefined);
      const [lead, third] = await liftsOf(members.filter((member) => member !== drifted));
      assert.equal(lead?.batch?.size, 2);
      assert.equal(third?.batch?.lead, lead.id);
    });

    it('are released by what was asked for in them, and each restriction is told of its own', async () => {
      const members = await play.restricted([0, 20]);
      await play.until(members[0] ?? assert.fail());
      await lookAtAll(members);
      for (const lift of await liftsOf(members)) {
        await stores.requests.apply(lift.id, {
          kind: 'action-found',
          machineAction: aMachineAction({ id: `lift-${lift.id}`, createdAt: '2026-11-29T03:12:08.000Z' }),
        });
        await stores.requests.apply(lift.id, {
          kind: 'action-observed',
          machineAction: aMachineAction({
            id: `lift-${lift.id}`,
            status: 'Succeeded',
            createdAt: '2026-11-29T03:12:08.000Z',
          }),
        });
        assert.ok(effectsOf(lift.id).includes('settle-lift'));
        await settle(await play.reread(lift.id));
      }
      for (const member of members) {
        const { released: by } = await play.reread(member.id);
        assert.deepEqual(by?.by, alex);
      }
    });

    async function jobsFor(ids: readonly RequestId[]): Promise<string[]> {
      const found: string[] = [];
      const resend = (jobs: readonly Job[]) => {
        found.push(...jobs.filter(({ payload }) => ids.includes(payload.requestId)).map((job) => job.name));
        return Promise.resolve();
      };
      await repair({ database, clock: stores.clock, queue: { resend } });
      return found.filter((job) => job !== 'sync-card' && job !== 'notify');
    }
  });
}
