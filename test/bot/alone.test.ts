import assert from 'node:assert/strict';
import { type Activity, TurnContext } from 'botbuilder';
import sinon from 'sinon';
import { aloneOf } from '../../bot/alone.ts';
import { type BotParts, CordonBot } from '../../bot/bot.ts';
import { Inbound, placeOf } from '../../bot/inbound.ts';
import * as texts from '../../bot/texts/replies.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { DirectAdapter } from './direct-adapter.ts';

const noLog = { debug() {}, info() {}, warn() {}, error() {} };
const channel = '19:c@thread.tacv2';
const written = {
  type: 'message',
  id: '17',
  channelId: 'msteams',
  serviceUrl: 'https://smba.trafficmanager.net/amer/',
  from: { id: '29:1', name: 'Riley Chen', aadObjectId: 'a0000000-0000-4000-8000-000000000001' },
  conversation: { id: `${channel};messageid=17`, conversationType: 'channel', tenantId: 't' },
  recipient: { id: '28:bot', name: 'Cordon', isTargeted: true },
  text: '/nonsense',
};

describe('What somebody wrote to the bot alone', () => {
  const conversation = (id: string, conversationType: string) => ({
    conversation: { ...written.conversation, id, conversationType },
  });
  const read = (change: Record<string, unknown> = {}) => Inbound.parse({ ...written, ...change });

  it('as a post of a channel leaves no thread for others', () => {
    assert.equal(placeOf(read()).thread, channel);
    assert.equal(aloneOf(read())?.thread, `${channel};messageid=17`);
  });

  it('below a post that others see is of that thread', () => {
    const thread = `${channel};messageid=3`;
    assert.equal(placeOf(read(conversation(thread, 'channel'))).thread, thread);
  });

  it('is nothing special in a personal chat, where nobody else reads', () => {
    assert.equal(aloneOf(read(conversation('a:1', 'personal'))), undefined);
  });

  it('is only what Teams says so', () => {
    for (const isTargeted of [undefined, false, 'true', 1]) {
      const activity = read({ recipient: { ...written.recipient, isTargeted } });
      assert.equal(aloneOf(activity), undefined);
      assert.equal(placeOf(activity).thread, written.conversation.id);
    }
  });

  describe('is answered', () => {
    let remember: sinon.SinonStub<unknown[], Promise<boolean>>;
    let replyText: sinon.SinonStub<unknown[], Promise<void>>;
    let answerAlone: sinon.SinonStub<unknown[], Promise<void>>;
    let adapter: DirectAdapter;
    let bot: CordonBot;
    beforeEach(() => {
      remember = sinon.stub<unknown[], Promise<boolean>>().resolves(false);
      replyText = sinon.stub<unknown[], Promise<void>>().resolves();
      answerAlone = sinon.stub<unknown[], Promise<void>>().resolves();
      adapter = new DirectAdapter();
      const answered = { claim: () => 'ours', replied: () => undefined, release: () => undefined };
      const parts: unknown = {
        conversations: { remember },
        answered: Object.fromEntries(
          Object.entries(answered).map(([name, say]) => [name, () => Promise.resolve(say())]),
        ),
        courier: { replyText, answerAlone },
        messages: { log: noLog },
        membership: { barOf: () => Promise.resolve(undefined) },
        cardActions: { requests: { noteForTenant: () => Promise.resolve() } },
        log: noLog,
        metrics: createMetrics(),
      };
      bot = new CordonBot(parts as BotParts);
    });
    const turn = () => new TurnContext(adapter, written as unknown as Partial<Activity>);

    it('alone', async () => {
      await bot.receive(turn(), performance.now());

      const [to] = replyText.firstCall.args as { alone?: unknown }[];
      assert.deepEqual(to?.alone, {
        thread: `${channel};messageid=17`,
        messageId: '17',
        person: { teamsId: '29:1', name: 'Riley Chen' },
      });
    });

    it('alone also when nothing could be recorded', async () => {
      remember.rejects(new Error('the database is down'));

      await bot.receive(turn(), performance.now());

      const [alone, , text] = answerAlone.firstCall.args;
      assert.deepEqual([(alone as { messageId: string }).messageId, text], ['17', texts.notRecorded]);
      assert.deepEqual([adapter.sent, replyText.callCount], [[], 0]);
    });
  });
});
