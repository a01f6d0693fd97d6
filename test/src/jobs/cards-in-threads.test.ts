import assert from 'node:assert/strict';
import type { RequestId } from '../../../src/containment/ids.ts';
import { ChatError } from '../../../src/jobs/ports.ts';
import { newRequestId } from '../../../src/platform/ids.ts';
import { aDeviceId } from '../../support/requests.ts';
import { anAwaitingRequest } from '../../support/running-request.ts';
import { setCardBench } from './card-bench.ts';

describe('a card in a thread that began with a card', () => {
  const on = setCardBench();
  const { sync, deny, laterOn } = on;
  const said = () => on.bench.chatSays.said;
  const gone = () => Promise.reject(new ChatError('gone', { status: 404 }));
  const placeOf = async (id: RequestId) => (await on.bench.requests.byId(id))?.place ?? assert.fail();

  /** The card of one is the first post of the thread, and another request was made there. */
  async function twoInAThread(): Promise<{ first: RequestId; second: RequestId }> {
    const conversation = `19:${newRequestId()}@thread.tacv2`;
    const post = { conversation, thread: conversation, kind: 'channel' } as const;
    const first = await anAwaitingRequest(on.bench.requests, { place: post });
    await sync(first.id);
    laterOn();
    const deviceId = aDeviceId('b'.repeat(40));
    const second = await anAwaitingRequest(on.bench.requests, { place: await placeOf(first.id), deviceId });
    said().length = 0;
    return { first: first.id, second: second.id };
  }

  it('that is deleted is posted anew, and the other one as a post of its own', async () => {
    const { first, second } = await twoInAThread();
    await deny(first);
    on.bench.chatSays.script.before = (what) => (what.startsWith('edit') ? gone() : undefined);

    await sync(first);
    on.bench.chatSays.script.before = () => undefined;
    await sync(second);

    assert.deepEqual(said(), ['replacement: Denied r2', 'card: Awaiting approval r1']);
    const [one, other] = [await placeOf(first), await placeOf(second)];
    assert.equal(new Set([one.conversation, one.thread, other.thread]).size, 3);
  });

  it('comes again when somebody else meets the end of its thread first', async () => {
    const { first, second } = await twoInAThread();
    const place = await placeOf(first);
    on.bench.chatSays.script.before = async () => {
      await on.bench.cards.endThread(place);
      await gone();
    };

    const again = await sync(second);
    on.bench.chatSays.script.before = () => undefined;
    await sync(second);

    assert.deepEqual(again, { againInSeconds: 1 });
    assert.deepEqual(said(), ['card: Awaiting approval r1']);
  });
});
