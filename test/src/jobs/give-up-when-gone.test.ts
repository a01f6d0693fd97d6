import assert from 'node:assert/strict';
import { giveUpWhenGone, tellOrGiveUp } from '../../../src/jobs/give-up-when-gone.ts';
import { ChatError } from '../../../src/jobs/ports.ts';
import type { Cards } from '../../../src/store/cards.ts';
import type { RequestStore } from '../../../src/store/requests.ts';
import { aRequest } from '../../support/requests.ts';

describe('A word for a thread', () => {
  const failing = (error: ChatError) => () => Promise.reject(error);
  const parts = (began: boolean, thread: string) => ({
    cards: { endThread: () => Promise.resolve(began) } as unknown as Cards,
    requests: {
      byId: () => Promise.resolve({ ...aRequest(), place: { ...aRequest().place, thread } }),
    } as unknown as RequestStore,
  });
  const tell = (began: boolean, error: ChatError, thread = aRequest().place.thread) =>
    tellOrGiveUp(parts(began, thread), aRequest(), failing(error));

  it('comes again where the thread went with our own card', async () => {
    assert.deepEqual(await tell(true, new ChatError('gone', { status: 404 })), { againInSeconds: 1 });
  });

  it('comes again where the request has found another place meanwhile', async () => {
    const gone = new ChatError('gone', { status: 404 });
    assert.deepEqual(await tell(false, gone, '19:elsewhere;messageid=2'), { againInSeconds: 1 });
  });

  it('is settled where the thread of somebody else is gone, or nobody may write', async () => {
    assert.equal(await tell(false, new ChatError('gone', { status: 404 })), undefined);
    for (const kind of ['left', 'refused'] as const)
      assert.equal(await tell(true, new ChatError(kind, { status: 403 })), undefined);
  });

  it('comes when Teams says, and is its job’s to try again where Teams does not say', async () => {
    const error = new ChatError('later', { status: 429, retryAfterMs: 5_000 });
    assert.deepEqual(await tell(true, error), { againInSeconds: 5 });
    assert.deepEqual(await giveUpWhenGone(failing(error)), { againInSeconds: 5 });
    await assert.rejects(() => tell(true, new ChatError('later', { status: 503 })), ChatError);
  });
});
