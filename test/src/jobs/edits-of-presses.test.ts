import assert from 'node:assert/strict';
import type { RequestId } from '../../../src/containment/ids.ts';
import { ofNoAttempt } from '../../../src/containment/of-attempt.ts';
import { ChatError } from '../../../src/jobs/ports.ts';
import { alex, sam } from '../../support/requests.ts';
import { anAwaitingRequest } from '../../support/running-request.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('the job that shows a card for a press that decided nothing', () => {
  let bench: Workbench;
  before(async () => {
    bench = await openWorkbench();
  });
  after(() => bench.close());
  beforeEach(() => {
    bench.chatSays.said.length = 0;
    bench.chatSays.script.before = () => undefined;
  });

  const sync = (requestId: RequestId) => bench.handlers['sync-card']({ requestId });
  const click = (id: RequestId) =>
    bench.requests.apply(id, { kind: 'approve-clicked', by: alex, clickId: 'clk' });
  const deny = (id: RequestId) => bench.requests.apply(id, { kind: 'deny-clicked', by: sam, comment: 'no' });
  /** Longer than the least time between two edits of a card. */
  const laterOn = () => {
    bench.time.ahead += 2;
  };

  async function shown(): Promise<RequestId> {
    const { id } = await anAwaitingRequest(bench.requests);
    await sync(id);
    laterOn();
    bench.chatSays.said.length = 0;
    return id;
  }

  const syncPress = (requestId: RequestId) => bench.handlers['sync-card']({ requestId, press: true });
  const said = () => bench.chatSays.said;
  const verified = (id: RequestId, clickId: string) =>
    bench.requests.apply(id, { kind: 'approve-verified', clickId, device: { name: 'ws-1' }, upn: 'u' });
  const attempt = async (id: RequestId) => {
    const { state } = (await bench.requests.byId(id)) ?? assert.fail();
    const why = { code: 'not-permitted' } as const;
    return bench.requests.apply(id, { kind: 'attempt-void', why, ...ofNoAttempt(state) });
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
    await bench.requests.apply(id, { kind: 'approve-clicked', by: alex, clickId: 'again' });
    await verified(id, 'again');

    const again = await syncPress(id);
    const quiet = [...said()];
    bench.time.ahead += 11;
    await syncPress(id);

    assert.ok((again?.againInSeconds ?? 0) > 8);
    assert.deepEqual([quiet, said()], [[], ['edit: Approved r6']]);
  });

  it('edits as a decision what may stand otherwise, because an answer of Teams was lost', async () => {
    const id = await inVainOnce();
    await bench.requests.apply(id, { kind: 'approve-clicked', by: alex, clickId: 'again' });
    await verified(id, 'again');
    bench.time.ahead += 11;
    bench.chatSays.script.before = () => Promise.reject(new ChatError('later', { status: 504 }));
    await assert.rejects(async () => syncPress(id));
    bench.chatSays.script.before = () => undefined;
    await attempt(id);
    laterOn();

    await syncPress(id);

    assert.deepEqual(said(), ['edit: Awaiting approval r7']);
  });

  it('edits a pause as what it is, also of an approval after one that came to nothing', async () => {
    const id = await inVainOnce();
    await bench.requests.apply(id, { kind: 'approve-clicked', by: alex, clickId: 'again' });
    await verified(id, 'again');
    bench.time.ahead += 11;
    await syncPress(id);
    laterOn();
    await bench.requests.apply(id, {
      kind: 'submission-paused',
      hold: { since: await bench.requests.now(), reason: 'drill' },
    });

    await syncPress(id);

    assert.deepEqual(said(), ['edit: Approved r6', 'edit: Approved r7']);
  });

  it('shows what came of such an approval as for a press, when it came to nothing as well', async () => {
    const id = await inVainOnce();
    await bench.requests.apply(id, { kind: 'approve-clicked', by: alex, clickId: 'again' });
    await verified(id, 'again');
    await attempt(id);

    await syncPress(id);

    assert.deepEqual(said(), ['edit: Awaiting approval r7, for a press']);
  });
});
