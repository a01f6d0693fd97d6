import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { visit } from '../../sandbox/step-up-by-browser.ts';
import type { Harness, HttpAnswer } from './servers-harness.ts';
import { startHarness, text, tokenEndpoint, tokenRequest } from './servers-harness.ts';

const scope = 'https://api.securitycenter.microsoft.com/.default openid profile';
const verifier = randomBytes(32).toString('base64url');

describe('the simulated Entra’s sign-in in a browser', () => {
  let harness: Harness;

  before(async () => {
    harness = await startHarness();
  });
  after(() => harness.stop());

  const redirectUri = (): string => `${text(harness.sandbox, 'PUBLIC_URL')}/auth/callback`;

  /** As its metadata leads there; a value of undefined leaves the parameter out. */
  async function authorizeUrl(changed: Readonly<Record<string, string | undefined>> = {}): Promise<string> {
    const { sandbox } = harness;
    const authority = `${text(sandbox, 'ENTRA_AUTHORITY_HOST')}/${text(sandbox, 'BOT_TENANT_ID')}`;
    const { body } = await harness.call(`${authority}/v2.0/.well-known/openid-configuration`);
    const url = new URL(String(body?.['authorization_endpoint']));
    const query: Readonly<Record<string, string | undefined>> = {
      client_id: text(sandbox, 'BOT_APP_ID'),
      response_type: 'code',
      redirect_uri: redirectUri(),
      state: 'of-the-test',
      nonce: 'nonce-of-the-test',
      scope,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...changed,
    };
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    return url.href;
  }

  async function cameBack(form: Readonly<Record<string, string>>): Promise<URL> {
    const answer = await visit(await authorizeUrl(), new URLSearchParams(form));
    return new URL(answer.headers.get('location') ?? '');
  }

  async function code(): Promise<string> {
    return (await cameBack({ person: 'alex' })).searchParams.get('code') ?? '';
  }

  const redeem = (form: Readonly<Record<string, string>>): Promise<HttpAnswer> =>
    harness.call(
      tokenEndpoint(harness.sandbox),
      tokenRequest(harness.sandbox, {
        grant_type: 'authorization_code',
        redirect_uri: redirectUri(),
        code_verifier: verifier,
        scope,
        ...form,
      }),
    );
  const numbers = ({ body }: HttpAnswer): unknown => body?.['error_codes'];

  it('gives a Defender token of the person who signed in, and says who that was', async () => {
    const answer = await redeem({ code: await code() });

    assert.equal(answer.status, 200, answer.text);
    const alex = harness.sandbox.world.person('alex');
    const identity = decodeJwt(String(answer.body?.['id_token']));
    assert.equal(identity['oid'], alex.objectId);
    assert.equal(identity['nonce'], 'nonce-of-the-test');
    assert.equal(decodeJwt(String(answer.body?.['access_token']))['upn'], alex.upn);
  });

  it('redeems a code once', async () => {
    const shown = await code();

    assert.equal((await redeem({ code: shown })).status, 200);
    assert.deepEqual(numbers(await redeem({ code: shown })), [54005]);
  });

  it('refuses a code with another verifier, with none, or for another redirect', async () => {
    const other = randomBytes(32).toString('base64url');

    assert.deepEqual(numbers(await redeem({ code: await code(), code_verifier: other })), [501481]);
    assert.deepEqual(numbers(await redeem({ code: await code(), code_verifier: '' })), [501481]);
    assert.deepEqual(
      numbers(await redeem({ code: await code(), redirect_uri: 'https://other.example/auth/callback' })),
      [500112],
    );
    assert.deepEqual(numbers(await redeem({ code: 'made-up' })), [9002313]);
  });

  it('refuses a code to an application that does not prove itself', async () => {
    const answer = await redeem({ code: await code(), client_secret: 'guess' });

    assert.equal(answer.status, 401);
    assert.equal(answer.body?.['error'], 'invalid_client');
  });

  it('sends nobody to a foreign redirect, for another application, or without a challenge', async () => {
    const wrong: readonly Readonly<Record<string, string | undefined>>[] = [
      { redirect_uri: 'https://evil.example/auth/callback' },
      { redirect_uri: `${redirectUri()}/more` },
      { redirect_uri: undefined },
      { client_id: '00000000-0000-4000-8000-000000000001' },
      { response_type: 'token' },
      { code_challenge: undefined },
      { code_challenge_method: 'plain' },
    ];
    for (const changed of wrong) {
      const answer = await visit(await authorizeUrl(changed), new URLSearchParams({ person: 'alex' }));

      assert.equal(answer.status, 400, JSON.stringify(changed));
      assert.equal(answer.headers.get('location'), null);
    }
  });

  it('asks for the extra step where claims are demanded, and gives no code without it', async () => {
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
    const address = await authorizeUrl({ claims });

    const asked = await visit(address, new URLSearchParams({ person: 'alex' }));
    assert.equal(asked.status, 200);
    assert.match(asked.text, /Approve in Authenticator/);

    const made = await visit(address, new URLSearchParams({ person: 'alex', factor: 'approved' }));
    assert.match(made.headers.get('location') ?? '', /[?&]code=/);
  });

  it('tells the application when the person cancels', async () => {
    const { searchParams } = await cameBack({ cancel: 'yes' });

    assert.equal(searchParams.get('error'), 'access_denied');
    assert.equal(searchParams.get('state'), 'of-the-test');
    assert.equal(searchParams.get('code'), null);
  });
});
