import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  type CodeSignIn,
  type CodeSignInOutcome,
  createCodeSignIn,
} from '../../../src/identity/code-sign-in.ts';
import { createCredentialSource } from '../../../src/identity/credential.ts';
import { IdentityError } from '../../../src/identity/errors.ts';
import { refusal, startEntra, tokenAnswer, type TestEntra } from './fake-entra.ts';
import {
  ALEX,
  APP_ID,
  AUTHORITY_HOST,
  createSigner,
  OTHER_TENANT,
  seconds,
  TENANT,
  unsigned,
} from './fixtures.ts';

const RESOURCE = 'https://api.securitycenter.microsoft.com';
const REDIRECT = 'https://cordon.contoso.test/auth/callback';
const BOTH = 'Machine.Read Machine.RestrictExecution';
const request = {
  tenantId: TENANT,
  objectId: ALEX,
  verifier: 'v'.repeat(43),
  nonce: 'the-nonce',
  claims: '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}',
};

describe('a sign-in by authorization code', () => {
  let entra: TestEntra;
  let signIn: CodeSignIn;

  beforeEach(async () => {
    entra = await startEntra();
    signIn = createCodeSignIn({
      authorityHost: AUTHORITY_HOST,
      clientId: APP_ID,
      credential: createCredentialSource({ kind: 'secret', secret: 'the-secret' }),
      defenderResource: RESOURCE,
      redirectUri: REDIRECT,
      timeoutMs: 400,
      fetch: entra.fetch,
    });
  });
  afterEach(() => entra.close());

  function idClaims(changed: Record<string, unknown> = {}): Record<string, unknown> {
    const now = seconds(new Date());
    return {
      iss: `${AUTHORITY_HOST}/${TENANT}/v2.0`,
      aud: APP_ID,
      iat: now,
      exp: now + 3600,
      oid: ALEX,
      tid: TENANT,
      sub: 'pairwise',
      nonce: request.nonce,
      ...changed,
    };
  }

  async function redeemed(
    idToken: Record<string, unknown>,
    accessToken: Record<string, unknown> = {},
    signer = entra.published[0],
  ): Promise<CodeSignInOutcome> {
    const id = await (signer ?? assert.fail()).sign(idToken);
    const access = unsigned({
      scp: BOTH,
      oid: ALEX,
      upn: 'alex@contoso.test',
      aud: RESOURCE,
      ...accessToken,
    });
    entra.token = () => tokenAnswer(access, { scope: `${RESOURCE}/.default`, id_token: id });
    return signIn.redeem({ ...request, code: 'the-code' });
  }

  it('asks in the person’s tenant, with proof key, nonce, state and the claims, for the one redirect', async () => {
    const url = new URL(await signIn.authorizationUrl({ ...request, state: 'the-state' }));

    assert.equal(`${url.origin}${url.pathname}`, `${AUTHORITY_HOST}/${TENANT}/oauth2/v2.0/authorize`);
    const asked = Object.fromEntries(url.searchParams);
    assert.equal(asked['client_id'], APP_ID);
    assert.equal(asked['response_type'], 'code');
    assert.equal(asked['redirect_uri'], REDIRECT);
    assert.equal(asked['state'], 'the-state');
    // Otherwise a browser that knows another account only would bring that one, again and again.
    assert.equal(asked['prompt'], 'select_account');
    assert.equal(asked['nonce'], request.nonce);
    assert.equal(asked['code_challenge_method'], 'S256');
    assert.equal(asked['code_challenge'], createHash('sha256').update(request.verifier).digest('base64url'));
    // MSAL adds wishes of its own for the id token.
    const { access_token: wanted } = JSON.parse(asked['claims'] ?? '') as Record<string, unknown>;
    assert.deepEqual({ access_token: wanted }, JSON.parse(request.claims));
    assert.ok(asked['scope']?.includes(`${RESOURCE}/.default`));
    assert.ok(!url.href.includes(request.verifier) && !url.href.includes('the-secret'));
  });

  it('redeems the code with verifier and credential for the person’s Defender token', async () => {
    const outcome = await redeemed(idClaims());

    assert.ok(outcome.ok);
    assert.deepEqual(outcome.scopes, BOTH.split(' '));
    assert.equal(outcome.upn, 'alex@contoso.test');
    const form = entra.forms.at(-1);
    assert.equal(form?.get('grant_type'), 'authorization_code');
    assert.equal(form.get('code'), 'the-code');
    assert.equal(form.get('code_verifier'), request.verifier);
    assert.equal(form.get('redirect_uri'), REDIRECT);
    assert.equal(form.get('client_secret'), 'the-secret');
  });

  const foreign: readonly (readonly [string, Record<string, unknown>])[] = [
    ['another person', { oid: '44444444-4444-4444-8444-444444444444' }],
    ['another tenant', { tid: OTHER_TENANT }],
    ['another application', { aud: '55555555-5555-4555-8555-555555555555' }],
    ['another issuer', { iss: `${AUTHORITY_HOST}/${OTHER_TENANT}/v2.0` }],
  ];
  for (const [whose, claims] of foreign) {
    it(`is refused when the id token is of ${whose}`, async () => {
      assert.deepEqual(await redeemed(idClaims(claims)), { ok: false, problem: { kind: 'wrong-account' } });
    });
  }

  it('is refused when the id token is signed by a key that Entra does not publish', async () => {
    const outcome = await redeemed(idClaims(), {}, await createSigner('entra'));

    assert.deepEqual(outcome, { ok: false, problem: { kind: 'wrong-account' } });
  });

  it('gives no token when the id token answers another sign-in', async () => {
    assert.equal((await redeemed(idClaims({ nonce: 'of-another' }))).ok, false);
  });

  it('is refused when the Defender token is somebody else’s', async () => {
    const outcome = await redeemed(idClaims(), { oid: '44444444-4444-4444-8444-444444444444' });

    assert.deepEqual(outcome, { ok: false, problem: { kind: 'wrong-account' } });
  });

  it('names the permission that the token lacks', async () => {
    const outcome = await redeemed(idClaims(), { scp: 'Machine.Read' });

    assert.deepEqual(outcome, {
      ok: false,
      problem: { kind: 'missing-scope', permission: 'Machine.RestrictExecution' },
    });
  });

  it('tells what Entra refuses', async () => {
    entra.token = () => refusal('invalid_grant', 53003);

    const outcome = await signIn.redeem({ ...request, code: 'the-code' });

    assert.deepEqual(outcome, { ok: false, problem: { kind: 'blocked-by-policy', aadsts: '53003' } });
  });

  it('does not wait for an Entra that hangs', async () => {
    entra.token = () => 'hang';

    assert.deepEqual(await signIn.redeem({ ...request, code: 'the-code' }), {
      ok: false,
      problem: { kind: 'unavailable' },
    });
  });

  it('cannot begin when Entra does not tell its addresses', async () => {
    entra.server.answer = () => ({ status: 503 });

    await assert.rejects(signIn.authorizationUrl({ ...request, state: 's' }), IdentityError);
  });

  it('sends nobody and no code to another host, whatever Entra’s metadata say', async () => {
    const evil = 'https://evil.example/oauth2/v2.0';
    entra.metadata = { authorization_endpoint: `${evil}/authorize`, token_endpoint: `${evil}/token` };

    await assert.rejects(
      signIn.authorizationUrl({ ...request, state: 'the-state' }),
      (error) => error instanceof IdentityError && error.code === 'foreign-address',
    );
    const outcome = await redeemed(idClaims());

    assert.equal(!outcome.ok && outcome.problem.kind, 'bot-credential');
    assert.deepEqual(entra.forms, []);
  });
});
