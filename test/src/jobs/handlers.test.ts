import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { PrivateNote } from '../../../src/containment/event.ts';
import type { RequestId } from '../../../src/containment/ids.ts';
import { notNow } from '../../../src/jobs/not-now.ts';
import { ChatError } from '../../../src/jobs/ports.ts';
import { newRequestId } from '../../../src/platform/ids.ts';
import type { NewRequest } from '../../../src/store/create-request.ts';
import { aNewRequest } from '../../support/new-requests.ts';
import { alex, riley, sam } from '../../support/requests.ts';
import { anAwaitingRequest } from '../../support/running-request.ts';
import { aMachine, failing } from './fake-defender.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('the small jobs', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.time.ahead = 0;
    bench.defenderSays.reset();
    bench.access.reset();
    bench.chatSays.said.length = 0;
    bench.chatSays.script.before = () => undefined;
    bench.chatSays.script.reachable = true;
  });

  const deny = (id: RequestId) => bench.requests.apply(id, { kind: 'deny-clicked', by: sam, comment: 'no' });
  const teams = (...detail: ConstructorParameters<typeof ChatError>) => {
    bench.chatSays.script.before = () => {
      throw new ChatError(...detail);
    };
  };

  describe('expire', () => {
    it('comes again when it is early, and expires the request when it is due', async () => {
      const { id } = await anAwaitingRequest(bench.requests, { expirySeconds: 100 });

      const early = await bench.handlers.expire({ requestId: id });
      bench.time.ahead = 101;
      const due = await bench.handlers.expire({ requestId: id });

      assert.ok(early !== undefined && early.againInSeconds > 90 && early.againInSeconds <= 100);
      assert.equal(due, undefined);
      assert.equal(await bench.labelOf(id), 'Expired');
    });

    it('has nothing to do for what is decided or unknown', async () => {
      const { id } = await anAwaitingRequest(bench.requests);
      await deny(id);

      assert.equal(await bench.handlers.expire({ requestId: id }), undefined);
      assert.equal(await bench.handlers.expire({ requestId: newRequestId() }), undefined);
    });
  });

  describe('notify', () => {
    const place = aNewRequest().place;
    let threads = 0;
    const inThread = () => ({ place: { ...place, thread: `${place.thread};test=${(threads += 1)}` } });
    /** A request that was denied, and whose card says so unless told otherwise. */
    async function anEnd(given: Partial<NewRequest>, card: 'shown' | 'stale' = 'shown') {
      const { id } = await anAwaitingRequest(bench.requests, given);
      await deny(id);
      if (card === 'shown') await bench.handlers['sync-card']({ requestId: id });
      bench.chatSays.said.length = 0;
      return { id };
    }
    const notifyOf = (id: RequestId) => bench.handlers.notify({ requestId: id, about: 'Denied' });

    it('waits until the card shows the end, but no longer than a minute', async () => {
      const { id } = await anEnd(inThread(), 'stale');

      const early = await notifyOf(id);
      const before = [...bench.chatSays.said];
      bench.time.ahead = 61;
      await notifyOf(id);

      assert.deepEqual([early, before], [{ againInSeconds: 1 }, []]);
      assert.deepEqual(bench.chatSays.said, ['thread: Denied']);
    });

    it('does not wait for a card that was given up', async () => {
      const { id } = await anEnd(inThread(), 'stale');
      await bench.cards.givenUp(id, 'all');

      assert.equal(await notifyOf(id), undefined);
      assert.deepEqual(bench.chatSays.said, ['thread: Denied']);
    });

    it('tells the ends of one thread in their order, and waits for no other thread', async () => {
      const thread = inThread();
      const first = await anEnd(thread);
      const second = await anEnd(thread);
      const elsewhere = await anEnd(inThread());

      const waits = [await notifyOf(second.id), await notifyOf(elsewhere.id)];
      await notifyOf(first.id);
      waits.push(await notifyOf(second.id));

      assert.deepEqual(waits, [{ againInSeconds: 1 }, undefined, undefined]);
    });

    it('does not wait for an end that the thread will not hear of any more', async () => {
      const thread = inThread();
      const [dead, old] = [await anEnd(thread), await anEnd(thread)];
      const last = await anEnd(thread);
      await bench.sql
        .insertInto('dead_jobs')
        .values({
          id: dead.id,
          job: 'notify',
          request_id: dead.id,
          request_revision: 9,
          failure: 'failed',
          died_at: new Date(),
        })
        .execute();

      const waiting = await notifyOf(last.id);
      await bench.sql
        .updateTable('requests')
        .set({ changed_at: sql<Date>`changed_at - interval '11 minutes'` })
        .where('id', '=', old.id)
        .execute();

      assert.deepEqual([waiting, await notifyOf(last.id)], [{ againInSeconds: 1 }, undefined]);
    });

    it('tells the thread once, however often it runs', async () => {
      const { id } = await anEnd(inThread());

      await bench.handlers.notify({ requestId: id, about: 'Denied' });
      await bench.handlers.notify({ requestId: id, about: 'Denied' });

      assert.deepEqual(bench.chatSays.said, ['thread: Denied']);
    });

    it('tells the thread once, also when two processes have the job at the same moment', async () => {
      const { id } = await anEnd(inThread());

      const results = await Promise.all([notifyOf(id), notifyOf(id), notifyOf(id)]);
      const later = await notifyOf(id);

      assert.deepEqual(bench.chatSays.said, ['thread: Denied']);
      assert.equal(results.filter((again) => again === undefined).length, 1);
      assert.equal(later, undefined);
    });

    it('is free for another process 15 seconds after one died with it', async () => {
      const { id } = await anEnd(inThread());
      await bench.outcomes.begin(id);

      const early = await notifyOf(id);
      bench.time.ahead = 16;
      const late = await notifyOf(id);

      assert.deepEqual([early, late], [{ againInSeconds: 1 }, undefined]);
      assert.deepEqual(bench.chatSays.said, ['thread: Denied']);
    });

    it('tells again when the request needs attention a second time', async () => {
      const { id } = await anEnd(inThread());
      const attention = (at: string) =>
        bench.sql
          .updateTable('requests')
          .set({
            status: 'attention',
            state: JSON.stringify({ status: 'attention', reason: { code: 'outcome-unknown' }, at }),
          })
          .where('id', '=', id)
          .execute();
      const notify = () => bench.handlers.notify({ requestId: id, about: 'Needs attention' });

      await attention('2026-01-05T09:00:00.000Z');
      await notify();
      await attention('2026-01-05T10:00:00.000Z');
      await notify();
      await notify();

      assert.deepEqual(bench.chatSays.said, ['thread: Needs attention', 'thread: Needs attention']);
    });

    it('says nothing of a state that is over', async () => {
      const { id } = await anEnd(inThread());

      await bench.handlers.notify({ requestId: id, about: 'Needs attention' });

      assert.deepEqual(bench.chatSays.said, []);
    });

    it('waits when Teams asks, is tried again when it fails, and gives up when the thread is gone', async () => {
      const { id } = await anEnd(inThread());
      const notify = () => bench.handlers.notify({ requestId: id, about: 'Denied' });

      teams('later', { retryAfterMs: 4_000 });
      assert.deepEqual(await notify(), { againInSeconds: 4 });
      teams('later');
      await assert.rejects(notify(), ChatError);
      teams('gone');
      assert.equal(await notify(), undefined);
      assert.notEqual(await bench.cards.toldEnd(id), undefined);
    });
  });

  describe('tell', () => {
    const note = { about: 'approval', why: { code: 'not-permitted' } } as const;

    it('tells the person alone, and is content when they cannot be reached', async () => {
      const { id } = await anAwaitingRequest(bench.requests);
      const tell = () => bench.handlers.tell({ requestId: id, to: alex, note });

      await tell();
      bench.chatSays.script.reachable = false;
      const unreachable = await tell();

      assert.deepEqual(bench.chatSays.said, ['Alex Moreno: not-permitted', 'Alex Moreno: not-permitted']);
      assert.equal(unreachable, undefined);
    });
  });

  describe('tell, with what a newer program had to say', () => {
    const newer = [
      { about: 'approval', why: { code: 'not-on-call' } },
      { about: 'cancellation', why: { code: 'not-on-call' } },
      { about: 'cancellation', why: { code: 'sign-in-gone', why: { code: 'not-on-call' } } },
      { about: 'handover', why: { code: 'failed' } },
      // Names that every object has.
      { about: 'approval', why: { code: 'constructor' } },
    ];
    const failure = async (note: object, unread?: number) => {
      const { id } = await anAwaitingRequest(bench.requests);
      const payload = { requestId: id, to: alex, note: note as PrivateNote, ...(unread ? { unread } : {}) };
      return bench.handlers.tell(payload).then(
        () => assert.fail('told'),
        (error: unknown) => error,
      );
    };

    for (const note of newer) {
      it(`leaves it to that one, and says nothing (${JSON.stringify(note)})`, async () => {
        const error = await failure(note);

        assert.deepEqual(bench.chatSays.said, []);
        assert.deepEqual(notNow(error), {});
      });
    }

    it('does so for an hour or so: then it is the failure of a job', async () => {
      const [note] = newer;

      assert.deepEqual(notNow(await failure(note ?? {}, 79)), {});
      assert.equal(notNow(await failure(note ?? {}, 80)), undefined);
    });
  });

  describe('look-up-device', () => {
    it('shows what the requestor’s own token sees', async () => {
      const { id } = await anAwaitingRequest(bench.requests);

      await bench.handlers['look-up-device']({ requestId: id });

      const { device } = await bench.reread(id);
      assert.equal(device?.name, 'ws-finance-017.contoso.example');
      assert.deepEqual(new Set(bench.defenderSays.tokens), new Set([`token-of-${riley.objectId}`]));
    });

    it('is content when the requestor is not signed in, or Defender does not answer', async () => {
      const { id } = await anAwaitingRequest(bench.requests);
      bench.access.fails(riley, { kind: 'not-signed-in' });
      await bench.handlers['look-up-device']({ requestId: id });
      bench.access.reset();
      bench.defenderSays.answers({ readDevice: failing('server-error') });

      await bench.handlers['look-up-device']({ requestId: id });

      assert.equal(await bench.labelOf(id), 'Awaiting approval');
      assert.equal((await bench.reread(id)).device, undefined);
    });

    it('says what is certainly impossible before anybody approves', async () => {
      const { id } = await anAwaitingRequest(bench.requests);
      const linux = aMachine({ osPlatform: 'Linux' });
      bench.defenderSays.answers({ readDevice: () => Promise.resolve(linux) });

      await bench.handlers['look-up-device']({ requestId: id });

      assert.equal(await bench.labelOf(id), 'Needs attention');
    });

    it('asks nobody once the device is known or the request decided', async () => {
      const { id } = await anAwaitingRequest(bench.requests);
      await deny(id);

      await bench.handlers['look-up-device']({ requestId: id });

      assert.deepEqual(bench.access.asked, []);
    });
  });
});
