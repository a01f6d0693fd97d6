import assert from 'node:assert/strict';
import { membersOf, momentToTell } from '../../src/containment/batch.ts';
import type { RequestId } from '../../src/containment/ids.ts';
import { ofNoAttempt } from '../../src/containment/of-attempt.ts';
import type { Database } from '../../src/store/database-port.ts';
import { createBatchPlay } from '../support/batch-play.ts';
import { alex, aPerson, sam } from '../support/requests.ts';
import { databases } from './databases.ts';
import { type Stores, openStores } from './open-stores.ts';

for (const { name, open } of databases) {
  describe(`what is told of several devices in one request on ${name}`, () => {
    let database: Database;
    let stores: Stores;
    before(async () => {
      database = await open();
      stores = await openStores(database);
    });
    beforeEach(() => {
      stores.time.ahead = 0;
      stores.enqueued.length = 0;
    });
    after(() => database.close());

    const { three, onCard, memberAt, press, verify, succeed } = createBatchPlay(() => stores.requests);
    const labels = async (id: RequestId) => membersOf(await onCard(id)).map(({ state }) => state.status);
    const allKinds = () => stores.enqueued.map(({ effect }) => effect.kind);

    it('the thread hears once of those that wait for somebody while others go on', async () => {
      const request = await three();
      await press(request.id, 'clk');
      const all = membersOf(request);
      for (const { id } of all) await verify(id, 'clk');
      stores.enqueued.length = 0;
      for (const { id } of all.slice(1)) {
        const why = { code: 'sign-in-needed' } as const;
        const { state } = await memberAt(
          request.id,
          all.findIndex((one) => one.id === id),
        );
        await stores.requests.apply(id, { kind: 'attempt-stuck', ...ofNoAttempt(state), why });
      }
      assert.equal(allKinds().filter((kind) => kind === 'notify').length, 1);
      assert.notEqual(momentToTell(await onCard(request.id)), undefined);

      await succeed(request.id);
      assert.equal(allKinds().filter((kind) => kind === 'notify').length, 2, 'and of the end of all');
    });

    it('the thread hears of those that need somebody later, and nothing when fewer do', async () => {
      const request = await three();
      await press(request.id, 'clk');
      const [running, first, second] = membersOf(request);
      assert.ok(running && first && second);
      for (const { id } of [running, first, second]) await verify(id, 'clk');
      const words = () => stores.enqueued.filter(({ effect }) => effect.kind === 'notify').length;
      const stick = async (id: RequestId) => {
        const { state } = membersOf(await onCard(request.id)).find((one) => one.id === id) ?? assert.fail();
        const why = { code: 'sign-in-needed' } as const;
        await stores.requests.apply(id, { kind: 'attempt-stuck', ...ofNoAttempt(state), why });
      };
      stores.enqueued.length = 0;
      await stick(first.id);
      stores.time.ahead = 3_600;
      await stick(second.id);
      assert.equal(words(), 2);

      await stores.requests.apply(second.id, { kind: 'retry-clicked', by: alex });
      await stores.requests.apply(first.id, { kind: 'retry-clicked', by: alex });
      assert.equal(words(), 2);
      await succeed(request.id);
      for (const { id } of [first, second]) await succeed(id);
      assert.equal(words(), 3, 'and the end of all');
    });

    const refuse = (id: RequestId, clickId: string, code: 'not-permitted' | 'device-not-visible') =>
      stores.requests.apply(id, { kind: 'approve-refused', clickId, why: { code }, tell: true });
    const tells = () => allKinds().filter((kind) => kind === 'tell').length;

    it('a person hears once why a press held for none of them, and anew of the next press', async () => {
      const request = await three();
      for (const [index, clickId] of ['clk', 'clk-2'].entries()) {
        await press(request.id, clickId);
        for (const { id } of membersOf(request)) await refuse(id, clickId, 'not-permitted');
        assert.equal(tells(), index + 1);
      }
      await press(request.id, 'clk-3');
      await stores.requests.applyToAll(request.id, () => ({ kind: 'deny-clicked', by: sam, comment: 'No' }));
      assert.equal(tells(), 3);
    });

    it('what a turn has told of some is told by message of the others', async () => {
      const request = await three();
      await press(request.id, 'clk');
      const [first, ...others] = membersOf(request);
      assert.ok(first);
      const why = { code: 'not-permitted' } as const;
      const tell = { unlessTold: 'note-1' };
      await stores.requests.apply(first.id, { kind: 'approve-refused', clickId: 'clk', why, tell });
      for (const { id } of others) await refuse(id, 'clk', 'not-permitted');
      assert.equal(tells(), 2, 'one that the turn takes back, and one for the others');
    });

    it('what is different for each is told of each', async () => {
      const request = await three();
      await press(request.id, 'clk');
      for (const { id } of membersOf(request)) await refuse(id, 'clk', 'device-not-visible');
      assert.equal(tells(), 3);
    });

    it('whoever pressed in vain hears it once, and only they', async () => {
      const request = await three();
      const [first, second, third] = membersOf(request);
      assert.ok(first && second && third);
      await press(request.id, 'clk');
      const priya = aPerson('Priya Nair');
      for (const { id } of [second, third])
        await stores.requests.apply(id, { kind: 'approve-clicked', by: priya, clickId: 'clk-p' });
      stores.enqueued.length = 0;
      for (const { id } of [first, second, third]) await verify(id, 'clk');

      const told = stores.enqueued.flatMap(({ id, effect }) =>
        effect.kind === 'tell' ? [{ id, effect }] : [],
      );
      assert.deepEqual(
        told.map(({ id, effect }) => [id, effect.to.name, effect.note.why.code]),
        [[second.id, priya.name, 'decided-meanwhile']],
      );
    });

    it('each press that came to nothing is told of, also of the same two people', async () => {
      const request = await three();
      const [first, second] = membersOf(request);
      assert.ok(first && second);
      const priya = aPerson('Priya Nair');
      for (const [{ id }, clickId] of [
        [first, 'clk-1'],
        [second, 'clk-2'],
      ] as const) {
        await stores.requests.apply(id, { kind: 'approve-clicked', by: priya, clickId: `${clickId}-p` });
        await stores.requests.apply(id, { kind: 'approve-clicked', by: alex, clickId });
        stores.enqueued.length = 0;
        await verify(id, clickId);
        assert.equal(tells(), 1);
      }
    });

    it('whoever waited for all of them hears once that their time is over', async () => {
      const request = await three();
      await press(request.id, 'clk');
      stores.time.ahead = 100 * 3_600;
      stores.enqueued.length = 0;
      await stores.requests.applyToAll(request.id, () => ({ kind: 'time-passed' }));
      assert.deepEqual(await labels(request.id), ['expired', 'expired', 'expired']);
      assert.equal(tells(), 1);
    });
  });
}
