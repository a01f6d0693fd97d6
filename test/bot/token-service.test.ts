import assert from 'node:assert/strict';
import { createTokenService, type TokenService } from '../../bot/token-service.ts';
import { IdentityError } from '../../src/identity/errors.ts';
import { APP_ID, startServer, TENANT, type TestServer } from '../src/identity/fixtures.ts';

describe('the token service client', () => {
  let server: TestServer;
  let service: TokenService;

  beforeEach(async () => {
    server = await startServer(() => ({ body: { token: 'user-token', connectionName: 'cordon' } }));
    service = createTokenService({
      baseUrl: `${server.url}/tokens/`,
      connectionName: 'cordon',
      appId: APP_ID,
      appToken: () => Promise.resolve('bot-token'),
      timeoutMs: 300,
    });
  });

  afterEach(() => server.close());

  const person = { userId: '29:alex+/=&x' };
  const conversation = {
    activityId: 'f:1',
    user: { id: '29:alex', name: 'Alex', aadObjectId: 'a' },
    bot: { id: '28:bot', name: 'Cordon' },
    conversation: { id: '19:abc;messageid=1', conversationType: 'channel', tenantId: TENANT },
    serviceUrl: 'https://smba.trafficmanager.net/amer/',
  };

  it("asks for a person's token", async () => {
    assert.deepEqual(await service.getToken(person), { token: 'user-token' });

    const [call] = server.seen;
    assert.equal(call?.method, 'GET');
    assert.equal(call.path, '/tokens/api/usertoken/GetToken');
    assert.equal(call.headers.authorization, 'Bearer bot-token');
    assert.deepEqual(Object.fromEntries(call.query), {
      userId: person.userId,
      connectionName: 'cordon',
      channelId: 'msteams',
    });
  });

  it('redeems a six-digit code', async () => {
    await service.getToken({ ...person, code: '123456' });
    assert.equal(server.seen[0]?.query.get('code'), '123456');
  });

  it('serves as the port of the security work', async () => {
    assert.equal(await service.getUserToken({ teamsId: '29:alex' }), 'user-token');
    server.answer = () => ({ status: 404 });
    assert.equal(await service.getUserToken({ teamsId: '29:alex' }), undefined);
  });

  for (const [what, reply] of Object.entries({
    'HTTP 404': { status: 404, body: {} },
    'HTTP 400': { status: 400, body: { error: { code: 'BadRequest' } } },
    'success without a token': { status: 200, body: { connectionName: 'cordon' } },
    'an empty body': { status: 204, body: '' },
  })) {
    it(`has no token after ${what}`, async () => {
      server.answer = () => reply;
      assert.equal(await service.getToken(person), undefined);
    });
  }

  it('exchanges the token that Teams brought', async () => {
    const outcome = await service.exchange({ ...person, token: 'sso' });

    assert.deepEqual(outcome, { ok: true, token: 'user-token' });
    const [call] = server.seen;
    assert.equal(call?.method, 'POST');
    assert.equal(call.path, '/tokens/api/usertoken/exchange');
    assert.deepEqual(JSON.parse(call.body), { token: 'sso' });
    assert.equal(call.query.get('channelId'), 'msteams');
  });

  for (const status of [400, 404, 412]) {
    it(`cannot exchange after HTTP ${status}`, async () => {
      server.answer = () => ({ status, body: { error: { code: 'ConsentRequired' } } });
      const outcome = await service.exchange({ ...person, token: 'sso' });
      assert.deepEqual(outcome, { ok: false, reason: 'not-exchangeable' });
    });
  }

  it('gets a sign-in link for the conversation', async () => {
    const tokenExchangeResource = { id: 'x', uri: `api://botid-${APP_ID}`, providerId: 'p' };
    const signInLink = 'https://token.botframework.com/api/oauth/signin?signin=1';
    server.answer = () => ({ body: { signInLink, tokenExchangeResource } });

    const resource = await service.signInResource(conversation);

    assert.deepEqual(resource, { signInLink, tokenExchangeResource });
    const [call] = server.seen;
    assert.equal(call?.path, '/tokens/api/botsignin/GetSignInResource');
    const state: unknown = JSON.parse(Buffer.from(call.query.get('state') ?? '', 'base64').toString());
    assert.deepEqual(state, {
      connectionName: 'cordon',
      conversation: { ...conversation, channelId: 'msteams' },
      msAppId: APP_ID,
    });
  });

  it('takes a sign-in link without silent exchange, but nothing that is no link', async () => {
    server.answer = () => ({ body: { signInLink: 'https://a.test/', tokenExchangeResource: null } });
    const resource = await service.signInResource(conversation);
    assert.equal(resource.tokenExchangeResource, undefined);

    server.answer = () => ({ body: { signInLink: 'javascript' } });
    await assert.rejects(service.signInResource(conversation), failsWith('token-service-unavailable'));
    server.answer = () => ({ status: 404 });
    await assert.rejects(service.signInResource(conversation), failsWith('token-service-refused'));
  });

  it('signs out, twice too', async () => {
    server.answer = () => ({ status: 204, body: '' });
    await service.signOut(person);
    server.answer = () => ({ status: 404 });
    await service.signOut(person);

    assert.deepEqual(
      server.seen.map(({ method, path }) => `${method} ${path}`),
      Array(2).fill('DELETE /tokens/api/usertoken/SignOut'),
    );
  });

  for (const [what, answer, code] of [
    ['HTTP 500', () => ({ status: 500 }), 'token-service-unavailable'],
    ['an answer cut short', () => ({ status: 200, body: '{"token": "us' }), 'token-service-unavailable'],
    ['a reset', () => 'reset' as const, 'token-service-unavailable'],
    ['silence', () => 'hang' as const, 'token-service-unavailable'],
    ['HTTP 401', () => ({ status: 401 }), 'token-service-refused'],
    ['HTTP 429', () => ({ status: 429, headers: { 'retry-after': '3' } }), 'token-service-throttled'],
  ] as const) {
    it(`throws ${code} after ${what}, and asks once only`, async () => {
      server.answer = answer;

      await assert.rejects(service.getToken(person), failsWith(code));
      await assert.rejects(service.exchange({ ...person, token: 'sso' }), failsWith(code));

      assert.equal(server.seen.length, 2);
    });
  }

  it("passes on that the bot's own token is not to be had", async () => {
    const refusing = createTokenService({
      baseUrl: server.url,
      connectionName: 'cordon',
      appId: APP_ID,
      appToken: () => Promise.reject(new IdentityError('app-token-refused')),
      timeoutMs: 300,
    });
    await assert.rejects(refusing.getToken(person), failsWith('app-token-refused'));
    assert.equal(server.seen.length, 0);
  });
});

function failsWith(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof IdentityError);
    assert.equal(error.code, code);
    assert.ok(!/sso|bot-token|29:/.test(error.message));
    return true;
  };
}
