import assert from 'node:assert/strict';
import type { RequestId } from '../../../src/containment/ids.ts';
import { ofNoAttempt } from '../../../src/containment/of-attempt.ts';
import { ChatError } from '../../../src/jobs/ports.ts';
import { setCardBench } from './card-bench.ts';

describe('the job that shows a card for a press that decided nothing', () => {
  const on = setCardBench();
  const { sync, syncPress, click, deny, laterOn, shown } = on;
  const said = () => on.bench.chatSays.said;
  const verified = (id: RequestId, clickId: string) =>
    on.bench.requests.apply(id, { kind: 'approve-verified', clickId, device: { name: 'ws-1' }, upn: 'u' });
  const attempt = async (id: RequestId) => {
    const { state } = (await on.bench.requests.byId(id)) ?? assert.fail();
    const why = { code: 'not-permitted' } as const;
    return on.bench.requests.apply(id, { kind: 'attempt-void', why, ...ofNoAttempt(state) });
  };

  async function inVainOnce(): Promise<RequestId> {
    const id = await shown();
    await click(id);
    await verified(id, 'clk');
    await attempt(id);
    await sync(id);
    laterOn();
    said().length = 0;
    return id;
  }

  it('edits it as such', async () => {
    const id = await shown();
    await click(id);

    await syncPress(id);

    assert.deepEqual(said(), ['edit: Awaiting approval r2, for a press']);
  });

  it('edits what is true no longer as a decision', async () => {
    const id = await shown();
    await deny(id);

    await syncPress(id);

    assert.deepEqual(said(), ['edit: Denied r2']);
  });

  it('keeps quiet for ten seconds of an approval after one that came to nothing', async () => {
    const id = await inVainOnce();
    await click(id, 'again');
    await verified(id, 'again');

    const again = await syncPress(id);
    const quiet = [...said()];
    on.bench.time.ahead += 11;
    await syncPress(id);

    assert.ok((again?.againInSeconds ?? 0) > 8);
    assert.deepEqual([quiet, said()], [[], ['edit: Approved r6']]);
  });

  it('edits as a decision what may stand otherwise, because an answer of Teams was lost', async () => {
    const id = await inVainOnce();
    await click(id, 'again');
    await verified(id, 'again');
    on.bench.time.ahead += 11;
    on.bench.chatSays.script.before = () => Promise.reject(new ChatError('later', { status: 504 }));
    await assert.rejects(async () => syncPress(id));
    on.bench.chatSays.script.before = () => undefined;
    await attempt(id);
    laterOn();

    await syncPress(id);

    assert.deepEqual(said(), ['edit: Awaiting approval r7']);
  });

  it('edits a pause as what it is, also of an approval after one that came to nothing', async () => {
    const id = await inVainOnce();
    await click(id, 'again');
    await verified(id, 'again');
    on.bench.time.ahead += 11;
    await syncPress(id);
    laterOn();
    await on.bench.requests.apply(id, {
      kind: 'submission-paused',
      hold: { since: await on.bench.requests.now(), reason: 'drill' },
    });

    await syncPress(id);

    assert.deepEqual(said(), ['edit: Approved r6', 'edit: Approved r7']);
  });

  it('shows what came of such an approval as for a press, when it came to nothing as well', async () => {
    const id = await inVainOnce();
    await click(id, 'again');
    await verified(id, 'again');
    await attempt(id);

    await syncPress(id);

    assert.deepEqual(said(), ['edit: Awaiting approval r7, for a press']);
  });
});
