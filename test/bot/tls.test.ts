import assert from 'node:assert/strict';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { ConnectorAuthentication } from '../../bot/connector.ts';
import { createTokenService } from '../../bot/token-service.ts';
import { createDefenderClient } from '../../src/defender/client.ts';
import { createAppTokenSource } from '../../src/identity/app-token.ts';
import { createCredentialSource } from '../../src/identity/credential.ts';
import { callHttp } from '../../src/platform/http.ts';
import { generousGovernor } from '../src/defender/server.ts';
import { APP_ID, TENANT } from '../src/identity/fixtures.ts';

describe('A server whose certificate nobody vouches for', () => {
  const timeoutMs = 5_000;
  let server: Server;
  let certificate: string;
  let url: string;
  let connections: number;
  let requests: number;

  before(async () => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
      keySize: 2048,
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    certificate = cert;
    server = createServer({ cert, key }, (_request, response) => {
      requests += 1;
      response.end('{}');
    });
    server.on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `https://localhost:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    connections = 0;
    requests = 0;
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  const clients: Readonly<Record<string, () => Promise<unknown>>> = {
    'any call': () => callHttp({ url, timeoutMs }),
    'a request for a token': () =>
      createAppTokenSource({
        authorityHost: url,
        clientId: APP_ID,
        homeTenantId: TENANT,
        credential: createCredentialSource({ kind: 'secret', secret: 'the-secret' }),
        timeoutMs,
      }).acquire('https://api.botframework.com/.default'),
    'a question to the token service': () =>
      createTokenService({
        baseUrl: url,
        connectionName: 'cordon',
        appId: APP_ID,
        appToken: () => Promise.resolve('bot-token'),
        timeoutMs,
      }).getToken({ userId: '29:alex' }),
    'a message to Teams': async () => {
      const authentication = new ConnectorAuthentication({
        appId: APP_ID,
        tenantId: TENANT,
        channelScope: 'https://api.botframework.com',
        appTokens: { acquire: () => Promise.resolve('bot-token') },
        authorityHost: url,
        tokenServiceUrl: url,
        tokenIssuer: 'https://api.botframework.com',
        openIdMetadataUrl: `${url}/metadata`,
        trustedServiceHosts: [new URL(url).host],
        timeoutMs,
      });
      const client = await authentication.createConnectorClientFor(`${url}/teams/`);
      return client.conversations.sendToConversation('19:abc', { type: 'message', text: 'x' });
    },
    'an order to Defender': () =>
      createDefenderClient({ apiUrl: url, fetch, governor: generousGovernor() }).submit(
        'delegated-token',
        { machineId: 'a'.repeat(40), action: 'restrict', comment: 'why | cordon:r1' },
        { tenantId: TENANT, priority: 'interactive' },
      ),
  };
  for (const [what, call] of Object.entries(clients)) {
    it(`gets nothing of ${what}`, async () => {
      await assert.rejects(call());

      assert.ok(connections > 0);
      assert.equal(requests, 0);
    });
  }

  it('would be asked if somebody vouched for it', async () => {
    const status = await new Promise((resolve, reject) => {
      const call = request(url, { ca: certificate }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      call.once('error', reject).end();
    });

    assert.deepEqual({ status, requests }, { status: 200, requests: 1 });
  });
});
