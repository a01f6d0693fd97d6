import assert from 'node:assert/strict';
import type { Activity } from '../../sandbox/activities.ts';
import { otherTenantId, tenantId } from '../../sandbox/world.ts';
import { setTarget } from './target.ts';

describe('An attack by activity', () => {
  const target = setTarget();
  const conversation = () => target.press()['conversation'] as Record<string, unknown>;
  const own = () => target.stage.sandbox.teams.serviceUrl;

  const changes: readonly (readonly [string, () => Activity])[] = [
    ['without a service URL', () => ({ serviceUrl: undefined })],
    ['with the service URL of a stranger', () => ({ serviceUrl: 'https://evil.example/teams/' })],
    ['with a service URL over plain http', () => ({ serviceUrl: 'http://smba.trafficmanager.net/emea/' })],
    [
      'with a user name in the service URL',
      () => ({ serviceUrl: 'https://evil.example@smba.trafficmanager.net/emea/' }),
    ],
    [
      'with a service URL in look-alike letters',
      () => ({ serviceUrl: 'https://smbа.trafficmanager.net/emea/' }),
    ],
    [
      'with a service URL in letters that become the right ones',
      () => ({ serviceUrl: 'https://ｓmba.trafficmanager.net/emea/' }),
    ],
    [
      'with a service URL below a look-alike domain',
      () => ({ serviceUrl: 'https://smba.trafficmanager.net.evil.example/' }),
    ],
    [
      'with backslashes in the service URL',
      () => ({ serviceUrl: 'https:\\\\smba.trafficmanager.net\\@evil.example/' }),
    ],
    ['with a service URL that is a file', () => ({ serviceUrl: 'file:///etc/passwd' })],
    [
      'with a service URL of the cloud’s metadata address',
      () => ({ serviceUrl: 'http://169.254.169.254/metadata/' }),
    ],
    ['with another port in the service URL', () => ({ serviceUrl: own().replace(/:\d+/, ':1') })],
    ['with a list as service URL', () => ({ serviceUrl: [own()] })],
    [
      'from another tenant',
      () => ({
        conversation: { ...conversation(), tenantId: otherTenantId },
        channelData: { tenant: { id: otherTenantId } },
      }),
    ],
    [
      'whose two tenants disagree, the channel’s being foreign',
      () => ({ channelData: { tenant: { id: otherTenantId } } }),
    ],
    [
      'whose two tenants disagree, the conversation’s being foreign',
      () => ({ conversation: { ...conversation(), tenantId: otherTenantId } }),
    ],
    [
      'without any tenant',
      () => ({ conversation: { ...conversation(), tenantId: undefined }, channelData: {} }),
    ],
    [
      'from a person of another tenant in a conversation of this one',
      () => ({ from: { ...(target.press()['from'] as object), tenantId: otherTenantId } }),
    ],
    [
      'that names the tenant of its sender alone',
      () => ({
        from: { ...(target.press()['from'] as object), tenantId },
        conversation: { ...conversation(), tenantId: undefined },
        channelData: {},
      }),
    ],
    ['with a list of tenants', () => ({ conversation: { ...conversation(), tenantId: [otherTenantId] } })],
    [
      'with an empty tenant',
      () => ({ conversation: { ...conversation(), tenantId: '' }, channelData: { tenant: { id: '' } } }),
    ],
    ['of the emulator channel', () => ({ channelId: 'emulator' })],
    ['of the web chat', () => ({ channelId: 'webchat' })],
    ['of a channel that only looks like Teams', () => ({ channelId: 'msteams ' })],
    ['without a channel', () => ({ channelId: undefined })],
    ['without a sender', () => ({ from: undefined })],
    ['with a sender of the wrong kind', () => ({ from: ['29:x'] })],
    ['without a conversation', () => ({ conversation: undefined })],
    ['without a recipient', () => ({ recipient: undefined })],
  ];
  for (const [what, change] of changes) {
    it(`${what} is refused`, async () => {
      await target.refused({ ...target.press(), ...change() }, [400, 401, 403]);
    });
  }

  it('that says it is on behalf of the Direct Line app service (AseChannel) is refused', async () => {
    const { channel } = target.stage.sandbox;
    const token = await channel.sign(own(), { iss: 'https://api.botframework.com', channelid: 'AseChannel' });
    await target.refused({ ...target.press(), channelId: 'AseChannel' }, [401, 403], { token });
  });

  it('that wants its replies in the HTTP answer gets none', async () => {
    const sent = { ...target.command('/help'), deliveryMode: 'expectReplies' };
    const delivered = await target.send(sent);
    assert.deepEqual([delivered.status, delivered.text], [200, '']);
    // They go where Teams says that the conversation is.
    assert.equal(target.repliesTo(sent).length, 1);
  });

  it('as an invoke of another name does nothing', async () => {
    for (const name of [
      'signin/verifyState',
      'signin/tokenExchange',
      'task/submit',
      'composeExtension/submitAction',
      'adaptiveCard/action ',
      'AdaptiveCard/Action',
      '',
      undefined,
    ])
      for (const value of [target.press()['value'], undefined])
        assert.equal((await target.send({ ...target.press('deny'), name, value })).status, 501, name);
  });

  for (const type of ['messageUpdate', 'messageDelete', 'messageReaction', 'event', 'typing']) {
    it(`as ${type} with a command in it runs nothing and is not answered`, async () => {
      for (const channelData of [target.command()['channelData'], undefined])
        for (const eventType of ['editMessage', 'undeleteMessage', 'softDeleteMessage', undefined]) {
          const data = channelData === undefined ? {} : { channelData: { ...channelData, eventType } };
          // The tenant must still be named, or the door is not passed.
          const sent = { ...target.command(), channelData: undefined, ...data, type };
          assert.equal((await target.send(sent)).status, 200, String(eventType));
          assert.deepEqual(target.repliesTo(sent), []);
        }
    });
  }

  it('as a message with a value, an old button, runs nothing and is not answered', async () => {
    const text = String(target.command()['text']);
    const { requestId } = target.asked;
    for (const value of [
      { text, command: text, msteams: { type: 'messageBack', text, displayText: text } },
      { verb: 'deny', requestId, comment: 'An attack', action: { verb: 'deny', data: { requestId } } },
      text,
      [text],
    ])
      for (const silent of [undefined, '', '  \n', null]) {
        const sent = { ...target.command(), attachments: [], text: silent, value };
        assert.equal((await target.send(sent)).status, 200);
        assert.deepEqual(target.repliesTo(sent), []);
      }
  });
});
