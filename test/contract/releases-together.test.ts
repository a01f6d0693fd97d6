import assert from 'node:assert/strict';
import type { RequestId } from '../../src/containment/ids.ts';
import { ofNoAttempt } from '../../src/containment/of-attempt.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { createSettleLift, createTimeBox } from '../../src/jobs/time-box.ts';
import type { Database } from '../../src/store/database-port.ts';
import { createReports } from '../../src/store/reports.ts';
import { createBoxedBatch } from '../support/boxed-batch.ts';
import { aPerson, sam } from '../support/requests.ts';
import { anAwaitingRequest } from '../support/running-request.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

const priya = aPerson('Priya Nair');

for (const { name, open } of databases) {
  describe(`one press of Release for several devices on ${name}`, () => {
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
    const liftsOf = (members: readonly ContainmentRequest[]) => Promise.all(members.map(play.liftOf));
    const told = (members: readonly ContainmentRequest[]) =>
      stores.enqueued.flatMap(({ id, effect }) =>
        effect.kind === 'tell' && members.some((member) => member.id === id)
          ? [`${effect.note.about} ${effect.note.why.code} ${effect.to.name}`]
          : [],
      );

    async function released(members: readonly ContainmentRequest[], clickId: string, by = sam) {
      const [first] = members;
      const press = { kind: 'release-clicked', by, clickId } as const;
      await stores.requests.applyToAll(first?.batch?.lead ?? assert.fail(), ({ id }) =>
        members.some((member) => member.id === id) ? press : undefined,
      );
    }

    const verified = async ({ id }: ContainmentRequest, clickId: string, steppedUp = false, tell = false) => {
      const event = { kind: 'wish-verified', clickId, tell, ...(steppedUp ? { steppedUp } : {}) } as const;
      const lift = await stores.requests.nextLift(await play.reread(id), event);
      return stores.requests.apply(id, { ...event, wish: 'release', lift });
    };

    it('makes one lift for all, whatever step its person had to sign in for', async () => {
      for (const steppedUp of [false, true]) {
        const members = await play.restricted([0, 20, 60], steppedUp ? 10 : 20);
        await released(members, `clk-${steppedUp}`);
        for (const member of members) await verified(member, `clk-${steppedUp}`, steppedUp);

        const lifts = await liftsOf(members);
        assert.deepEqual(
          lifts.map(({ batch, state }) => [batch?.place, state.status === 'approved' && state.approval.by]),
          [1, 2, 3].map((place) => [place, sam]),
        );
        assert.equal(new Set(lifts.map(({ number }) => number)).size, 1);
        assert.match(lifts[0]?.reason ?? '', /^Released before the end/);
      }
    });

    it('is not one with another press, nor with the end of what nobody has released', async () => {
      const members = await play.restricted([0, 5, 10, 15, 20]);
      await released(members.slice(0, 2), 'clk-1');
      await released(members.slice(2, 3), 'clk-2');
      for (const [index, member] of members.slice(0, 3).entries())
        await verified(member, index < 2 ? 'clk-1' : 'clk-2');
      await play.until(members[3] ?? assert.fail());
      await lookAtAll(members);

      const numbers = (await liftsOf(members)).map(({ number }) => number);
      const [one, two, three] = [numbers[0], numbers[2], numbers[3]];
      assert.deepEqual(numbers, [one, one, two, three, three]);
      assert.equal(new Set(numbers).size, 3);
    });

    it('counts once in a report, and as no decision', async () => {
      const members = await play.restricted([0, 20, 60]);
      const { tenantId, place } = members[0] ?? assert.fail();
      await released(members, 'clk');
      for (const member of members) await verified(member, 'clk', true);
      const scope = { tenantId, conversation: place.conversation, seconds: 24 * 3_600 };
      const report = await createReports(stores).of(scope);
      assert.deepEqual([report.requests, report.lifts, report.decision?.samples], [2, 1, 1]);
    });

    it('that comes to nothing for many is told once to its person', async () => {
      const members = await play.restricted([0, 20, 60]);
      await released(members, 'clk');
      const refusal = { kind: 'wish-refused', clickId: 'clk', wish: 'release', tell: true } as const;
      for (const { id } of members)
        await stores.requests.apply(id, { ...refusal, why: { code: 'not-permitted' } });
      assert.deepEqual(told(members), ['release not-permitted Sam Okafor']);
      await released(members, 'clk-2');
      const [first] = members;
      await stores.requests.applyToAll(first?.batch?.lead ?? assert.fail(), () => ({
        ...refusal,
        clickId: 'clk-2',
        why: { code: 'not-permitted' },
      }));
      assert.equal(told(members).length, 2, 'another press is told of anew, also in one moment for all');
    });

    it('that the end of the boxes overtakes is told once to its person', async () => {
      const members = await play.restricted([0, 20, 60]);
      await released(members, 'clk');
      await released(members, 'clk-priya', priya);
      await play.until(members[0] ?? assert.fail());
      await lookAtAll(members);
      assert.deepEqual(told(members).toSorted(), [
        'release lift-meanwhile Priya Nair',
        'release lift-meanwhile Sam Okafor',
      ]);
    });

    it('is told what overtook it of each device, where that is not the same', async () => {
      const members = await play.restricted([0, 20]);
      const [first = assert.fail(), second = assert.fail()] = members;
      await released(members, 'clk');
      await stores.requests.apply(first.id, {
        kind: 'changed-elsewhere',
        change: {
          actionId: 'portal-1',
          became: 'lifted',
          by: 'sam@contoso.example',
          at: '2099-01-01T00:00:00.000Z',
        },
      });
      await play.until(second);
      await look(second);
      assert.deepEqual(told(members), [
        'release lifted-elsewhere Sam Okafor',
        'release lift-meanwhile Sam Okafor',
      ]);
    });

    it('is not taken for told because an earlier one was', async () => {
      const members = await play.restricted([0, 20]);
      await released(members, 'clk-sam');
      await released(members, 'clk-priya', priya);
      for (const member of members) await verified(member, 'clk-priya');
      for (const lift of await liftsOf(members)) {
        await stores.requests.apply(lift.id, { kind: 'deny-clicked', by: priya, comment: 'no' });
        await stores.requests.apply(lift.id, { kind: 'cancel-clicked', by: priya, comment: 'no' });
        await createSettleLift(stores)({ requestId: lift.id });
      }
      assert.equal(told(members).length, 1);
      await released(members, 'clk-2');
      for (const { tenantId, deviceId = assert.fail(), place } of members)
        await anAwaitingRequest(stores.requests, {
          tenantId,
          deviceId,
          place,
          action: 'unrestrict',
          requestor: priya,
        });
      for (const member of members) await verified(member, 'clk-2', false, true);
      assert.equal(told(members).length, 3, 'once for each lift that made it needless');
    });

    it('whose sign-in is gone at the end is told once to whoever approved that', async () => {
      const members = await play.restricted([0, 20, 60]);
      await play.until(members[0] ?? assert.fail());
      const lifts: ContainmentRequest[] = [];
      for (const member of members) {
        await look(member);
        const lift = await play.liftOf(member);
        lifts.push(lift);
        const why = { code: 'sign-in-gone' } as const;
        await stores.requests.apply(lift.id, { kind: 'attempt-void', ...ofNoAttempt(lift.state), why });
      }
      assert.deepEqual(told(lifts), ['approval sign-in-gone Alex Moreno']);
    });
  });
}
