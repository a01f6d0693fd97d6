import assert from 'node:assert/strict';
import sinon from 'sinon';
import type { RequestId } from '../../../src/containment/ids.ts';
import { ChatError } from '../../../src/jobs/ports.ts';
import { newRequestId } from '../../../src/platform/ids.ts';
import { anAwaitingRequest } from '../../support/running-request.ts';
import { setCardBench } from './card-bench.ts';

describe('the job that shows a card', () => {
  const on = setCardBench();
  const { sync, click, deny, laterOn, shown } = on;

  it('sends it once, then edits the same message', async () => {
    const { id } = await anAwaitingRequest(on.bench.requests);

    await sync(id);
    await sync(id);
    laterOn();
    await deny(id);
    await sync(id);

    assert.deepEqual(on.bench.chatSays.said, ['card: Awaiting approval r1', 'edit: Denied r2']);
    assert.equal(await on.bench.cards.activityId(id), `activity-of-${id}`);
  });

  it('makes one edit of many changes, with the newest state', async () => {
    const id = await shown();
    await click(id);
    await deny(id);

    await Promise.all([sync(id), sync(id), sync(id)]);

    assert.deepEqual(on.bench.chatSays.said, ['edit: Denied r3']);
  });

  it('shows at once what changed while the message was on its way', async () => {
    const { id } = await anAwaitingRequest(on.bench.requests);
    on.bench.chatSays.script.before = async (what) => {
      if (what.startsWith('card:')) await deny(id);
      laterOn();
    };

    await sync(id);

    assert.deepEqual(on.bench.chatSays.said, ['card: Awaiting approval r1', 'edit: Denied r2']);
  });

  it('leaves a second between two edits', async () => {
    const { id } = await anAwaitingRequest(on.bench.requests);
    await sync(id);
    const before = Date.parse(await on.bench.requests.now());
    await deny(id);

    await sync(id);

    const after = Date.parse(await on.bench.requests.now());
    assert.ok(after - before > 700 && on.bench.chatSays.said.length === 2);
  });

  it('leaves a card alone that another process is sending', async () => {
    const { id } = await anAwaitingRequest(on.bench.requests);
    await on.bench.cards.hold(id);

    const again = await sync(id);

    assert.ok(again !== undefined && again.againInSeconds > 0);
    assert.deepEqual(on.bench.chatSays.said, []);
  });

  it('waits as long as Teams asks, then shows the state of then', async () => {
    const id = await shown();
    await click(id);
    on.bench.chatSays.script.before = () => {
      throw new ChatError('later', { retryAfterMs: 7_000 });
    };

    const again = await sync(id);
    on.bench.chatSays.script.before = () => undefined;
    await deny(id);
    await sync(id);

    assert.deepEqual(again, { againInSeconds: 7 });
    assert.deepEqual(on.bench.chatSays.said, ['edit: Denied r3']);
  });

  it('fails, so that it is tried again, when Teams does not say when; the card is free meanwhile', async () => {
    const id = await shown();
    await deny(id);
    on.bench.chatSays.script.before = () => {
      throw new ChatError('later');
    };

    await assert.rejects(sync(id), ChatError);

    on.bench.chatSays.script.before = () => undefined;
    await sync(id);
    assert.deepEqual(on.bench.chatSays.said, ['edit: Denied r2']);
  });

  it('makes no edit that nobody would see', async () => {
    const id = await shown();
    await click(id);
    on.bench.chatSays.looks.pictureOf = () => '1';

    await sync(id);
    on.bench.chatSays.looks.pictureOf = ({ revision }) => String(revision);
    const said = [...on.bench.chatSays.said];
    await deny(id);
    await sync(id);

    assert.deepEqual(said, []);
    assert.deepEqual(on.bench.chatSays.said, ['edit: Denied r3']);
  });

  it('edits a card that looks as it did before an edit whose answer was lost', async () => {
    const id = await shown();
    await click(id);
    on.bench.chatSays.script.before = () => {
      throw new ChatError('later');
    };
    await assert.rejects(sync(id), ChatError);
    on.bench.chatSays.script.before = () => undefined;
    on.bench.chatSays.looks.pictureOf = () => '1';

    await sync(id);
    on.bench.chatSays.looks.pictureOf = ({ revision }) => String(revision);

    assert.deepEqual(on.bench.chatSays.said, ['edit: Awaiting approval r2']);
  });

  it('edits anew what a late edit of its own has spoilt, though another process had shown it', async () => {
    const id = await shown();
    await click(id);
    on.bench.chatSays.script.before = async () => {
      on.bench.chatSays.script.before = () => undefined;
      on.bench.time.ahead += 16;
      await deny(id);
      const other = await on.bench.cards.hold(id);
      const seen = { activityId: `activity-of-${id}`, revision: 3, picture: '3', standing: '' };
      await on.bench.cards.shown(id, other?.holder ?? '', seen);
    };

    await sync(id);

    assert.deepEqual(on.bench.chatSays.said, ['edit: Awaiting approval r2', 'edit: Denied r3']);
  });

  const whats = async (id: RequestId) => (await on.bench.audited(id)).map((record) => record['what']);
  const failEdits = () => {
    on.bench.chatSays.script.before = (what) => {
      if (what.startsWith('edit')) throw new ChatError('gone', { status: 404 });
    };
  };

  it('posts one card in the place of a deleted one, then edits that', async () => {
    const id = await shown();
    await click(id);
    failEdits();
    await sync(id);
    on.bench.chatSays.script.before = () => undefined;
    laterOn();
    await deny(id);

    await sync(id);

    assert.deepEqual(on.bench.chatSays.said, ['replacement: Awaiting approval r2', 'edit: Denied r3']);
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
    await on.bench.requests.apply(id, { kind: 'time-passed' });

    await sync(id);

    assert.deepEqual(on.bench.chatSays.said, ['replacement: Awaiting approval r2']);
    assert.equal((await whats(id)).filter((what) => what === 'card-not-shown').length, 1);
    assert.equal((await on.bench.cards.hold(id))?.replacements, 1);
  });

  it('that is killed before the replacement is sent posts one, not two', async () => {
    const id = await shown();
    await click(id);
    failEdits();
    const once = on.bench.chatSays.script.before;
    on.bench.chatSays.script.before = (what) => {
      if (what.startsWith('replacement')) throw new Error('killed here');
      return once(what);
    };
    await assert.rejects(sync(id), /killed here/);
    failEdits();

    await sync(id);
    laterOn();
    await deny(id);
    await sync(id);

    assert.deepEqual(on.bench.chatSays.said, ['replacement: Awaiting approval r2']);
  });

  it('asks Teams no second time for what it did not take', async () => {
    const id = await shown();
    await deny(id);
    let tries = 0;
    on.bench.chatSays.script.before = () => {
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
      on.bench.chatSays.script.before = () => {
        throw new ChatError(kind, { status: 404 });
      };

      assert.equal(await sync(id), undefined);

      const last = (await on.bench.audited(id)).at(-1);
      assert.equal(last?.['what'], 'card-not-shown');
      assert.deepEqual(last['detail'], { kind, status: 404 });
      assert.notEqual(await on.bench.cards.hold(id), undefined);
    });
  }

  it('does not begin a message so late that the card could be somebody else’s before it is through', async () => {
    const { id } = await anAwaitingRequest(on.bench.requests);
    const now = sinon.stub(performance, 'now');
    now.onFirstCall().returns(0);
    now.returns(4_001);

    const again = await sync(id);
    now.restore();

    assert.ok(again !== undefined);
    assert.deepEqual(on.bench.chatSays.said, []);
    assert.notEqual(await on.bench.cards.hold(id), undefined);
  });

  it('has nothing to show of a request that does not exist', async () => {
    await sync(newRequestId());

    assert.deepEqual(on.bench.chatSays.said, []);
  });
});
