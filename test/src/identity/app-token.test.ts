import assert from 'node:assert/strict';
import { createAppTokenSource, type AppTokenSource } from '../../../src/identity/app-token.ts';
import { createCredentialSource } from '../../../src/identity/credential.ts';
import { IdentityError } from '../../../src/identity/errors.ts';
import { refusal, startEntra, tokenAnswer, type TestEntra } from './fake-entra.ts';
import { APP_ID, AUTHORITY_HOST, createTestClock, OTHER_TENANT, TENANT, type TestClock } from './fixtures.ts';

const SCOPE = 'https://api.botframework.com/.default';

describe("the bot's own token", () => {
  let clock: TestClock;
  let entra: TestEntra;
  let tokens: AppTokenSource;

  beforeEach(async () => {
    // MSAL counts expiry from the real time.
    clock = createTestClock(new Date());
    entra = await startEntra();
    entra.token = () => tokenAnswer(`token-${String(entra.forms.length)}`);
    tokens = createAppTokenSource({
      authorityHost: AUTHORITY_HOST,
      clientId: APP_ID,
      homeTenantId: TENANT,
      credential: createCredentialSource({ kind: 'secret', secret: 'the-secret' }),
      timeoutMs: 300,
      fetch: entra.fetch,
      clock,
    });
  });

  afterEach(() => entra.close());

  const isError = (code: string, detail?: string) => (error: unknown) => {
    assert.ok(error instanceof IdentityError);
    assert.equal(error.code, code);
    if (detail !== undefined) assert.equal(error.detail, detail);
    return true;
  };

  it('is asked for with client credentials in the home tenant and kept', async () => {
    assert.equal(await tokens.acquire(SCOPE), 'token-1');
    clock.advance(54 * 60_000);
    assert.equal(await tokens.acquire(SCOPE), 'token-1');

    const form = entra.forms[0];
    assert.equal(form?.get('grant_type'), 'client_credentials');
    assert.equal(form.get('scope'), SCOPE);
    assert.equal(entra.server.seen.at(-1)?.path, `/${TENANT}/oauth2/v2.0/token`);
  });

  it('is renewed five minutes before it ends', async () => {
    await tokens.acquire(SCOPE);
    clock.advance(55 * 60_000);

    assert.equal(await tokens.acquire(SCOPE), 'token-2');
  });

  it('is asked for once however many wait for it', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => tokens.acquire(SCOPE)));

    assert.deepEqual([...new Set(all)], ['token-1']);
    assert.equal(entra.forms.length, 1);
  });

  it('is another one for another scope or tenant', async () => {
    await tokens.acquire(SCOPE);
    await tokens.acquire('https://api.securitycenter.microsoft.com/.default');
    await tokens.acquire(SCOPE, { tenantId: OTHER_TENANT });

    assert.equal(entra.forms.length, 3);
    assert.equal(entra.server.seen.at(-1)?.path, `/${OTHER_TENANT}/oauth2/v2.0/token`);
  });

  it('outlives a failed renewal until a minute before its end', async () => {
    await tokens.acquire(SCOPE);
    entra.token = () => ({ status: 503 });
    clock.advance(56 * 60_000);

    assert.equal(await tokens.acquire(SCOPE), 'token-1');
    assert.equal(await tokens.acquire(SCOPE), 'token-1');
    assert.equal(entra.forms.length, 2);
    clock.advance(3 * 60_000);
    await assert.rejects(tokens.acquire(SCOPE), isError('app-token-unavailable', 'HTTP 503'));
  });

  it('remembers a refusal for two seconds only', async () => {
    entra.token = () => refusal('invalid_client', 7000222);
    await assert.rejects(tokens.acquire(SCOPE), isError('app-token-refused', 'AADSTS7000222'));
    await assert.rejects(tokens.acquire(SCOPE), isError('app-token-refused'));
    assert.equal(entra.forms.length, 1);

    entra.token = () => tokenAnswer('fresh');
    clock.advance(2_000);
    assert.equal(await tokens.acquire(SCOPE), 'fresh');
  });

  it('fails retry-safely when Entra is silent or throttles', async () => {
    entra.token = () => 'hang';
    await assert.rejects(tokens.acquire(SCOPE), isError('app-token-unavailable'));

    clock.advance(2_000);
    entra.token = () => ({
      ...refusal('temporarily_unavailable', 90055),
      status: 429,
      headers: { 'retry-after': '9' },
    });
    await assert.rejects(tokens.acquire(SCOPE), (error) => {
      assert.ok(error instanceof IdentityError);
      assert.equal(error.retryAfterMs, 9_000);
      return error.retrySafe;
    });
  });

  it('lets one caller give up without taking the token from the others', async () => {
    const caller = new AbortController();
    const impatient = tokens.acquire(SCOPE, { signal: caller.signal });
    const patient = tokens.acquire(SCOPE);
    caller.abort();

    await assert.rejects(impatient, isError('app-token-unavailable', 'cancelled'));
    assert.equal(await patient, 'token-1');
  });
});
