import assert from 'node:assert/strict';
import { SignJWT, type JWTPayload } from 'jose';
import { IdentityError } from '../../../src/identity/errors.ts';
import {
  createUserTokenVerifier,
  type ExpectedPerson,
  type UserTokenVerdict,
} from '../../../src/identity/verify-user-token.ts';
import { startEntra, type TestEntra } from './fake-entra.ts';
import {
  ALEX,
  APP_ID,
  AUTHORITY_HOST,
  createSigner,
  createTestClock,
  OTHER_TENANT,
  seconds,
  TENANT,
  type Signer,
  type TestClock,
} from './fixtures.ts';

describe("verification of a person's token", () => {
  let clock: TestClock;
  let entra: TestEntra;
  let signer: Signer;
  let verify: (claims?: JWTPayload, expected?: ExpectedPerson) => Promise<UserTokenVerdict>;
  let verifyRaw: (token: string) => Promise<UserTokenVerdict>;

  const alex = { tenantId: TENANT, objectId: ALEX };

  const claimsWith = (change: JWTPayload = {}): JWTPayload => ({
    iss: `${AUTHORITY_HOST}/${TENANT}/v2.0`,
    aud: APP_ID,
    tid: TENANT,
    oid: ALEX,
    scp: 'access_as_user',
    ver: '2.0',
    name: 'Alex Approver',
    preferred_username: 'alex@contoso.test',
    nbf: seconds(clock.now()) - 10,
    exp: seconds(clock.now()) + 3600,
    ...change,
  });

  beforeEach(async () => {
    clock = createTestClock();
    entra = await startEntra();
    signer = entra.published[0] ?? (await createSigner('entra'));
    const verifier = createUserTokenVerifier({
      authorityHost: `${AUTHORITY_HOST}/`,
      appId: APP_ID,
      allowedTenants: [TENANT],
      fetch: entra.fetch,
      clock,
    });
    verifyRaw = (token) => verifier.verify(token, alex);
    verify = async (claims, expected = alex) =>
      verifier.verify(await signer.sign(claimsWith(claims)), expected);
  });

  afterEach(() => entra.close());

  it("accepts the clicker's own token and names them", async () => {
    const verdict = await verify();

    assert.deepEqual(verdict, {
      ok: true,
      user: { objectId: ALEX, tenantId: TENANT, upn: 'alex@contoso.test', name: 'Alex Approver' },
      expiresAt: new Date(clock.now().getTime() + 3_600_000),
    });
  });

  it('prefers the upn claim, takes the app id URI as audience and ids in whatever case', async () => {
    const claims = { aud: `api://botid-${APP_ID}`, upn: 'alex@corp.test', oid: ALEX.toUpperCase() };
    const verdict = await verify(claims, { tenantId: TENANT.toUpperCase(), objectId: ALEX });

    assert.ok(verdict.ok);
    assert.equal(verdict.user.upn, 'alex@corp.test');
  });

  it('tolerates five minutes of clock difference and no more', async () => {
    const now = seconds(clock.now());

    assert.equal((await verify({ exp: now - 290 })).ok, true);
    assert.equal((await verify({ nbf: now + 290 })).ok, true);
    assert.deepEqual(await verify({ exp: now - 301 }), { ok: false, reason: 'expired' });
    assert.deepEqual(await verify({ nbf: now + 310 }), { ok: false, reason: 'invalid' });
  });

  for (const [what, change] of Object.entries({
    'another app': { aud: 'https://graph.microsoft.com' },
    'an older issuer': { iss: `https://sts.windows.net/${TENANT}/` },
    'an issuer that only begins right': { iss: `${AUTHORITY_HOST}/${TENANT}/v2.0/` },
    'an app': { idtyp: 'app' },
    'an app in capitals': { idtyp: 'App' },
    'another scope': { scp: 'access_as_user_readonly User.Read' },
    'no scope': { scp: undefined },
    'no person': { oid: undefined },
    'no expiry': { exp: undefined },
  } satisfies Record<string, JWTPayload | Record<string, undefined>>)) {
    it(`refuses a token of or for ${what}`, async () => {
      assert.deepEqual(await verify(change as JWTPayload), { ok: false, reason: 'invalid' });
    });
  }

  it('finds the scope among others', async () => {
    assert.equal((await verify({ scp: 'openid access_as_user' })).ok, true);
  });

  it('refuses the token of somebody else', async () => {
    const verdict = await verify({ oid: '44444444-4444-4444-8444-444444444444' });
    assert.deepEqual(verdict, { ok: false, reason: 'wrong-person' });
  });

  it('refuses a token of another tenant, whoever signed it', async () => {
    const foreign = { tid: OTHER_TENANT, iss: `${AUTHORITY_HOST}/${OTHER_TENANT}/v2.0` };
    assert.deepEqual(await verify(foreign), { ok: false, reason: 'wrong-tenant' });

    signer = await createSigner('elsewhere');
    assert.deepEqual(await verify(foreign), { ok: false, reason: 'wrong-tenant' });
  });

  it('refuses a person of a tenant that is not served, without asking that tenant for keys', async () => {
    const verdict = await verify({}, { tenantId: OTHER_TENANT, objectId: ALEX });

    assert.deepEqual(verdict, { ok: false, reason: 'wrong-tenant' });
    assert.equal(entra.server.seen.length, 0);
  });

  it('refuses forgeries: unknown key, wrong signature, HMAC, none, garbage', async () => {
    const impostor = await createSigner('entra');
    const hmac = new SignJWT(claimsWith()).setProtectedHeader({ alg: 'HS256', kid: 'entra' });
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const body = Buffer.from(JSON.stringify(claimsWith())).toString('base64url');

    for (const token of [
      await impostor.sign(claimsWith()),
      await signer.sign(claimsWith(), { kid: 'unknown' }),
      await hmac.sign(Buffer.from(JSON.stringify(signer.jwk))),
      `${none}.${body}.`,
      'garbage',
      '',
      `${'a'.repeat(40_000)}.b.c`,
    ]) {
      assert.deepEqual(await verifyRaw(token), { ok: false, reason: 'invalid' });
    }
  });

  it('asks for the keys once, and again for an unknown key after five seconds', async () => {
    await Promise.all([verify(), verify()]);
    const rotated = await createSigner('rotated');
    entra.published = [rotated];
    signer = rotated;

    assert.equal((await verify()).ok, false);
    assert.equal(entra.server.seen.length, 2);
    clock.advance(5_000);
    assert.equal((await verify()).ok, true);
  });

  it('throws a retry-safe error without a word from the network while keys cannot be fetched', async () => {
    for (const answer of [() => 'reset' as const, () => ({ status: 500 }), () => 'hang' as const]) {
      entra.server.answer = answer;
      await assert.rejects(verify(), (error) => {
        assert.ok(error instanceof IdentityError);
        assert.equal(error.message, 'keys-unavailable');
        return error.retrySafe;
      });
    }
  });
});
