import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import type { Harness, HttpAnswer } from './servers-harness.ts';
import { startHarness, text, tokenEndpoint, tokenRequest } from './servers-harness.ts';

const resource = 'https://api.securitycenter.microsoft.com';

describe('the simulated Entra', () => {
  let harness: Harness;

  before(async () => {
    harness = await startHarness();
  });
  afterEach(() => {
    harness.sandbox.faults.reset();
    harness.sandbox.entra.setGrants('alex', undefined);
  });
  after(() => harness.stop());

  const ask = (form: Record<string, string>): Promise<HttpAnswer> =>
    harness.call(tokenEndpoint(harness.sandbox), tokenRequest(harness.sandbox, form));
  const exchange = async (assertion: string, form: Record<string, string> = {}): Promise<HttpAnswer> =>
    ask({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      requested_token_use: 'on_behalf_of',
      assertion,
      scope: `${resource}/.default openid profile offline_access`,
      ...form,
    });
  const alex = (): Harness['sandbox']['world']['people'][number] => harness.sandbox.world.person('alex');
  const numbers = (answer: HttpAnswer): unknown => answer.body?.['error_codes'];

  it('names itself as issuer in its metadata', async () => {
    const authority = `${text(harness.sandbox, 'ENTRA_AUTHORITY_HOST')}/${text(harness.sandbox, 'BOT_TENANT_ID')}`;

    const { body } = await harness.call(`${authority}/v2.0/.well-known/openid-configuration`);

    assert.equal(body?.['issuer'], `${authority}/v2.0`);
    assert.equal((await harness.call(String(body['jwks_uri']))).status, 200);
  });

  it('trades a person’s token for one that Defender takes', async () => {
    const answer = await exchange(await harness.sandbox.entra.ssoToken(alex()));

    const claims = decodeJwt(String(answer.body?.['access_token']));
    assert.equal(answer.status, 200);
    assert.equal(claims.aud, resource);
    assert.equal(claims['scp'], 'Machine.Read Machine.RestrictExecution');
    assert.equal(claims['upn'], alex().upn);
    assert.ok(answer.body?.['id_token'] && answer.body['client_info'] && answer.body['refresh_token']);
  });

  it('refuses an assertion that is forged, foreign, app-only or expired', async () => {
    const { entra } = harness.sandbox;
    const audience = text(harness.sandbox, 'BOT_APP_ID');
    const tenantId = text(harness.sandbox, 'BOT_TENANT_ID');
    const good = await entra.ssoToken(alex());
    const graph = await entra.tokens.forUser({
      person: alex(),
      tenantId,
      audience: 'graph',
      scopes: ['User.Read'],
    });
    const app = await entra.tokens.forApp({ appId: audience, tenantId, audience, roles: [] });
    const old = await entra.ssoToken(alex(), -600);

    assert.deepEqual(numbers(await exchange(`${good.slice(0, -6)}AAAAAA`)), [50013]);
    assert.deepEqual(numbers(await exchange(graph)), [50013]);
    assert.deepEqual(numbers(await exchange(app)), [7000114]);
    assert.deepEqual(numbers(await exchange(old)), [500133]);
  });

  it('checks the secret, the application, the resource and the form of the scope', async () => {
    const assertion = await harness.sandbox.entra.ssoToken(alex());

    const wrongSecret = await exchange(assertion, { client_secret: 'guess' });
    assert.equal(wrongSecret.status, 401);
    assert.equal(wrongSecret.body?.['error'], 'invalid_client');
    assert.deepEqual(numbers(await exchange(assertion, { client_id: 'other' })), [700016]);
    assert.deepEqual(
      numbers(await exchange(assertion, { scope: 'https://graph.example/.default' })),
      [500011],
    );
    assert.deepEqual(numbers(await exchange(assertion, { scope: `${resource}/Machine.Read x` })), [70011]);
    assert.deepEqual(numbers(await exchange(assertion, { requested_token_use: 'other' })), [900144]);
  });

  it('says that consent is missing when nothing was granted', async () => {
    harness.sandbox.entra.setGrants('alex', []);

    const answer = await exchange(await harness.sandbox.entra.ssoToken(alex()));

    assert.deepEqual(numbers(answer), [65001]);
    assert.equal(answer.body?.['suberror'], 'consent_required');
  });

  it('leaves a permission out of the token that a switch takes away', async () => {
    harness.sandbox.faults.set({ missingScope: 'Machine.RestrictExecution' });

    const answer = await exchange(await harness.sandbox.entra.ssoToken(alex()));

    assert.equal(decodeJwt(String(answer.body?.['access_token']))['scp'], 'Machine.Read');
  });

  it('gives the application a token with roles for Defender, and none for what it does not know', async () => {
    const form = { grant_type: 'client_credentials' };

    const app = await ask({ ...form, scope: `${resource}/.default` });
    const unknown = await ask({ ...form, scope: 'https://other.example/.default' });

    assert.deepEqual(decodeJwt(String(app.body?.['access_token']))['roles'], ['Machine.Read.All']);
    assert.deepEqual(numbers(unknown), [500011]);
  });

  it('refuses as programmed, with the claims that a sign-in would have to satisfy', async () => {
    const fault = {
      kind: 'aadsts',
      number: 50076,
      error: 'interaction_required',
      claims: '{"a":1}',
    } as const;
    harness.sandbox.faults.set({ faults: { 'entra.obo': fault } });

    const answer = await exchange(await harness.sandbox.entra.ssoToken(alex()));

    assert.equal(answer.body?.['error'], 'interaction_required');
    assert.equal(answer.body['claims'], '{"a":1}');
  });

  it('puts no token on the wire', () => {
    const seen = JSON.stringify(harness.sandbox.wire.entries());

    assert.match(seen, /on behalf of/);
    assert.doesNotMatch(seen, /eyJ/);
  });
});
