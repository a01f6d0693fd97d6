import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { Activity } from '../../sandbox/activities.ts';
import { cardActivity, messageActivity } from '../../sandbox/activities.ts';
import type { DeliverOptions } from '../../sandbox/delivery.ts';
import { otherTenantId } from '../../sandbox/world.ts';
import { brokenAnswers } from './leaks.ts';
import { incident, riley, setStage } from './stage.ts';

describe('What comes to the front door', () => {
  const stage = setStage();

  /** A typed command that would make a request, were it let in. */
  function command(): Activity {
    const { teams, world } = stage.sandbox;
    const message = teams.messages.add({
      conversationId: incident.id,
      from: { id: riley.teamsId, name: riley.name, isBot: false },
      text: `/restrict ${world.device('ws-finance-017').id} Let me in`,
    });
    return messageActivity(teams.origin(riley, incident, message.threadId), message, true);
  }

  async function sent(
    activity: Activity | string,
    options: DeliverOptions = {},
  ): Promise<number | undefined> {
    const { status, text } = await stage.sandbox.teams.deliver(activity, options);
    assert.ok(text.length < 300, 'an error body is short');
    assert.doesNotMatch(text, /\bat .*\.[jt]s\b|Error:|node_modules|jose|restify/i);
    return status;
  }

  afterEach(async () => {
    const { bot, teams } = stage.sandbox;
    assert.equal((await fetch(`${bot.url}/healthz`)).status, 200);
    assert.equal((await fetch(`${bot.url}/readyz`)).status, 200);
    const cards = teams.messages
      .list()
      .filter(({ card }) => JSON.stringify(card ?? '').includes('Let me in'));
    assert.equal(cards.length, 0, 'nothing was asked for');
    assert.deepEqual(brokenAnswers(stage.wire), []);
  });

  it('is refused without a token, with a broken one, and with one of another signature', async () => {
    const activity = command();
    const good = await stage.sandbox.channel.sign(stage.sandbox.teams.serviceUrl);
    const [head = '', body = '', signature = ''] = good.split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const tokens = [
      null,
      '',
      'abc',
      'a.b.c',
      `${head}.${body}.${signature.split('').toReversed().join('')}`,
      `${head}.${body}.`,
      `${none}.${body}.`,
      await stage.sandbox.entra.ssoToken(riley),
      'x'.repeat(15_000),
    ];
    for (const token of tokens) {
      assert.ok([401, 403].includes((await sent(activity, { token })) ?? 0), token?.slice(0, 20) ?? 'none');
    }
  });

  it('is refused with a token that is expired, too early, or meant for others', async () => {
    const activity = command();
    const { channel, teams } = stage.sandbox;
    const at = Math.floor(Date.now() / 1000);
    const wrong = [
      { exp: at - 3_600, nbf: at - 7_200 },
      { nbf: at + 3_600, exp: at + 7_200 },
      { aud: '00000000-0000-4000-8000-000000000000' },
      { iss: 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/' },
      { iss: 'https://login.microsoftonline.com/common/v2.0' },
      { serviceurl: 'https://elsewhere.example/' },
    ];
    for (const claims of wrong) {
      const token = await channel.sign(teams.serviceUrl, claims);
      assert.ok([401, 403].includes((await sent(activity, { token })) ?? 0), JSON.stringify(claims));
    }
  });

  it('is refused for another tenant, another channel and an untrusted service URL', async () => {
    const activity = command();
    const foreign = { conversation: { ...(activity['conversation'] as object), tenantId: otherTenantId } };
    const changes: Activity[] = [
      foreign,
      { ...foreign, channelData: { tenant: { id: otherTenantId } } },
      { channelId: 'emulator' },
      { serviceUrl: 'https://elsewhere.example/' },
      { serviceUrl: undefined },
      { channelData: { tenant: { id: otherTenantId } } },
    ];
    for (const change of changes) {
      const status = (await sent({ ...activity, ...change })) ?? 0;
      assert.ok([400, 401, 403].includes(status), `${JSON.stringify(change)}: ${status}`);
    }
  });

  it('is refused compressed, real or not', async () => {
    const token = await stage.sandbox.channel.sign(stage.sandbox.teams.serviceUrl);
    const text = JSON.stringify(command());
    for (const encoding of ['gzip', 'deflate', 'br', 'x']) {
      assert.equal(await sent(text, { token, headers: { 'content-encoding': encoding } }), 415);
    }
    const real = await fetch(`${stage.sandbox.bot.url}/api/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        authorization: `Bearer ${token}`,
      },
      body: gzipSync(text),
    });
    assert.equal(real.status, 415);
  });

  it('is refused when it is too large', async () => {
    const token = await stage.sandbox.channel.sign(stage.sandbox.teams.serviceUrl);
    for (const size of [300_000, 5_000_000]) {
      const body = JSON.stringify({ ...command(), text: 'x'.repeat(size) });
      assert.equal(await sent(body, { token }), 413, String(size));
    }
  });

  it('is answered with a 4xx when it is no activity, however odd', async () => {
    const { channel, teams } = stage.sandbox;
    const token = await channel.sign(teams.serviceUrl);
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const bodies = ['', '[]', 'null', '7', '"text"', '{', '{"type":"message"}', '['.repeat(50_000), deep];
    for (const body of bodies) {
      const status = (await sent(body, { token })) ?? 0;
      assert.ok(status >= 400 && status < 500, `${body.slice(0, 20)}: ${status}`);
    }
    const activity = command();
    const odd: Activity[] = [
      { from: undefined },
      { from: 'riley' },
      { conversation: { tenantId: (activity['conversation'] as { tenantId: string }).tenantId } },
      { recipient: [] },
      { type: 7 },
      { type: undefined },
    ];
    for (const change of odd) {
      const status = (await sent({ ...activity, ...change })) ?? 0;
      assert.ok(status >= 400 && status < 500, `${JSON.stringify(change)}: ${status}`);
    }
  });

  it('of kinds that nobody needs is taken and does nothing', async () => {
    const activity = command();
    const { text: _text, ...silent } = activity;
    const nested = JSON.parse(`${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`) as object;
    const kinds: Activity[] = [
      { ...activity, type: 'messageUpdate' },
      { ...activity, type: 'messageDelete' },
      { ...activity, type: 'messageReaction' },
      { ...activity, type: 'typing' },
      { ...activity, type: 'event', name: 'x' },
      { ...activity, type: 'somethingNew' },
      { ...silent, value: { command: 'restrict' }, attachments: [], entities: [] },
      { ...silent, type: 'conversationUpdate', membersAdded: 'all', value: nested },
    ];
    const before = stage.sandbox.teams.messages.list(incident.id).filter(({ from }) => from.isBot).length;
    for (const each of kinds) {
      const status = (await sent({ ...each, id: `f:${String(kinds.indexOf(each))}` })) ?? 0;
      assert.ok(status >= 200 && status < 300, `${String(each['type'])}: ${status}`);
    }
    const afterwards = stage.sandbox.teams.messages.list(incident.id).filter(({ from }) => from.isBot).length;
    assert.equal(afterwards, before);
  });

  it('as an unknown invoke is answered with 501', async () => {
    const { teams } = stage.sandbox;
    const press = cardActivity(teams.origin(riley, incident), '1', {
      verb: 'approve',
      data: {},
      trigger: 'manual',
    });
    assert.equal((await teams.deliver({ ...press, name: 'task/fetch' })).status, 501);
  });
});
