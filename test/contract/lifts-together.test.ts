import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { cardLabel, membersOf } from '../../src/containment/batch.ts';
import type { RequestId } from '../../src/containment/ids.ts';
import { ofNoAttempt } from '../../src/containment/of-attempt.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { createSettleLift, createTimeBox } from '../../src/jobs/time-box.ts';
import type { Database } from '../../src/store/database-port.ts';
import { createBoxedBatch } from '../support/boxed-batch.ts';
import { sam } from '../support/requests.ts';
import { anAwaitingRequest } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`lifts of several devices whose time boxes end together on ${name}`, () => {
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

    const ownLift = ({ tenantId, deviceId = assert.fail(), place }: ContainmentRequest) =>
      anAwaitingRequest(stores.requests, { tenantId, deviceId, place, action: 'unrestrict', requestor: sam });

    it('are one request with a row for each, approved in advance, in the order in which they came', async () => {
      const members = await play.restricted([0, 20, 60]);
      await play.until(members[0] ?? assert.fail());
      await lookAtAll(members);

      const lifts = await liftsOf(members);
      const [lead] = lifts;
      assert.ok(lead !== undefined);
      assert.deepEqual(
        lifts.map(({ lifts: of, action, batch, number, state }) => ({
          ...{ of, action, batch, number },
          inAdvance: state.status === 'approved' && state.approval.inAdvance,
        })),
        members.map(({ id }, index) => ({
          of: id,
          action: 'unrestrict',
          batch: { lead: lead.id, place: index + 1, size: 3 },
          number: lead.number,
          inAdvance: true,
        })),
      );
      for (const member of members) assert.equal((await play.boxOf(member)).lift?.number, lead.number);
      const shown = await play.onCard(lead.id);
      assert.deepEqual(
        membersOf(shown).map(({ id }) => id),
        lifts.map(({ id }) => id),
      );
      assert.equal(cardLabel(shown), 'Approved');
    });

    it('bring their jobs, their records and one card along, which follows each of them', async () => {
      const members = await play.restricted([0, 20]);
      await play.until(members[0] ?? assert.fail());
      await lookAtAll(members);

      const [lead, second] = await liftsOf(members);
      assert.ok(lead !== undefined && second !== undefined);
      assert.deepEqual(effectsOf(lead.id), ['sync-card', 'submit', 'expire']);
      assert.deepEqual(effectsOf(second.id), ['sync-card', 'submit', 'expire']);
      const cards = await database.sql
        .selectFrom('cards')
        .select(['request_id', 'due_revision'])
        .where('request_id', 'in', [lead.id, second.id])
        .execute();
      assert.deepEqual(cards, [{ request_id: lead.id, due_revision: 2 }]);
      const stand = await database.sql
        .selectFrom('requests')
        .select('id')
        .where('lead', '=', lead.id)
        .where('stands', '=', true)
        .execute();
      assert.deepEqual(stand, [{ id: lead.id }]);
      const { rows } = await sql<{ what: string; together: unknown }>`
        select record->>'what' as what, record->'detail'->'together' as together
        from audit_records where chain = ${second.id} order by position`.execute(database.sql);
      assert.deepEqual(rows, [
        { what: 'requested', together: { lead: lead.id, place: 2, size: 2 } },
        { what: 'approved-with-time-box', together: null },
      ]);
    });

    it('take one number for all, and leave no gap behind it', async () => {
      const members = await play.restricted([0, 20, 60]);
      await play.until(members[0] ?? assert.fail());
      await lookAtAll(members);
      const [lead] = await liftsOf(members);
      const { tenantId } = members[0] ?? assert.fail();
      const next = await anAwaitingRequest(stores.requests, { tenantId });
      assert.equal(next.number, (lead?.number ?? 0) + 1);
      assert.equal((await stores.requests.byNumber(tenantId, lead?.number ?? 0))?.members?.length, 3);
    });

    it('are a request of their own where one was confirmed an hour later', async () => {
      const members = await play.restricted([0, 20, 60, 3_600]);
      const [first, late] = [members[0] ?? assert.fail(), members[3] ?? assert.fail()];
      await play.until(first);
      await lookAtAll(members);
      const { lift, ended } = await play.boxOf(late);
      assert.deepEqual([lift, ended], [undefined, undefined]);
      await play.until(late);
      await lookAtAll(members);

      const lifts = await liftsOf(members);
      const lead = lifts[0]?.id;
      assert.deepEqual(
        lifts.map(({ batch }) => [batch?.lead, batch?.size]),
        [
          [lead, 3],
          [lead, 3],
          [lead, 3],
          [undefined, undefined],
        ],
      );
      assert.notEqual(lifts[3]?.number, lifts[0]?.number);
    });

    it('leave a device to the lift that somebody asks for themselves', async () => {
      const members = await play.restricted([0, 20, 60]);
      const [first, own] = members;
      assert.ok(first !== undefined && own !== undefined);
      const asked = await ownLift(own);
      await play.until(first);
      await lookAtAll(members);

      const [lead, found, third] = await liftsOf(members);
      assert.deepEqual([found?.id, found?.state.status], [asked.id, 'awaiting']);
      assert.deepEqual([lead?.batch?.size, third?.batch?.lead], [2, lead?.id]);
    });

    it('are made once by two replicas that look at the same moment', async () => {
      const members = await play.restricted([0, 5, 10, 15]);
      await play.until(members[0] ?? assert.fail());
      await Promise.all([...members, ...members].map(look));

      const lifts = await liftsOf(members);
      assert.equal(new Set(lifts.map(({ batch }) => batch?.lead)).size, 1);
      assert.deepEqual(lifts.map(({ batch }) => batch?.place).toSorted(), [1, 2, 3, 4]);
      assert.ok(lifts.every(({ batch }) => batch?.size === 4));
      const { count } = await database.sql
        .selectFrom('requests')
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .where(
          'lifts',
          'in',
          members.map(({ id }) => id),
        )
        .executeTakeFirstOrThrow();
      assert.equal(Number(count), 4);
    });

    it('grow while others of them are carried out, without waiting in a circle', async () => {
      const members = await play.restricted([0, 5, 10, 15, 20]);
      const [first, ...others] = members;
      assert.ok(first !== undefined);
      await play.until(first);
      await look(first);
      const lift = await play.liftOf(first);
      const goOn = async () => {
        await play.succeed(lift.id);
        await settle(await play.reread(lift.id));
      };
      await Promise.all([goOn(), ...others.map(look)]);
      await lookAtAll(members);

      assert.equal((await play.reread(first.id)).released?.number, lift.number);
      const numbers = new Set((await liftsOf(others)).map(({ number }) => number));
      assert.ok(numbers.size <= 2);
    });

    it('are a new request once those before are over, with a number of its own', async () => {
      const members = await play.restricted([0, 20]);
      const [first, second] = members;
      assert.ok(first !== undefined && second !== undefined);
      await play.until(first);
      await look(first);
      const done = await play.liftOf(first);
      const event = { kind: 'box-ended' } as const;
      const peeked = await stores.requests.nextLift(await play.reread(second.id), event);
      assert.deepEqual([peeked.joins, peeked.number], [done.id, done.number]);
      await play.succeed(done.id);
      const { until } = await play.boxOf(second);
      await stores.requests.apply(second.id, { ...event, until, lift: peeked });

      const lift = await play.liftOf(second);
      assert.equal(lift.batch, undefined);
      assert.equal(lift.number, done.number + 1);
      assert.equal((await play.boxOf(second)).lift?.number, lift.number);
    });

    it('leave nothing behind of one whose jobs could not be written', async () => {
      const members = await play.restricted([0, 20]);
      const [first, second] = members;
      assert.ok(first !== undefined && second !== undefined);
      await play.until(first);
      await look(first);
      const alone = await play.liftOf(first);
      const lift = await stores.requests.nextLift(second, { kind: 'box-ended' });
      const { until } = await play.boxOf(second);
      await assert.rejects(stores.failing().apply(second.id, { kind: 'box-ended', until, lift }), /no jobs/);
      assert.deepEqual(await play.reread(alone.id), alone);
      assert.equal(await stores.requests.byId(lift.id), undefined);
      await look(second);
      assert.equal((await play.liftOf(second)).batch?.lead, alone.id);
    });

    it('are void for one without touching the others, and only that one waits for people', async () => {
      const members = await play.restricted([0, 20]);
      await play.until(members[0] ?? assert.fail());
      await lookAtAll(members);
      const [lead, second] = await liftsOf(members);
      assert.ok(lead !== undefined && second !== undefined);
      const why = { code: 'restricted-anew' } as const;
      const others = [{ key: 'portal-1' }];
      await stores.requests.apply(second.id, {
        kind: 'attempt-void',
        ...ofNoAttempt(second.state),
        why,
        others,
      });
      await play.succeed(lead.id);
      await settle(await play.reread(lead.id));
      await settle(await play.reread(second.id));

      const [first, kept] = members;
      assert.equal((await play.reread(first?.id ?? lead.id)).released?.number, lead.number);
      const running = await play.boxOf(kept ?? assert.fail());
      assert.deepEqual(running.lift?.alsoRestricted?.others, others);
      assert.ok(running.lift.awaitedSince);
      assert.equal(cardLabel(await play.onCard(lead.id)), 'Awaiting approval');
    });

    it('are joined also while those before wait for people, each with its own approval', async () => {
      const members = await play.restricted([0, 20]);
      const [first, second] = members;
      assert.ok(first !== undefined && second !== undefined);
      await play.until(first);
      await look(first);
      const lift = await play.liftOf(first);
      const why = { code: 'sign-in-gone' } as const;
      await stores.requests.apply(lift.id, { kind: 'attempt-void', ...ofNoAttempt(lift.state), why });
      await look(second);
      const joined = await play.liftOf(second);
      assert.equal(joined.batch?.lead, lift.id, 'it awaits people, and so may the second');
      assert.equal(joined.state.status, 'approved', 'by its own end');
      assert.equal((await play.reread(lift.id)).state.status, 'awaiting');
    });

    it('are left alone by an older program, and joined by none when a newer one wrote them', async () => {
      const members = await play.restricted([0, 20, 60]);
      const [first = assert.fail(), second = assert.fail(), third = assert.fail()] = members;
      await play.until(first);
      await look(first);
      await look(second);
      const [lead, joined] = await liftsOf([first, second]);
      assert.ok(lead && joined);
      const formats = await database.sql
        .selectFrom('requests')
        .select('state_format')
        .where('id', 'in', [first.id, lead.id, joined.id])
        .execute();
      assert.deepEqual(
        formats,
        Array.from({ length: 3 }, () => ({ state_format: 8 })),
      );

      await database.sql
        .updateTable('requests')
        .set({ state_format: 99 })
        .where('id', '=', lead.id)
        .execute();
      await look(third);

      assert.equal((await play.liftOf(third)).batch, undefined);
    });
  });
}
