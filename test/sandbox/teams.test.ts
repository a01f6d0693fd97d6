import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import type { Message } from '../../sandbox/message-store.ts';
import type { Conversation, Person } from '../../sandbox/world.ts';
import type { Harness, Received } from './servers-harness.ts';
import { startHarness } from './servers-harness.ts';

const login = {
  statusCode: 401,
  type: 'application/vnd.microsoft.activity.loginRequest',
  value: {
    text: 'Please sign in',
    connectionName: 'cordon',
    tokenExchangeResource: { id: 'exchange-1', uri: 'api://botid', providerId: 'x' },
    buttons: [{ type: 'signin', title: 'Sign in', value: 'http://127.0.0.1:1/signin' }],
  },
};
const done = { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'Done' };

describe('the simulated Teams', () => {
  let harness: Harness;
  let riley: Person;
  let channel: Conversation;
  let group: Conversation;

  beforeEach(async () => {
    harness = await startHarness();
    riley = harness.sandbox.world.person('riley');
    channel = harness.sandbox.world.conversation('INC-2481');
    group = harness.sandbox.world.conversation('Night shift');
  });
  afterEach(() => harness.stop());

  const cardIn = ({ id: conversationId }: Conversation): Message =>
    harness.sandbox.teams.messages.add({
      conversationId,
      from: { id: 'bot', name: 'Cordon', isBot: true },
      card: {
        type: 'AdaptiveCard',
        body: [{ type: 'Input.Text', id: 'comment' }],
        actions: [{ type: 'Action.Execute', title: 'Approve', verb: 'approve', data: { requestId: 'r1' } }],
        refresh: {
          action: { type: 'Action.Execute', verb: 'refresh', data: { requestId: 'r1' } },
          userIds: [],
        },
      },
    });
  const value = (activity: Received | undefined): Record<string, unknown> =>
    (activity?.['value'] ?? {}) as Record<string, unknown>;

  it('delivers a channel message with mention, thread, tenant and HTML twin', async () => {
    const { message } = await harness.sandbox.teams.say(riley, channel, '/help');

    const [activity] = harness.received;
    assert.match(String(activity?.['text']), /^<at>Cordon<\/at>\u00a0\/help/);
    assert.deepEqual(activity?.['conversation'], {
      conversationType: 'channel',
      tenantId: harness.sandbox.settings['BOT_TENANT_ID'],
      isGroup: true,
      id: `${channel.id};messageid=${message.id}`,
    });
    assert.equal((activity['from'] as Record<string, unknown>)['aadObjectId'], riley.objectId);
    assert.match(JSON.stringify(activity['attachments']), /text\/html/);
  });

  it('keeps a channel message without a mention from the bot', async () => {
    const said = await harness.sandbox.teams.say(riley, channel, 'just talking', { mention: false });

    assert.equal(said.delivered, undefined);
    assert.equal(harness.received.length, 0);
    assert.equal(harness.sandbox.teams.messages.get(channel.id, said.message.id)?.text, 'just talking');
  });

  it('sends the same activity again when the bot fails', async () => {
    const statuses = [500, 200];
    harness.answer(() => ({ status: statuses.shift() ?? 200 }));

    const { delivered } = await harness.sandbox.teams.say(riley, harness.sandbox.world.chat(riley), '/help');

    assert.equal(delivered?.status, 200);
    assert.deepEqual(new Set(harness.received.map(({ id }) => id)).size, 1);
    assert.equal(harness.received.length, 2);
  });

  it('sends untouched inputs, and a comment, with a pressed button', async () => {
    harness.answer(() => ({ status: 200, body: done }));

    await harness.sandbox.teams.press(riley, cardIn(channel), 'approve');
    await harness.sandbox.teams.press(riley, cardIn(channel), 'approve', { comment: 'yes' });

    const data = harness.received.map((activity) => (value(activity)['action'] as { data: unknown }).data);
    assert.deepEqual(data, [
      { requestId: 'r1', comment: '' },
      { requestId: 'r1', comment: 'yes' },
    ]);
    assert.equal(value(harness.received[0])['trigger'], 'manual');
  });

  it('exchanges a token silently in a group chat', async () => {
    harness.answer((activity) => ({ status: 200, body: value(activity)['authentication'] ? done : login }));

    const answer = await harness.sandbox.teams.press(riley, cardIn(group), 'approve');

    const authentication = value(harness.received[1])['authentication'] as { id: string; token: string };
    assert.equal(answer.value, 'Done');
    assert.equal(authentication.id, 'exchange-1');
    assert.equal(decodeJwt(authentication.token)['oid'], riley.objectId);
  });

  it('shows the button in a channel, and sends the typed code', async () => {
    harness.answer((activity) => ({
      status: 200,
      body: value(activity)['state'] === '123456' ? done : login,
    }));
    const card = cardIn(channel);

    const first = await harness.sandbox.teams.press(riley, card, 'approve');
    const second = await harness.sandbox.teams.press(riley, card, 'approve', { code: '123456' });

    assert.deepEqual(first.login, {
      text: 'Please sign in',
      title: 'Sign in',
      link: 'http://127.0.0.1:1/signin',
    });
    assert.equal(harness.received.length, 2);
    assert.equal(second.value, 'Done');
  });

  it('falls back to the button when the bot cannot use the silent token', async () => {
    const refused = {
      statusCode: 412,
      type: 'application/vnd.microsoft.error.preconditionFailed',
      value: {},
    };
    harness.answer((activity) => ({
      status: 200,
      body: value(activity)['authentication'] ? refused : login,
    }));

    const answer = await harness.sandbox.teams.press(riley, cardIn(group), 'approve');

    assert.equal(answer.login?.title, 'Sign in');
  });

  it('follows the switch for silent sign-in', async () => {
    harness.answer((activity) => ({ status: 200, body: value(activity)['authentication'] ? done : login }));

    harness.sandbox.faults.set({ silentSignIn: 'never' });
    const never = await harness.sandbox.teams.press(riley, cardIn(group), 'approve');
    harness.sandbox.faults.set({ silentSignIn: 'always' });
    const always = await harness.sandbox.teams.press(riley, cardIn(channel), 'approve');

    assert.ok(never.login);
    assert.equal(always.value, 'Done');
  });

  it('tells the person when the bot answers an invoke with something unreadable', async () => {
    harness.answer(() => ({ status: 200 }));

    const answer = await harness.sandbox.teams.refresh(riley, cardIn(channel));

    assert.equal(answer.statusCode, 502);
    assert.equal(value(harness.received[0])['trigger'], 'automatic');
  });

  it('tells the bot of its installation, once for each place', async () => {
    await harness.sandbox.teams.install();

    const installed = harness.received.filter(({ type }) => type === 'installationUpdate');
    assert.equal(installed.length, harness.sandbox.world.conversations.length - 1);
  });
});
