import assert from 'node:assert/strict';
import type { Harness, HttpAnswer } from './servers-harness.ts';
import { startHarness } from './servers-harness.ts';

describe('the simulated Bot Connector', () => {
  let harness: Harness;
  let channel: string;

  beforeEach(async () => {
    harness = await startHarness();
    channel = harness.sandbox.world.conversation('INC-2481').id;
  });
  afterEach(() => harness.stop());

  const activities = (conversation: string, id = ''): string =>
    `${harness.sandbox.teams.serviceUrl}v3/conversations/${encodeURIComponent(conversation)}/activities/${id}`;
  const post = (conversation: string, body: object): Promise<HttpAnswer> =>
    harness.asBot(activities(conversation), 'POST', { type: 'message', ...body });
  const code = ({ body }: HttpAnswer): unknown => (body?.['error'] as { code?: unknown } | undefined)?.code;

  it('starts a thread without a suffix and continues one with it', async () => {
    const root = String((await post(channel, { text: 'root' })).body?.['id']);
    const reply = String((await post(`${channel};messageid=${root}`, { text: 'reply' })).body?.['id']);

    const { messages } = harness.sandbox.teams;
    assert.equal(messages.get(channel, root)?.threadId, root);
    assert.equal(messages.get(channel, reply)?.threadId, root);
    assert.match(root, /^\d{13}$/);
  });

  it('replaces and deletes own messages only', async () => {
    const id = String((await post(channel, { text: 'first' })).body?.['id']);
    const riley = harness.sandbox.world.person('riley');
    const said = await harness.sandbox.teams.say(
      riley,
      harness.sandbox.world.conversation('INC-2481'),
      'hello',
    );

    const updated = await harness.asBot(activities(channel, id), 'PUT', { type: 'message', text: 'second' });
    const foreign = await harness.asBot(activities(channel, said.message.id), 'PUT', {
      type: 'message',
      text: 'x',
    });
    const message = harness.sandbox.teams.messages.get(channel, id);
    const deleted = await harness.asBot(activities(channel, id), 'DELETE');
    const late = await harness.asBot(activities(channel, id), 'PUT', { type: 'message', text: 'third' });

    assert.equal(updated.status, 200);
    assert.equal(message?.text, 'second');
    assert.ok(message.editedAt);
    assert.equal(foreign.status, 403);
    assert.equal(deleted.status, 200);
    assert.deepEqual([late.status, code(late)], [404, 'ActivityNotFoundInConversation']);
  });

  describe('of a message to one person', () => {
    const alone = (conversation: string, body: object, id = '', method: 'POST' | 'PUT' | 'DELETE' = 'POST') =>
      harness.asBot(`${activities(conversation, id)}?isTargetedActivity=true`, method, {
        type: 'message',
        ...body,
      });
    const recipientOf = (key: string) => ({ recipient: { id: harness.sandbox.world.person(key).teamsId } });
    const about = (messageId: string) => ({ entities: [{ type: 'targetedMessageInfo', messageId }] });
    const asked = () =>
      harness.sandbox.teams.say(
        harness.sandbox.world.person('riley'),
        harness.sandbox.world.conversation('INC-2481'),
        '/help',
        { alone: true },
      );

    it('shows it to that person, below what they wrote alone', async () => {
      const { message } = await asked();
      const thread = `${channel};messageid=${message.id}`;

      const sent = await alone(thread, { text: 'yours', ...recipientOf('riley'), ...about(message.id) });

      const shown = harness.sandbox.teams.messages.get(channel, String(sent.body?.['id']));
      assert.deepEqual([sent.status, shown?.onlyFor], [201, harness.sandbox.world.person('riley').teamsId]);
    });

    it('refuses one without a recipient, in a personal chat, or about what another wrote', async () => {
      const { message } = await asked();
      const chat = harness.sandbox.world.chat(harness.sandbox.world.person('riley')).id;

      const answers = [
        await alone(channel, { text: 'whose?' }),
        await alone(chat, { text: 'x', ...recipientOf('riley') }),
        await alone(channel, { text: 'x', ...recipientOf('alex'), ...about(message.id) }),
      ];

      assert.deepEqual(answers.map(code), ['BadArgument', 'BadArgument', 'INVALID_TARGETED_MESSAGE_ID']);
    });

    it('lets nothing public follow below it, and edits it only as what it is', async () => {
      const { message } = await asked();
      const sent = await alone(channel, { text: 'yours', ...recipientOf('riley') });
      const id = String(sent.body?.['id']);

      const below = await post(`${channel};messageid=${message.id}`, { text: 'for all' });
      const openly = await harness.asBot(activities(channel, id), 'PUT', { type: 'message', text: 'x' });
      const renamed = await alone(channel, { text: 'x', ...recipientOf('alex') }, id, 'PUT');
      const edited = await alone(channel, { text: 'second' }, id, 'PUT');

      assert.deepEqual([below.status, openly.status, renamed.status, edited.status], [404, 400, 400, 200]);
      const now = harness.sandbox.teams.messages.get(channel, id);
      assert.equal(now?.onlyFor, harness.sandbox.world.person('riley').teamsId);
    });
  });

  it('refuses what Teams refuses', async () => {
    const unknown = await post('19:unknown@thread.tacv2', { text: 'x' });
    const tooBig = await post(channel, { text: 'x'.repeat(52_000) });
    harness.sandbox.connector.installedIn.delete(channel);
    const outside = await post(channel, { text: 'x' });
    const nobody = await harness.call(activities(channel), { method: 'POST', body: '{}' });

    assert.deepEqual([unknown.status, code(unknown)], [404, 'ConversationNotFound']);
    assert.deepEqual([tooBig.status, code(tooBig)], [413, 'MessageSizeTooBig']);
    assert.deepEqual([outside.status, code(outside)], [403, 'BotNotInConversationRoster']);
    assert.equal(nobody.status, 401);
  });

  it('throttles the eighth message of a second in a thread, unless switched off', async () => {
    const burst = (): Promise<HttpAnswer[]> =>
      Promise.all(Array.from({ length: 8 }, () => post(channel, { text: 'x' })));

    const limited = await burst();
    harness.sandbox.connector.limit.switch(false);
    const free = await burst();

    const throttled = limited.filter(({ status }) => status === 429);
    assert.equal(throttled.length, 1);
    assert.equal(throttled[0]?.headers['retry-after'], '1');
    assert.ok(free.every(({ status }) => status === 201));
  });

  it('opens the 1:1 chat with a person and lists members by pages', async () => {
    const { serviceUrl } = harness.sandbox.teams;
    const sam = harness.sandbox.world.person('sam');

    const chat = await harness.asBot(`${serviceUrl}v3/conversations`, 'POST', {
      members: [{ id: sam.teamsId }],
    });
    const base = `${serviceUrl}v3/conversations/${encodeURIComponent(channel)}`;
    const page = await harness.asBot(`${base}/pagedmembers?pageSize=3`);
    const rest = await harness.asBot(`${base}/pagedmembers?pageSize=3&continuationToken=3`);
    const one = await harness.asBot(`${base}/members/${encodeURIComponent(sam.objectId)}`);

    assert.equal(chat.body?.['id'], harness.sandbox.world.chat(sam).id);
    assert.equal(page.body?.['continuationToken'], '3');
    assert.equal((rest.body?.['members'] as unknown[]).length, 2);
    assert.equal(one.body?.['userPrincipalName'], sam.upn);
  });

  it('does the work and cuts the line when told so', async () => {
    harness.sandbox.faults.set({ faults: { 'connector.send': { kind: 'reset-after' } } });

    await assert.rejects(post(channel, { text: 'lost answer' }));

    assert.equal(harness.sandbox.teams.messages.list(channel).at(-1)?.text, 'lost answer');
  });

  it('lists whoever left a team no more in any of its channels, until they come back', async () => {
    const { teams, world } = harness.sandbox;
    const [riley, inc] = [world.person('riley'), world.conversation('INC-2481')];
    const members = `${teams.serviceUrl}v3/conversations/${encodeURIComponent(inc.id)}/members`;
    const one = () => harness.asBot(`${members}/${riley.teamsId}`);
    const all = () => harness.asBot(members);

    assert.equal((await one()).status, 200);
    await teams.leave(riley, inc);
    const [gone, rest] = [await one(), await all()];
    await teams.join(riley, inc);

    assert.deepEqual([gone.status, code(gone)], [404, 'MemberNotFoundInConversation']);
    assert.doesNotMatch(rest.text, /Riley/);
    assert.equal((await one()).status, 200);
    assert.match((await all()).text, /Riley/);
    const told = harness.received.map(({ membersAdded, membersRemoved, conversation }) => [
      membersAdded,
      membersRemoved,
      (conversation as { id: string }).id,
    ]);
    const who = [{ id: riley.teamsId, aadObjectId: riley.objectId }];
    const general = world.conversation('General').id;
    assert.deepEqual(told, [
      [undefined, who, general],
      [who, undefined, general],
    ]);
  });
});
