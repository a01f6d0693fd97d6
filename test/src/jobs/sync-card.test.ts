import assert from 'node:assert/strict';
import sinon from 'sinon';
import type { RequestId } from '../../../src/containment/ids.ts';
import { ChatError } from '../../../src/jobs/ports.ts';
import { newRequestId } from '../../../src/platform/ids.ts';
import { alex, sam } from '../../support/requests.ts';
import { anAwaitingRequest } from '../../support/running-request.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('the job that shows a card', () => {
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

  it('sends it once, then edits the same message', async () => {
    const { id } = await anAwaitingRequest(bench.requests);

    await sync(id);
    await sync(id);
    laterOn();
    await deny(id);
    await sync(id);

    assert.deepEqual(bench.chatSays.said, ['card: Awaiting approval r1', 'edit: Denied r2']);
    assert.equal(await bench.cards.activityId(id), `activity-of-${id}`);
  });

  it('makes one edit of many changes, with the newest state', async () => {
    const id = await shown();
    await click(id);
    await deny(id);

    await Promise.all([sync(id), sync(id), sync(id)]);

    assert.deepEqual(bench.chatSays.said, ['edit: Denied r3']);
  });

  it('shows at once what changed while the message was on its way', async () => {
    const { id } = await anAwaitingRequest(bench.requests);
    bench.chatSays.script.before = async (what) => {
      if (what.startsWith('card:')) await deny(id);
      laterOn();
    };

    await sync(id);

    assert.deepEqual(bench.chatSays.said, ['card: Awaiting approval r1', 'edit: Denied r2']);
  });

  it('leaves a second between two edits', async () => {
    const { id } = await anAwaitingRequest(bench.requests);
    await sync(id);
    const before = Date.parse(await bench.requests.now());
    await deny(id);

    await sync(id);

    const after = Date.parse(await bench.requests.now());
    assert.ok(after - before > 700 && bench.chatSays.said.length === 2);
  });

  it('leaves a card alone that another process is sending', async () => {
    const { id } = await anAwaitingRequest(bench.requests);
    await bench.cards.hold(id);

    const again = await sync(id);

    assert.ok(again !== undefined && again.againInSeconds > 0);
    assert.deepEqual(bench.chatSays.said, []);
  });

  it('waits as long as Teams asks, then shows the state of then', async () => {
    const id = await shown();
    await click(id);
    bench.chatSays.script.before = () => {
      throw new ChatError('later', { retryAfterMs: 7_000 });
    };

    const again = await sync(id);
    bench.chatSays.script.before = () => undefined;
    await deny(id);
    await sync(id);

    assert.deepEqual(again, { againInSeconds: 7 });
    assert.deepEqual(bench.chatSays.said, ['edit: Denied r3']);
  });

  it('fails, so that it is tried again, when Teams does not say when; the card is free meanwhile', async () => {
    const id = await shown();
    await deny(id);
    bench.chatSays.script.before = () => {
      throw new ChatError('later');
    };

    await assert.rejects(sync(id), ChatError);

    bench.chatSays.script.before = () => undefined;
    await sync(id);
    assert.deepEqual(bench.chatSays.said, ['edit: Denied r2']);
  });

  it('makes no edit that nobody would see', async () => {
    const id = await shown();
    await click(id);
    bench.chatSays.looks.pictureOf = () => '1';

    await sync(id);
    bench.chatSays.looks.pictureOf = ({ revision }) => String(revision);
    const said = [...bench.chatSays.said];
    await deny(id);
    await sync(id);

    assert.deepEqual(said, []);
    assert.deepEqual(bench.chatSays.said, ['edit: Denied r3']);
  });

  it('edits a card that looks as it did before an edit whose answer was lost', async () => {
    const id = await shown();
    await click(id);
    bench.chatSays.script.before = () => {
      throw new ChatError('later');
    };
    await assert.rejects(sync(id), ChatError);
    bench.chatSays.script.before = () => undefined;
    bench.chatSays.looks.pictureOf = () => '1';

    await sync(id);
    bench.chatSays.looks.pictureOf = ({ revision }) => String(revision);

    assert.deepEqual(bench.chatSays.said, ['edit: Awaiting approval r2']);
  });

  it('edits anew what a late edit of its own has spoilt, though another process had shown it', async () => {
    const id = await shown();
    await click(id);
    bench.chatSays.script.before = async () => {
      bench.chatSays.script.before = () => undefined;
      bench.time.ahead += 16;
      await deny(id);
      const other = await bench.cards.hold(id);
      const seen = { activityId: `activity-of-${id}`, revision: 3, picture: '3', standing: '' };
      await bench.cards.shown(id, other?.holder ?? '', seen);
    };

    await sync(id);

    assert.deepEqual(bench.chatSays.said, ['edit: Awaiting approval r2', 'edit: Denied r3']);
  });

  const whats = async (id: RequestId) => (await bench.audited(id)).map((record) => record['what']);
  const failEdits = () => {
    bench.chatSays.script.before = (what) => {
      if (what.startsWith('edit')) throw new ChatError('gone', { status: 404 });
    };
  };

  it('posts one card in the place of a deleted one, then edits that', async () => {
    const id = await shown();
    await click(id);
    failEdits();
    await sync(id);
    bench.chatSays.script.before = () => undefined;
    laterOn();
    await deny(id);

    await sync(id);

    assert.deepEqual(bench.chatSays.said, ['replacement: Awaiting approval r2', 'edit: Denied r3']);
    assert.ok((await whats(id)).includes('card-replaced'));
  });

  it('is silent when the replacement is deleted too, and records that once', async () => {
    const id = await shown();
    await click(id);
    failEdits();
    await sync(id);
    laterOn();
    await deny(id);
    await sync(id);
    await bench.requests.apply(id, { kind: 'time-passed' });

    await sync(id);

    assert.deepEqual(bench.chatSays.said, ['replacement: Awaiting approval r2']);
    assert.equal((await whats(id)).filter((what) => what === 'card-not-shown').length, 1);
    assert.equal((await bench.cards.hold(id))?.replacements, 1);
  });

  it('that is killed before the replacement is sent posts one, not two', async () => {
    const id = await shown();
    await click(id);
    failEdits();
    const once = bench.chatSays.script.before;
    bench.chatSays.script.before = (what) => {
      if (what.startsWith('replacement')) throw new Error('killed here');
      return once(what);
    };
    await assert.rejects(sync(id), /killed here/);
    failEdits();

    await sync(id);
    laterOn();
    await deny(id);
    await sync(id);

    assert.deepEqual(bench.chatSays.said, ['replacement: Awaiting approval r2']);
  });

  it('asks Teams no second time for what it did not take', async () => {
    const id = await shown();
    await deny(id);
    let tries = 0;
    bench.chatSays.script.before = () => {
      tries += 1;
      throw new ChatError('left');
    };

    await sync(id);
    await sync(id);

    assert.equal(tries, 1);
  });

  for (const kind of ['left', 'refused'] as const) {
    it(`gives up when the message is ${kind}, and records it`, async () => {
      const id = await shown();
      await deny(id);
      bench.chatSays.script.before = () => {
        throw new ChatError(kind, { status: 404 });
      };

      assert.equal(await sync(id), undefined);

      const last = (await bench.audited(id)).at(-1);
      assert.equal(last?.['what'], 'card-not-shown');
      assert.deepEqual(last['detail'], { kind, status: 404 });
      assert.notEqual(await bench.cards.hold(id), undefined);
    });
  }

  it('does not begin a message so late that the card could be somebody else’s before it is through', async () => {
    const { id } = await anAwaitingRequest(bench.requests);
    const now = sinon.stub(performance, 'now');
    now.onFirstCall().returns(0);
    now.returns(4_001);

    const again = await sync(id);
    now.restore();

    assert.ok(again !== undefined);
    assert.deepEqual(bench.chatSays.said, []);
    assert.notEqual(await bench.cards.hold(id), undefined);
  });

  it('has nothing to show of a request that does not exist', async () => {
    await sync(newRequestId());

    assert.deepEqual(bench.chatSays.said, []);
  });
});
