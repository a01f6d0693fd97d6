import assert from 'node:assert/strict';
import { generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import sinon from 'sinon';
import { createInboundAuthentication, type InboundOutcome } from '../../bot/authentication.ts';
import {
  APP_ID,
  createSigner,
  createTestClock,
  OTHER_TENANT,
  seconds,
  startServer,
  TENANT,
  type Signer,
  type TestClock,
  type TestServer,
} from '../src/identity/fixtures.ts';

const ISSUER = 'https://api.botframework.com';
const SERVICE_URL = 'https://smba.trafficmanager.net/amer/';
const TRUSTED = ['smba.trafficmanager.net', '127.0.0.1:4001'];

interface Case {
  readonly claims?: JWTPayload;
  readonly header?: { alg?: string; kid?: string };
  readonly activity?: object | undefined;
  readonly onRead?: () => void;
  readonly authorization?: string;
}

describe('inbound authentication', () => {
  let clock: TestClock;
  let endorsed: Signer;
  let free: Signer;
  let server: TestServer;
  let published: Signer[];
  let authenticate: (given?: Case) => Promise<InboundOutcome>;

  const activityWith = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
    type: 'message',
    channelId: 'msteams',
    serviceUrl: SERVICE_URL,
    conversation: { id: '19:abc', tenantId: TENANT },
    channelData: { tenant: { id: TENANT } },
    ...change,
  });

  const claimsWith = (change: JWTPayload = {}): JWTPayload => ({
    iss: ISSUER,
    aud: APP_ID,
    serviceurl: SERVICE_URL,
    nbf: seconds(clock.now()) - 10,
    exp: seconds(clock.now()) + 3600,
    ...change,
  });

  const withServiceUrl = (serviceUrl: string): Case => ({
    claims: { serviceurl: serviceUrl },
    activity: activityWith({ serviceUrl }),
  });

  before(async () => {
    endorsed = await createSigner('endorsed', { endorsements: ['msteams', 'webchat'] });
    free = await createSigner('free');
  });

  beforeEach(async () => {
    clock = createTestClock();
    published = [endorsed, free];
    server = await startServer(({ path }) => {
      if (path === '/v1/config') return { body: { issuer: ISSUER, jwks_uri: `${server.url}/v1/keys` } };
      return { body: { keys: published.map(({ jwk }) => jwk) } };
    });
    const inbound = createInboundAuthentication({
      metadataUrl: `${server.url}/v1/config`,
      issuer: ISSUER,
      appId: APP_ID,
      allowedTenants: [TENANT.toUpperCase()],
      trustedServiceHosts: TRUSTED,
      clock,
    });
    authenticate = async (given = {}) => {
      const token = await endorsed.sign(claimsWith(given.claims), given.header);
      return inbound.authenticate({
        authorizationHeader: given.authorization ?? `Bearer ${token}`,
        activity: () => {
          given.onRead?.();
          return 'activity' in given ? given.activity : activityWith();
        },
      });
    };
  });

  afterEach(() => server.close());

  const refused = (outcome: InboundOutcome, status: number, reason: string): void => {
    assert.deepEqual(outcome, { ok: false, status, reason });
  };

  it('lets a good activity of an allowed tenant through', async () => {
    const outcome = await authenticate();

    assert.ok(outcome.ok);
    assert.equal(outcome.tenantId, TENANT);
    assert.equal(outcome.serviceUrl, SERVICE_URL);
    assert.equal(outcome.claims['aud'], APP_ID);
  });

  it('fetches the keys once for many activities', async () => {
    await Promise.all([authenticate(), authenticate(), authenticate()]);
    await authenticate();

    assert.equal(server.seen.length, 2);
  });

  it('takes a key without endorsements and the other spelling of the serviceurl claim', async () => {
    const claims = claimsWith({ serviceUrl: SERVICE_URL.slice(0, -1) });
    delete claims['serviceurl'];
    const outcome = await authenticate({ authorization: `bearer ${await free.sign(claims)}` });

    assert.equal(outcome.ok, true);
  });

  describe('refuses with 401', () => {
    it('a request without an Authorization header', async () => {
      refused(await authenticate({ authorization: '' }), 401, 'no-token');
    });

    for (const authorization of [
      'Basic dXNlcjpwYXNz',
      'Bearer',
      'Bearer garbage',
      'Bearer a.b',
      'Bearer a.b.c.d',
      'Bearer a.b.',
      'Bearer a.b.c, Bearer d.e.f',
      `Bearer ${'a'.repeat(20_000)}.b.c`,
    ]) {
      it(`the header ${authorization.slice(0, 30)}`, async () => {
        refused(await authenticate({ authorization }), 401, 'malformed-token');
        assert.equal(server.seen.length, 0);
      });
    }

    it('three parts that are no token', async () => {
      refused(await authenticate({ authorization: 'Bearer a.b.c' }), 401, 'invalid-token');
    });

    it('a wrong issuer, even one that differs by a slash', async () => {
      refused(await authenticate({ claims: { iss: `${ISSUER}/` } }), 401, 'wrong-issuer');
    });

    for (const iss of [
      `https://sts.windows.net/${TENANT}/`,
      `https://login.microsoftonline.com/${TENANT}/v2.0`,
      'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/',
    ]) {
      it(`an emulator token of ${iss}`, async () => {
        const claims = { iss, appid: APP_ID, azp: APP_ID, ver: '2.0' };
        refused(await authenticate({ claims }), 401, 'wrong-issuer');
      });
    }

    it('a wrong audience', async () => {
      refused(await authenticate({ claims: { aud: 'https://api.botframework.com' } }), 401, 'wrong-audience');
    });

    it('an unknown key id', async () => {
      refused(await authenticate({ header: { kid: 'nobody' } }), 401, 'unknown-key');
    });

    it('a token without a key id', async () => {
      const { privateKey } = await generateKeyPair('RS256');
      const token = await new SignJWT(claimsWith()).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
      refused(await authenticate({ authorization: `Bearer ${token}` }), 401, 'unknown-key');
    });

    it('a bad signature under a known key id', async () => {
      const impostor = await createSigner('endorsed');
      const token = await impostor.sign(claimsWith());
      refused(await authenticate({ authorization: `Bearer ${token}` }), 401, 'bad-signature');
    });

    it('a body changed after signing', async () => {
      const [head, , signature] = (await endorsed.sign(claimsWith())).split('.');
      const body = Buffer.from(JSON.stringify(claimsWith({ aud: APP_ID, extra: 1 }))).toString('base64url');
      const authorization = `Bearer ${String(head)}.${body}.${String(signature)}`;
      refused(await authenticate({ authorization }), 401, 'bad-signature');
    });

    it('HS256 with the public key as secret', async () => {
      const secret = Buffer.from(JSON.stringify(endorsed.jwk));
      const token = await new SignJWT(claimsWith())
        .setProtectedHeader({ alg: 'HS256', kid: 'endorsed' })
        .sign(secret);
      refused(await authenticate({ authorization: `Bearer ${token}` }), 401, 'bad-algorithm');
    });

    it('algorithm none, with and without something in place of a signature', async () => {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const token = `${part({ alg: 'none', kid: 'endorsed' })}.${part(claimsWith())}`;
      refused(await authenticate({ authorization: `Bearer ${token}.` }), 401, 'malformed-token');
      refused(await authenticate({ authorization: `Bearer ${token}.eA` }), 401, 'bad-algorithm');
    });

    it('a token that is not valid yet', async () => {
      const nbf = seconds(clock.now()) + 600;
      refused(await authenticate({ claims: { nbf } }), 401, 'not-yet-valid');
    });

    it('a token that expired ten minutes ago, but not one of two minutes ago', async () => {
      const now = seconds(clock.now());

      refused(await authenticate({ claims: { exp: now - 600 } }), 401, 'expired');
      assert.equal((await authenticate({ claims: { exp: now - 120 } })).ok, true);
    });

    it('a token without an expiry', async () => {
      const claims = claimsWith();
      delete claims.exp;
      const authorization = `Bearer ${await endorsed.sign(claims)}`;
      refused(await authenticate({ authorization }), 401, 'invalid-token');
    });

    it('a serviceurl claim that is missing or names another address', async () => {
      const missing = claimsWith();
      delete missing['serviceurl'];
      const authorization = `Bearer ${await endorsed.sign(missing)}`;

      refused(await authenticate({ authorization }), 401, 'service-url-mismatch');
      const claims = { serviceurl: 'https://smba.trafficmanager.net/emea/' };
      refused(await authenticate({ claims }), 401, 'service-url-mismatch');
    });

    it('a channel for which the key is not endorsed', async () => {
      const activity = activityWith({ channelId: 'emulator' });
      refused(await authenticate({ activity }), 401, 'not-endorsed');
    });
  });

  describe('refuses with 403', () => {
    it('another channel, endorsed or not', async () => {
      const activity = activityWith({ channelId: 'webchat' });
      refused(await authenticate({ activity }), 403, 'foreign-channel');
    });

    it('a body that is no object, as that', async () => {
      refused(await authenticate({ activity: undefined }), 400, 'no-object');
    });

    it('a signature that is not of the key it names, before the body is read', async () => {
      const onRead = sinon.spy();
      const [header, claims] = (await endorsed.sign(claimsWith())).split('.');
      const authorization = `Bearer ${header}.${claims}.AAAA`;
      refused(await authenticate({ authorization, onRead }), 401, 'bad-signature');
      assert.equal(onRead.callCount, 0);

      assert.equal((await authenticate({ onRead })).ok, true);
      assert.equal(onRead.callCount, 1);
    });

    for (const body of [{}, { channelId: 'msteams' }, { channelId: 1, serviceUrl: 2 }]) {
      it(`the body ${JSON.stringify(body)}`, async () => {
        refused(await authenticate({ activity: body }), 403, 'malformed-activity');
      });
    }

    it('a service address that is not trusted, though the token names it', async () => {
      const serviceUrl = 'https://evil.example/amer/';
      refused(await authenticate(withServiceUrl(serviceUrl)), 403, 'untrusted-service-url');
    });

    for (const [what, change] of Object.entries({
      'a foreign tenant': { conversation: { tenantId: OTHER_TENANT }, channelData: null },
      'a foreign channel tenant': { channelData: { tenant: { id: OTHER_TENANT } } },
      'a foreign conversation tenant': { conversation: { tenantId: OTHER_TENANT } },
      'no tenant at all': { conversation: { id: '19:abc' }, channelData: {} },
      'an empty tenant': { conversation: { tenantId: '' }, channelData: undefined },
    })) {
      it(what, async () => {
        refused(await authenticate({ activity: activityWith(change) }), 403, 'foreign-tenant');
      });
    }
  });

  describe('accepts', () => {
    it('plain http on a loopback address that is listed', async () => {
      assert.equal((await authenticate(withServiceUrl('http://127.0.0.1:4001/'))).ok, true);
    });

    it('a sender whose tenant is left empty, as the SDKs name none', async () => {
      const outcome = await authenticate({ activity: activityWith({ from: { id: '29:a', tenantId: '' } }) });

      assert.ok(outcome.ok);
      assert.equal(outcome.tenantId, TENANT);
    });

    it('a tenant named in one place only, in whatever case', async () => {
      const activity = activityWith({
        conversation: { id: '19:abc', tenantId: null },
        channelData: { tenant: { id: TENANT.toUpperCase() } },
      });

      const outcome = await authenticate({ activity });

      assert.ok(outcome.ok);
      assert.equal(outcome.tenantId, TENANT);
    });
  });

  describe('keys', () => {
    it('answers 503 while the metadata cannot be fetched, and recovers by itself', async () => {
      const healthy = server.answer;
      for (const answer of [
        () => ({ status: 503 }),
        () => 'reset' as const,
        () => ({ body: '<html>' }),
        () => ({ body: { keys: [] } }),
        () => ({ body: { jwks_uri: 'file:///etc/passwd' } }),
      ]) {
        server.answer = answer;
        refused(await authenticate(), 503, 'keys-unavailable');
      }

      server.answer = healthy;
      assert.equal((await authenticate()).ok, true);
    });

    it('finds a newly published key, but asks for unknown ones at most every ten seconds', async () => {
      const rotated = await createSigner('rotated', { endorsements: ['msteams'] });
      const authorization = `Bearer ${await rotated.sign(claimsWith())}`;
      await authenticate();
      published = [rotated];

      refused(await authenticate({ authorization }), 401, 'unknown-key');
      clock.advance(9_999);
      refused(await authenticate({ authorization }), 401, 'unknown-key');
      assert.equal(server.seen.length, 2);
      clock.advance(1);

      assert.equal((await authenticate({ authorization })).ok, true);
      assert.equal(server.seen.length, 4);
      refused(await authenticate(), 401, 'unknown-key');
    });

    it('trusts no key older than a day', async () => {
      await authenticate();
      server.answer = () => ({ status: 500 });
      clock.advance(23 * 3_600_000);
      assert.equal((await authenticate()).ok, true);
      clock.advance(3_600_000);

      refused(await authenticate(), 503, 'keys-unavailable');
    });
  });
});
