import assert from 'node:assert/strict';
import { type Activity, type InvokeResponse, TurnContext } from 'botbuilder';
import sinon from 'sinon';
import { type BotParts, CordonBot } from '../../bot/bot.ts';
import type { Bar } from '../../bot/membership.ts';
import * as texts from '../../bot/texts/replies.ts';
import { ChatError } from '../../src/jobs/ports.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import type { Claim } from '../../src/store/answered-messages.ts';
import { DirectAdapter } from './direct-adapter.ts';

const noLog = { debug() {}, info() {}, warn() {}, error() {} };
const deviceId = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567';
const never = new Promise<never>(() => undefined);
const down = () => Promise.reject(new Error('the database is down'));

describe('a turn', () => {
  let adapter: DirectAdapter;
  let remember: sinon.SinonStub<unknown[], Promise<boolean>>;
  let removed: sinon.SinonStub<unknown[], Promise<void>>;
  let returned: sinon.SinonStub<unknown[], Promise<string[]>>;
  let bringUpToDate: sinon.SinonStub<unknown[], Promise<void>>;
  let release: sinon.SinonStub<unknown[], Promise<void>>;
  let create: sinon.SinonStub<unknown[], Promise<unknown>>;
  let claim: sinon.SinonStub<unknown[], Promise<Claim>>;
  let replyText: sinon.SinonStub<unknown[], Promise<void>>;
  let note: sinon.SinonStub<unknown[], Promise<void>>;
  let barOf: sinon.SinonStub<unknown[], Promise<Bar | undefined>>;
  let noteForTenant: sinon.SinonStub<unknown[], Promise<void>>;
  let bot: CordonBot;

  beforeEach(() => {
    adapter = new DirectAdapter();
    remember = sinon.stub<unknown[], Promise<boolean>>().resolves(false);
    removed = sinon.stub<unknown[], Promise<void>>().resolves();
    returned = sinon.stub<unknown[], Promise<string[]>>().resolves(['req_1']);
    bringUpToDate = sinon.stub<unknown[], Promise<void>>().resolves();
    release = sinon.stub<unknown[], Promise<void>>().resolves();
    create = sinon.stub<unknown[], Promise<unknown>>().resolves({ kind: 'duplicate', number: 7 });
    claim = sinon.stub<unknown[], Promise<Claim>>().resolves('ours');
    replyText = sinon.stub<unknown[], Promise<void>>().resolves();
    note = sinon.stub<unknown[], Promise<void>>().resolves();
    barOf = sinon.stub<unknown[], Promise<Bar | undefined>>().resolves(undefined);
    noteForTenant = sinon.stub<unknown[], Promise<void>>().resolves();
    const parts: unknown = {
      conversations: { remember, removed, returned },
      bringUpToDate,
      answered: { claim, release, replied: () => Promise.resolve() },
      courier: { replyText, replyCard: () => Promise.resolve() },
      messages: { requests: { create }, log: noLog, expirySeconds: 60 },
      membership: { note, barOf },
      cardActions: { requests: { noteForTenant } },
      log: noLog,
      metrics: createMetrics(),
    };
    bot = new CordonBot(parts as BotParts);
  });
  afterEach(() => sinon.restore());

  function turnOf(change: Record<string, unknown> = {}): TurnContext {
    return new TurnContext(adapter, {
      type: 'message',
      id: '17',
      channelId: 'msteams',
      serviceUrl: 'https://smba.trafficmanager.net/amer/',
      from: { id: '29:1', name: 'Riley Chen', aadObjectId: 'a0000000-0000-4000-8000-000000000001' },
      conversation: { id: 'a:1', conversationType: 'personal', tenantId: 't' },
      recipient: { id: '28:bot', name: 'Cordon' },
      text: `/restrict ${deviceId} Beacons`,
      ...change,
    } as unknown as Partial<Activity>);
  }

  const said = (): unknown[] => adapter.sent.map(({ text }) => text);

  it('of a typed command says so when nothing could be recorded', async () => {
    for (const broken of [remember, claim]) {
      broken.callsFake(down);
      create.callsFake(down);
      await bot.receive(turnOf({ id: String(adapter.sent.length) }), performance.now());
    }

    assert.deepEqual(said(), [texts.notRecorded, texts.notRecorded]);
    assert.equal(adapter.sent[0]?.textFormat, 'plain');
    assert.equal(replyText.callCount, 0);
  });

  it('of a typed command gives the true answer past a database that fails afterwards', async () => {
    claim.callsFake(down);

    await bot.receive(turnOf({ text: '/restrict' }), performance.now());

    assert.match(String(said()[0]), /The device is missing/);
  });

  it('of an old card button is not answered in words', async () => {
    remember.callsFake(down);

    await bot.receive(turnOf({ text: '', value: { a: 1 } }), performance.now());

    assert.deepEqual(said(), []);
  });

  it('of an edit, a deletion, a reaction or an unknown kind does nothing, whatever is absent', async () => {
    for (const type of ['messageUpdate', 'messageDelete', 'messageReaction', 'event', 'command', 'typing'])
      for (const channelData of [undefined, null, 'x', { eventType: 'editMessage' }])
        for (const name of [undefined, 'application/vnd.microsoft.meetingStart'])
          await bot.receive(turnOf({ type, channelData, name, value: undefined }), performance.now());

    assert.deepEqual([said().length, remember.callCount, create.callCount], [0, 0, 0]);
  });

  it('of a press of somebody without an object id counts too, under their chat id', async () => {
    const press = {
      type: 'invoke',
      name: 'adaptiveCard/action',
      value: {},
      from: { id: '29:anonymous', name: 'Guest' },
    };
    for (let times = 0; times < 301; times += 1) await bot.receive(turnOf(press), performance.now());
    await bot.receive(turnOf({ ...press, from: { id: '29:other' } }), performance.now());

    const answers = adapter.sent.map(({ value }) => JSON.stringify(value));
    assert.equal(answers.filter((text) => text.includes('more than Cordon takes')).length, 1);
    assert.match(answers.at(-2) ?? '', /more than Cordon takes/);
    assert.match(answers.at(-1) ?? '', /did not tell me who you are/);
    // Nobody is named whom a record could name.
    assert.equal(noteForTenant.callCount, 0);
  });

  const isNotice = (text: unknown): boolean => /more than Cordon takes/.test(String(text));

  async function flood(count: number, given: Record<string, unknown> = { text: '/nonsense' }): Promise<void> {
    for (let times = 0; times < count; times += 1)
      await bot.receive(turnOf({ id: `message-${times}`, ...given }), performance.now());
  }

  it('of more messages than one person may send is told once, before all other replies', async () => {
    await flood(302);

    const replies = replyText.args.map(([, text, priority]) => [isNotice(text), priority]);
    const notices = replies.filter(([notice]) => notice);
    assert.deepEqual(notices, [[true, 'urgent']]);
    assert.ok(replies.some(([notice, priority]) => !notice && priority === 'reply'));
  });

  const incident = { id: '19:inc@thread.v2', conversationType: 'groupChat', tenantId: 't' };

  it('of a message in the incident’s chat is told of the pause that began elsewhere, once', async () => {
    await flood(301);
    const before = replyText.callCount;
    for (const id of ['a', 'b', 'c'])
      await bot.receive(turnOf({ id, text: '/restrict', conversation: incident }), performance.now());

    assert.deepEqual(
      replyText.args.slice(before).map(([place, text]) => [place, isNotice(text)]),
      [[{ conversation: incident.id, thread: incident.id, kind: 'groupChat' }, true]],
    );
  });

  it('of a pause is told again where the first word met nobody', async () => {
    await flood(300);
    for (const [kind, id] of [
      ['gone', 'a'],
      [undefined, 'b'],
      [undefined, 'c'],
    ] as const) {
      if (kind === undefined) replyText.resolves();
      else replyText.rejects(new ChatError(kind));
      await bot.receive(turnOf({ id, text: '/nonsense' }), performance.now());
    }

    assert.deepEqual(replyText.args.filter(([, text]) => isNotice(text)).length, 2);
  });

  it('of the message that is one too many is told so, though just then nothing can be recorded', async () => {
    await flood(300);
    noteForTenant.onFirstCall().callsFake(down);
    await bot.receive(turnOf({ id: 'too many', text: '/help' }), performance.now());

    assert.deepEqual(said().filter(isNotice).length, 1);
  });

  it('of the message that is one too many is recorded once, however often Teams takes no answer', async () => {
    await flood(300);
    replyText.rejects(new ChatError('later'));
    for (let times = 0; times < 3; times += 1)
      await assert.rejects(bot.receive(turnOf({ id: 'too many', text: '/help' }), performance.now()));
    replyText.resolves();
    await bot.receive(turnOf({ id: 'too many', text: '/help' }), performance.now());

    assert.ok(isNotice(replyText.lastCall.args[1]));
    assert.equal(noteForTenant.callCount, 1);
  });

  it('of an old card button takes nothing of what its person may type, nor the notice', async () => {
    await flood(305, { text: '', value: { a: 1 } });
    await bot.receive(turnOf({ id: 'typed', text: '/nonsense' }), performance.now());

    assert.equal(replyText.callCount, 1);
    assert.ok(!isNotice(replyText.lastCall.args[1]));
  });

  it('fails, so that Teams delivers the message anew, when it cannot be answered at all', async () => {
    remember.callsFake(down);
    adapter.fails = true;

    await assert.rejects(bot.receive(turnOf(), performance.now()));
  });

  it('of a message that is delivered again while nothing can be recorded says so once', async () => {
    remember.callsFake(down);
    adapter.fails = true;
    await assert.rejects(bot.receive(turnOf(), performance.now()));
    adapter.fails = false;

    await bot.receive(turnOf(), performance.now());
    await bot.receive(turnOf(), performance.now());

    assert.deepEqual(said(), [texts.notRecorded]);
  });

  for (const isTold of [true, false]) {
    const then = isTold ? 'keeps the message' : 'gives the message free for the next delivery';
    it(`that is given up ${isTold ? 'with' : 'without'} a word to the person ${then}`, async () => {
      const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
      let answer = (): void => undefined;
      claim.returns(
        new Promise((resolve) => {
          answer = () => resolve('ours');
        }),
      );
      adapter.fails = !isTold;
      const turn = bot.receive(turnOf({ text: '/restrict' }), performance.now()).catch(() => undefined);
      await clock.tickAsync(15_000);
      await turn;
      answer();
      await clock.runAllAsync();

      assert.equal(release.callCount, isTold ? 0 : 1);
      assert.equal(replyText.callCount, 0);
    });
  }

  const channel = { id: '19:c@thread.tacv2', conversationType: 'channel', tenantId: 't' };
  const goodbyes: Record<string, Record<string, unknown>> = {
    'the roster': { type: 'conversationUpdate', membersRemoved: [{ id: '28:bot' }] },
    'the app': { type: 'installationUpdate', action: 'remove' },
  };
  for (const [what, change] of Object.entries(goodbyes)) {
    it(`in which ${what} says that the bot was removed notes just that`, async () => {
      const channelData = { team: { id: '19:general@thread.tacv2' } };
      await bot.receive(turnOf({ ...change, conversation: channel, channelData }), performance.now());

      assert.equal(remember.callCount, 0);
      const [seen, who] = removed.firstCall.args as [Record<string, unknown>, { name: string }];
      assert.deepEqual([seen['conversation'], seen['team']], [channel.id, '19:general@thread.tacv2']);
      assert.equal(who.name, 'Riley Chen');
    });
  }

  it('in which somebody else leaves, or the app is upgraded, is no farewell', async () => {
    const members = { type: 'conversationUpdate', membersRemoved: [{ id: '29:2' }] };
    await bot.receive(turnOf(members), performance.now());
    await bot.receive(turnOf({ type: 'installationUpdate', action: 'remove-upgrade' }), performance.now());

    assert.deepEqual([removed.callCount, remember.callCount], [0, 2]);
    assert.equal(note.callCount, 1);
  });

  for (const bar of ['not-a-member', 'membership-unknown', 'shared-channel'] as const) {
    it(`of somebody who is not heard there (${bar}) runs no command, says why and leaves a record`, async () => {
      barOf.resolves(bar);

      await bot.receive(turnOf(), performance.now());

      assert.deepEqual(replyText.firstCall.args[1], texts.barText(bar));
      assert.equal(create.callCount, 0);
      const [, record] = noteForTenant.firstCall.args as [string, { what: string; detail: object }];
      assert.deepEqual(
        [record.what, record.detail],
        ['message-refused', { refused: bar, conversation: 'a:1' }],
      );
    });
  }

  it('from a place that the bot was removed from brings the cards there up to date', async () => {
    remember.resolves(true);

    await bot.receive(turnOf({ type: 'installationUpdate', action: 'add' }), performance.now());

    assert.deepEqual(bringUpToDate.args, [[['req_1']]]);
  });

  it('fails when Teams does not take the reply now, so that it delivers the message anew', async () => {
    replyText.rejects(new ChatError('later'));

    await assert.rejects(bot.receive(turnOf({ text: '/restrict' }), performance.now()), ChatError);

    assert.deepEqual(said(), []);
  });

  for (const kind of ['gone', 'left', 'refused'] as const) {
    it(`ends where no answer can go (${kind}): another delivery would not help`, async () => {
      replyText.rejects(new ChatError(kind));

      await bot.receive(turnOf({ text: '/restrict' }), performance.now());

      assert.deepEqual(said(), []);
    });
  }

  it('that hangs before the command has begun ends after 10 s, and the command never runs', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    let answer = (): void => undefined;
    remember.returns(
      new Promise((resolve) => {
        answer = () => resolve(false);
      }),
    );
    const turn = bot.receive(turnOf(), performance.now());
    await clock.tickAsync(9_999);
    assert.deepEqual(said(), []);
    await clock.tickAsync(1);
    await turn;
    answer();
    await clock.runAllAsync();

    assert.deepEqual(said(), [texts.notRecorded]);
    assert.equal(create.callCount, 0);
  });

  it('that hangs in the command does not claim that nothing was recorded', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    create.returns(never);
    const turn = bot.receive(turnOf(), performance.now());
    await clock.tickAsync(10_000);
    await turn;

    assert.deepEqual(said(), [texts.takesLong]);
  });

  it('of a press is answered 4.7 s after its arrival, however late it got here', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    clock.tick(10_000);
    remember.returns(never);
    const context = turnOf({ type: 'invoke', name: 'adaptiveCard/action', value: {} });
    const turn = bot.receive(context, performance.now() - 4_000);
    await clock.tickAsync(699);
    assert.equal(adapter.sent.length, 0);
    await clock.tickAsync(1);
    await turn;

    const answer = adapter.sent[0]?.value as InvokeResponse | undefined;
    assert.equal(answer?.status, 200);
  });
});
