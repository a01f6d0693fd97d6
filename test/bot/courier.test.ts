import assert from 'node:assert/strict';
import { ConnectorAuthentication } from '../../bot/connector.ts';
import { type Courier, createCourier } from '../../bot/courier.ts';
import type { AppTokenSource } from '../../src/identity/app-token.ts';
import { ChatError } from '../../src/jobs/ports.ts';
import { APP_ID, TENANT, type TestServer, startServer } from '../src/identity/fixtures.ts';

const scope = 'https://api.botframework.com';
const messageMs = 300;
const place = { conversation: '19:abc', thread: '19:abc;messageid=1' };

describe('a message to Teams', () => {
  let server: TestServer;
  let courier: Courier;
  let token: AppTokenSource['acquire'];
  beforeEach(async () => {
    server = await startServer(() => ({ status: 201, body: { id: 'message-1' } }));
    token = () => Promise.resolve('bot-token');
    const connector = new ConnectorAuthentication({
      appId: APP_ID,
      tenantId: TENANT,
      channelScope: scope,
      appTokens: { acquire: (...asked) => token(...asked) },
      authorityHost: 'https://login.example.test',
      tokenServiceUrl: server.url,
      tokenIssuer: scope,
      openIdMetadataUrl: `${server.url}/metadata`,
      trustedServiceHosts: [server.host],
    });
    const reference = { serviceUrl: `${server.url}/teams/`, tenantId: TENANT, bot: { id: `28:${APP_ID}` } };
    courier = createCourier({
      connect: (serviceUrl) => connector.createConnectorClientFor(serviceUrl),
      conversations: { remember: () => Promise.resolve(), reference: () => Promise.resolve(reference) },
      portalUrl: 'https://security.example.test',
      messageMs,
    });
  });
  afterEach(() => server.close());

  /** How long it took until the message was said to come later. */
  async function givesUpAfter(): Promise<number> {
    const started = performance.now();
    await assert.rejects(courier.replyText(place, 'hello'), (error) => {
      assert.ok(error instanceof ChatError && error.kind === 'later');
      return true;
    });
    return performance.now() - started;
  }

  it('has one time limit for the bot’s token and for Teams together', async () => {
    token = (_scope, { signal } = {}) =>
      new Promise((resolve) => {
        // Two thirds of the time are gone when Teams is asked.
        const timer = setTimeout(() => resolve('bot-token'), (messageMs * 2) / 3);
        signal?.addEventListener('abort', () => clearTimeout(timer));
      });
    server.answer = () => 'hang';

    assert.ok((await givesUpAfter()) < messageMs * 1.5);
    assert.equal(server.seen.length, 1);
  });

  it('is not sent when the token took all the time', async () => {
    token = (_scope, { signal } = {}) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new DOMException('too late', 'AbortError')));
      });

    assert.ok((await givesUpAfter()) < messageMs * 1.5);
    assert.equal(server.seen.length, 0);
  });
});
