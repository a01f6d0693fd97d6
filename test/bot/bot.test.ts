import assert from 'node:assert/strict';
import {
  type Activity,
  BotAdapter,
  type InvokeResponse,
  type ResourceResponse,
  TurnContext,
} from 'botbuilder';
import sinon from 'sinon';
import { type BotParts, CordonBot } from '../../bot/bot.ts';
import * as texts from '../../bot/texts/replies.ts';
import { ChatError } from '../../src/jobs/ports.ts';
import { createMetrics } from '../../src/platform/metrics.ts';

const noLog = { debug() {}, info() {}, warn() {}, error() {} };
const deviceId = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567';
const never = new Promise<never>(() => undefined);
const down = () => Promise.reject(new Error('the database is down'));

/** Keeps what goes straight to the activity's own address. */
class DirectAdapter extends BotAdapter {
  readonly sent: Partial<Activity>[] = [];
  fails = false;

  override sendActivities(
    _context: TurnContext,
    activities: Partial<Activity>[],
  ): Promise<ResourceResponse[]> {
    if (this.fails) return Promise.reject(new Error('not reached'));
    this.sent.push(...activities);
    return Promise.resolve(activities.map(() => ({ id: '1' })));
  }

  override updateActivity(): Promise<void> {
    return Promise.reject(new Error('not used'));
  }

  override continueConversation(): Promise<void> {
    return Promise.reject(new Error('not used'));
  }

  override deleteActivity(): Promise<void> {
    return Promise.reject(new Error('not used'));
  }
}

describe('a turn', () => {
  let adapter: DirectAdapter;
  let remember: sinon.SinonStub<unknown[], Promise<void>>;
  let create: sinon.SinonStub<unknown[], Promise<unknown>>;
  let claim: sinon.SinonStub<unknown[], Promise<boolean>>;
  let replyText: sinon.SinonStub<unknown[], Promise<void>>;
  let bot: CordonBot;

  beforeEach(() => {
    adapter = new DirectAdapter();
    remember = sinon.stub<unknown[], Promise<void>>().resolves();
    create = sinon.stub<unknown[], Promise<unknown>>().resolves({ kind: 'duplicate', number: 7 });
    claim = sinon.stub<unknown[], Promise<boolean>>().resolves(true);
    replyText = sinon.stub<unknown[], Promise<void>>().resolves();
    const parts: unknown = {
      conversations: { remember },
      answered: { claim, release: () => Promise.resolve() },
      courier: { replyText, replyCard: () => Promise.resolve() },
      messages: { requests: { create }, log: noLog, expirySeconds: 60 },
      cardActions: {},
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
      await bot.receive(turnOf(), performance.now());
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

  it('fails, so that Teams delivers the message anew, when it cannot be answered at all', async () => {
    remember.callsFake(down);
    adapter.fails = true;

    await assert.rejects(bot.receive(turnOf(), performance.now()));
  });

  it('fails when Teams itself does not take the reply', async () => {
    replyText.rejects(new ChatError('refused'));

    await assert.rejects(bot.receive(turnOf({ text: '/restrict' }), performance.now()), ChatError);

    assert.deepEqual(said(), []);
  });

  it('that hangs before the command has begun ends after 10 s, and the command never runs', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    let answer = (): void => undefined;
    remember.returns(
      new Promise((resolve) => {
        answer = resolve;
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

  it('of a press is answered 4.8 s after its arrival, however late it got here', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    clock.tick(10_000);
    remember.returns(never);
    const context = turnOf({ type: 'invoke', name: 'adaptiveCard/action', value: {} });
    const turn = bot.receive(context, performance.now() - 4_000);
    await clock.tickAsync(799);
    assert.equal(adapter.sent.length, 0);
    await clock.tickAsync(1);
    await turn;

    const answer = adapter.sent[0]?.value as InvokeResponse | undefined;
    assert.equal(answer?.status, 200);
  });
});
