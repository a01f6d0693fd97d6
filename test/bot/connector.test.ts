import assert from 'node:assert/strict';
import { ConnectorClient } from 'botframework-connector';
import { ConnectorAuthentication, withoutRetries } from '../../bot/connector.ts';
import { createOutboundCredentials } from '../../bot/outbound-credentials.ts';
import type { AppTokenSource } from '../../src/identity/app-token.ts';
import { APP_ID, startServer, TENANT, type Answer, type TestServer } from '../src/identity/fixtures.ts';
import { ChatError } from '../../src/jobs/ports.ts';

const CHANNEL_SCOPE = 'https://api.botframework.com';

describe('the connector', () => {
  let server: TestServer;
  let scopes: string[];
  let appTokens: AppTokenSource;
  let connect: () => Promise<ConnectorClient>;
  let authentication: ConnectorAuthentication;

  beforeEach(async () => {
    server = await startServer(() => ({ status: 201, body: { id: 'message-1' } }));
    scopes = [];
    appTokens = {
      acquire: (scope) => {
        scopes.push(scope);
        return Promise.resolve('bot-token');
      },
    };
    authentication = new ConnectorAuthentication({
      appId: APP_ID,
      tenantId: TENANT,
      channelScope: CHANNEL_SCOPE,
      appTokens,
      authorityHost: 'https://login.example.test',
      tokenServiceUrl: server.url,
      tokenIssuer: CHANNEL_SCOPE,
      openIdMetadataUrl: `${server.url}/metadata`,
      trustedServiceHosts: [server.host],
      timeoutMs: 300,
    });
    connect = () => authentication.createConnectorClientFor(`${server.url}/teams/`);
  });

  afterEach(() => server.close());

  const send = async (): Promise<unknown> => {
    const connector = await connect();
    return connector.conversations.sendToConversation('19:abc;messageid=1', {
      type: 'message',
      text: 'Größe',
    });
  };

  it("sends an activity with the bot's own token", async () => {
    const sent = await send();

    assert.ok(typeof sent === 'object' && sent !== null && 'id' in sent);
    assert.equal(sent.id, 'message-1');
    assert.deepEqual(scopes, [`${CHANNEL_SCOPE}/.default`]);
    const [call] = server.seen;
    assert.equal(call?.method, 'POST');
    assert.equal(decodeURIComponent(call.path), '/teams/v3/conversations/19:abc;messageid=1/activities');
    assert.equal(call.headers.authorization, 'Bearer bot-token');
    assert.deepEqual(JSON.parse(call.body), { type: 'message', text: 'Größe' });
  });

  for (const status of [429, 500, 502, 503]) {
    it(`does not send again after HTTP ${status}`, async () => {
      server.answer = () => ({ status, headers: { 'retry-after': '0' } });

      await assert.rejects(send(), (error) => {
        assert.ok(error instanceof Error && 'statusCode' in error);
        assert.equal(error.statusCode, status);
        return true;
      });
      assert.equal(server.seen.length, 1);
    });
  }

  const disturbances: Record<string, Answer> = {
    silence: () => 'hang' as const,
    'a reset': () => 'reset' as const,
    'a redirect': () => ({ status: 307, headers: { location: 'https://evil.example/' } }),
    'an endless body': () => ({ body: 'x'.repeat(5_000_000) }),
  };
  for (const [what, answer] of Object.entries(disturbances)) {
    it(`gives up in time and for good after ${what}`, async () => {
      server.answer = answer;
      await assert.rejects(send());
      assert.equal(server.seen.length, 1);
    });
  }

  it('makes no client for an address that is not trusted', async () => {
    // Trying again is useless.
    const isRefused = (error: unknown) => error instanceof ChatError && error.kind === 'refused';
    await assert.rejects(authentication.createConnectorClientFor('https://evil.example/'), isRefused);
    await assert.rejects(authentication.createConnectorFactory().create(`http://evil.example/`), isRefused);
    assert.equal(scopes.length, 0);
  });

  it('serves the adapter of the SDK outbound, never inbound', async () => {
    const result = authentication.authenticated();

    assert.equal(result.audience, CHANNEL_SCOPE);
    assert.equal(result.claimsIdentity.getClaimValue('aud'), APP_ID);
    assert.ok(result.connectorFactory);
    await assert.rejects(authentication.authenticateRequest());
  });

  it('fails at once when a release of the SDK hides its pipeline elsewhere', async () => {
    const connector = await connect();
    Reflect.set(connector, 'client', {});
    assert.throws(() => withoutRetries(connector));
  });

  it('gives credentials to nobody but the bot towards its channel', async () => {
    const factory = createOutboundCredentials({ appId: APP_ID, channelScope: CHANNEL_SCOPE, appTokens });
    const create = (appId: string, audience?: string): Promise<unknown> =>
      factory.createCredentials(appId, audience, 'https://login.example.test', false);

    assert.equal(await factory.isAuthenticationDisabled(), false);
    assert.equal(await factory.isValidAppId(TENANT), false);
    assert.equal(await factory.isValidAppId(APP_ID), true);
    await assert.rejects(create(TENANT, CHANNEL_SCOPE));
    await assert.rejects(create(APP_ID, 'https://graph.microsoft.com'));
    await assert.rejects(create(''));
    assert.ok(await create(APP_ID));
  });
});
