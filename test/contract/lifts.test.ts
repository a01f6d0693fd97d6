import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { parseDuration } from '../../src/containment/duration.ts';
import type { RequestId } from '../../src/containment/ids.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { boxInForce } from '../../src/containment/box-in-force.ts';
import type { Job } from '../../src/jobs/effect-jobs.ts';
import { repair } from '../../src/jobs/resume.ts';
import { ofNoAttempt } from '../../src/containment/of-attempt.ts';
import { createReports } from '../../src/store/reports.ts';
import { createTimeBox } from '../../src/jobs/time-box.ts';
import type { Database } from '../../src/store/database-port.ts';
import { aNewRequest } from '../support/new-requests.ts';
import { aMachineAction, aPerson, alex, riley, sam } from '../support/requests.ts';
import { aRunningRequest, anAwaitingRequest, machineActionIdOf } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const box = parseDuration('4h') ?? assert.fail();
const fourHours = 4 * 3_600;

for (const { name, open } of databases) {
  describe(`lifts at the end of time boxes on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    beforeEach(() => {
      stores.time.ahead = 0;
    });
    after(() => database.close());

    const effectsOf = (id: RequestId) =>
      stores.enqueued.filter((one) => one.id === id).map(({ effect }) => effect.kind);
    const reread = async (id: RequestId) => (await stores.requests.byId(id)) ?? assert.fail('gone');
    const look = (id: RequestId) => createTimeBox(stores)({ requestId: id });
    const liftOf = async (request: ContainmentRequest) => {
      const lift = boxInForce(await reread(request.id))?.lift ?? assert.fail('no lift');
      return reread(lift.id);
    };

    async function succeeded(given: Partial<ReturnType<typeof aNewRequest>> = {}, createdAt?: string) {
      const { id } = await aRunningRequest(stores.requests, { box, ...given });
      const action = aMachineAction({
        id: machineActionIdOf(id),
        status: 'Succeeded',
        ...(createdAt === undefined ? {} : { createdAt }),
      });
      await stores.requests.apply(id, { kind: 'action-observed', machineAction: action });
      return reread(id);
    }

    async function lifted(of: ContainmentRequest, given: Partial<ReturnType<typeof aNewRequest>> = {}) {
      const { tenantId, place } = of;
      const deviceId = of.deviceId ?? assert.fail();
      const { id } = await aRunningRequest(
        stores.requests,
        { tenantId, deviceId, place, action: 'unrestrict', ...given },
        { createdAt: '2026-11-24T03:12:08.000Z' },
      );
      await stores.requests.apply(id, {
        kind: 'action-observed',
        machineAction: aMachineAction({
          id: machineActionIdOf(id),
          status: 'Succeeded',
          createdAt: '2026-11-24T03:12:08.000Z',
        }),
      });
      return reread(id);
    }

    const verified = async (request: ContainmentRequest, clickId: string) =>
      stores.requests.apply(request.id, {
        kind: 'wish-verified',
        wish: 'release',
        clickId,
        lift: await stores.requests.nextLift(request, { kind: 'wish-verified', clickId }),
      });

    it('keeps what was asked for, and the box from Defender’s confirmation on', async () => {
      const asked = await anAwaitingRequest(stores.requests, { box });
      assert.deepEqual((await reread(asked.id)).box, { duration: box });
      const request = await succeeded();
      assert.deepEqual(request.box?.running?.authorisedBy, alex);
      assert.deepEqual(await reread(request.id), request);
      assert.ok(effectsOf(request.id).includes('time-box'));
    });

    it('counts as no decision in the report, until somebody decides on it', async () => {
      const request = await succeeded();
      const reportOf = () =>
        createReports(stores).of({
          tenantId: request.tenantId,
          conversation: request.place.conversation,
          seconds: 24 * 3_600,
        });
      const before = await reportOf();
      stores.time.ahead = fourHours + 60;
      await look(request.id);
      const lift = await liftOf(request);

      const inAdvance = await reportOf();
      const why = { code: 'sign-in-gone' } as const;
      await stores.requests.apply(lift.id, { kind: 'attempt-void', ...ofNoAttempt(lift.state), why });
      await stores.requests.apply(lift.id, { kind: 'deny-clicked', by: sam, comment: 'Keep it' });
      const denied = await reportOf();

      assert.deepEqual([before.decision?.samples, inAdvance.decision?.samples], [1, 1]);
      assert.deepEqual([inAdvance.requests, inAdvance.lifts, denied.decision?.samples], [2, 1, 2]);
    });

    it('makes the lift with its card, jobs and records in the transaction that ends the box', async () => {
      const request = await succeeded();
      stores.time.ahead = fourHours + 60;
      await look(request.id);

      const lift = await liftOf(request);
      assert.equal(lift.lifts, request.id);
      assert.equal(lift.action, 'unrestrict');
      assert.deepEqual(lift.requestor, riley);
      assert.deepEqual(lift.place, request.place);
      assert.match(lift.reason, new RegExp(`time box of 4h set by #${request.number} has ended`));
      assert.ok(lift.state.status === 'approved');
      const { appliedAt, ...approval } = lift.state.approval;
      assert.deepEqual(approval, { by: alex, at: request.box?.running?.until, inAdvance: true });
      assert.ok(appliedAt !== undefined && appliedAt <= lift.createdAt);
      assert.deepEqual(effectsOf(lift.id), ['sync-card', 'submit', 'expire']);
      const { rows } = await sql<{ what: string; who: string }>`
        select record->>'what' as what, coalesce(record->'who'->>'name', record->>'who') as who
        from audit_records where chain = ${lift.id} order by position`.execute(database.sql);
      assert.deepEqual(rows, [
        { what: 'requested', who: 'cordon' },
        { what: 'approved-with-time-box', who: 'Alex Moreno' },
      ]);
    });

    it('knows the name of the device, and nothing that was read of it for the restriction', async () => {
      const request = await succeeded();
      const read = (device: object | null) =>
        database.sql
          .updateTable('requests')
          .set({ device: device === null ? null : JSON.stringify(device) })
          .where('id', '=', request.id)
          .execute();
      stores.time.ahead = fourHours + 60;
      await read({ name: 'ws-1.contoso.example', lastSeen: '2026-11-01T00:00:00Z', risk: 'High' });
      await look(request.id);
      const lift = await liftOf(request);
      assert.deepEqual(lift.device, { name: 'ws-1.contoso.example' });
    });

    it('leaves nothing of an end whose jobs could not be written', async () => {
      const request = await succeeded();
      stores.time.ahead = fourHours + 60;
      const lift = await stores.requests.nextLift(request, { kind: 'box-ended' });
      const until = request.box?.running?.until ?? '';
      await assert.rejects(stores.failing().apply(request.id, { kind: 'box-ended', until, lift }), /no jobs/);
      assert.deepEqual(await reread(request.id), request);
      assert.equal(await stores.requests.byId(lift.id), undefined);
    });

    it('approves at the end what was released early and lost its approval', async () => {
      const request = await succeeded();
      await stores.requests.apply(request.id, { kind: 'release-clicked', by: sam, clickId: 'clk' });
      await verified(request, 'clk');
      const early = await liftOf(request);
      assert.ok(early.state.status === 'approved');
      await stores.requests.apply(early.id, {
        kind: 'attempt-void',
        approvedAt: early.state.approval.at,
        tried: 0,
        why: { code: 'not-permitted' },
      });
      stores.time.ahead = fourHours - 60;
      await look(request.id);
      assert.equal((await reread(early.id)).state.status, 'awaiting');
      stores.time.ahead = fourHours + 60;
      await look(request.id);
      const late = await reread(early.id);
      assert.ok(late.state.status === 'approved');
      assert.deepEqual(late.state.approval.by, alex);
      const why = { code: 'sign-in-gone' } as const;
      await stores.requests.apply(late.id, { kind: 'attempt-void', ...ofNoAttempt(late.state), why });
      const again = await reread(late.id);
      assert.ok(again.expiresAt > late.expiresAt, 'the time to decide begins anew');
      await look(request.id);
      assert.equal((await reread(early.id)).state.status, 'awaiting', 'it is put on it once');
      assert.ok(boxInForce(await reread(request.id))?.lift?.awaitedSince);
    });

    it('knows the restriction as released by a lift that Defender created after it, from any conversation', async () => {
      const request = await succeeded();
      const lift = await lifted(request, { place: aNewRequest().place });
      assert.ok(effectsOf(lift.id).includes('settle-lift'));
      assert.deepEqual(await stores.boxes.restrictionsToSettle(lift), [request.id]);
      await look(request.id);
      const after = await reread(request.id);
      assert.deepEqual(after.released?.by, alex);
      assert.equal(after.released.number, undefined, 'it is not this conversation’s to name');
      assert.equal(after.state.status, 'ended');
      stores.time.ahead = fourHours + 60;
      await look(request.id);
      assert.equal((await reread(request.id)).box?.running?.lift, undefined);
    });

    it('takes the lift of its box for its release, whenever Defender created that', async () => {
      const request = await succeeded({}, '2026-11-25T00:00:00.000Z');
      stores.time.ahead = fourHours + 60;
      await look(request.id);
      const lift = await liftOf(request);
      // It follows one that hung since before the restriction.
      const old = { id: 'hung', createdAt: '2026-11-20T00:00:00.000Z', status: 'Succeeded' } as const;
      await stores.requests.apply(lift.id, { kind: 'action-found', machineAction: aMachineAction(old) });
      await look(request.id);
      assert.equal((await reread(request.id)).released?.number, lift.number);
    });

    it('bears a lift that Defender dates by no time', async () => {
      const request = await succeeded();
      const { tenantId, deviceId, place } = request;
      const given = { tenantId, place, deviceId: deviceId ?? assert.fail(), action: 'unrestrict' } as const;
      const { id } = await aRunningRequest(stores.requests, given, { createdAt: '' });
      const machineAction = aMachineAction({ id: machineActionIdOf(id), status: 'Succeeded', createdAt: '' });
      await stores.requests.apply(id, { kind: 'action-observed', machineAction });
      assert.equal(await stores.boxes.releaseOf(request), undefined);
    });

    it('does not take a lift from before the restriction for its release', async () => {
      const request = await succeeded({}, '2026-11-25T00:00:00.000Z');
      await lifted(request);
      assert.equal(await stores.boxes.releaseOf(request), undefined);
    });

    it('lets the restriction be released again when the lift came to nothing', async () => {
      const request = await succeeded();
      stores.time.ahead = fourHours + 60;
      await look(request.id);
      const lift = await liftOf(request);
      await stores.requests.apply(lift.id, { kind: 'cancel-clicked', by: alex, comment: 'not yet' });
      assert.ok(effectsOf(lift.id).includes('settle-lift'));
      await look(request.id);
      assert.equal(boxInForce(await reread(request.id))?.failed?.label, 'Withdrawn');
      await stores.requests.apply(request.id, { kind: 'release-clicked', by: sam, clickId: 'clk' });
      await verified(request, 'clk');
      assert.notEqual((await liftOf(request)).id, lift.id);
    });

    it('calls those who decided here lately, the latest first, without whoever was asked already', async () => {
      const request = await succeeded();
      const { tenantId, place } = request;
      const people = ['Priya Nair', 'Jordan Weiss', 'Priya Nair'].map((who) => aPerson(who));
      for (const [index, by] of people.entries()) {
        const device = `${index + 1}`.padStart(40, 'a') as typeof request.deviceId;
        const { id } = await anAwaitingRequest(stores.requests, { tenantId, place, deviceId: device });
        await stores.requests.apply(id, { kind: 'deny-clicked', by, comment: 'no' });
      }
      const called = await stores.boxes.deciders(request, [riley, alex]);
      assert.deepEqual(
        called.map((one) => one.name),
        ['Priya Nair', 'Jordan Weiss'],
      );
    });

    it('finds missing jobs again, of boxes in force and of nothing else that has ended', async () => {
      const request = await succeeded();
      await stores.requests.apply(request.id, { kind: 'release-clicked', by: sam, clickId: 'clk' });
      stores.time.ahead = fourHours - 300;
      await look(request.id);
      assert.deepEqual(await jobsFor(request.id), ['time-box', 'check-approval', 'tell-box']);
      const until = request.box?.running?.until ?? '';
      assert.equal(await stores.boxes.isTold(request.id, 'ending', until), false);
      const words = [{ id: request.id, of: until }];
      await stores.boxes.told('ending', words);
      await stores.boxes.told('ending', words);
      assert.equal(await stores.boxes.isTold(request.id, 'ending', until), true);
      assert.deepEqual(await jobsFor(request.id), ['time-box', 'check-approval']);
      await lifted(request);
      await look(request.id);
      assert.deepEqual(await jobsFor(request.id), []);
    });

    async function jobsFor(id: RequestId): Promise<string[]> {
      const found: string[] = [];
      const resend = (jobs: readonly Job[]) => {
        for (const job of jobs) if (job.payload.requestId === id) found.push(job.name);
        return Promise.resolve();
      };
      await repair({ database, clock: stores.clock, queue: { resend } });
      return found.filter((job) => job !== 'sync-card' && job !== 'notify');
    }
  });
}
