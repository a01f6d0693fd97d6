import assert from 'node:assert/strict';
import { createOnBehalfOf, type OnBehalfOf } from '../../../src/identity/on-behalf-of.ts';
import { createCredentialSource } from '../../../src/identity/credential.ts';
import type { OnBehalfOfProblem } from '../../../src/identity/on-behalf-of-problem.ts';
import { refusal, startEntra, tokenAnswer, type TestEntra } from './fake-entra.ts';
import { ALEX, APP_ID, AUTHORITY_HOST, TENANT, unsigned } from './fixtures.ts';

const RESOURCE = 'https://api.securitycenter.microsoft.com';
const BOTH = 'Machine.Read Machine.RestrictExecution';

describe('on-behalf-of', () => {
  let entra: TestEntra;
  let onBehalfOf: OnBehalfOf;

  const acquire = async (assertion = 'assertion-of-alex') =>
    onBehalfOf.acquire({ assertion, tenantId: TENANT });

  const problem = async (): Promise<OnBehalfOfProblem | undefined> => {
    const outcome = await acquire();
    return outcome.ok ? undefined : outcome.problem;
  };

  beforeEach(async () => {
    entra = await startEntra();
    onBehalfOf = createOnBehalfOf({
      authorityHost: AUTHORITY_HOST,
      clientId: APP_ID,
      credential: createCredentialSource({ kind: 'secret', secret: 'the-secret' }),
      defenderResource: RESOURCE,
      timeoutMs: 400,
      fetch: entra.fetch,
    });
  });

  afterEach(() => entra.close());

  it("exchanges the assertion in the person's tenant for everything consented to", async () => {
    const token = unsigned({ scp: BOTH, oid: ALEX, upn: 'alex@contoso.test', aud: RESOURCE });
    entra.token = () => tokenAnswer(token, { scope: `${RESOURCE}/.default` });

    const outcome = await acquire();

    assert.ok(outcome.ok);
    assert.equal(outcome.token, token);
    assert.deepEqual(outcome.scopes, BOTH.split(' '));
    assert.equal(outcome.upn, 'alex@contoso.test');
    assert.equal(outcome.objectId, ALEX);
    assert.ok(outcome.expiresAt.getTime() > Date.now() + 3_500_000);
    const form = entra.forms[0];
    assert.equal(form?.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
    assert.equal(form.get('requested_token_use'), 'on_behalf_of');
    assert.equal(form.get('assertion'), 'assertion-of-alex');
    assert.equal(form.get('client_secret'), 'the-secret');
    assert.ok(form.get('scope')?.includes(`${RESOURCE}/.default`));
    assert.equal(entra.server.seen.at(-1)?.path, `/${TENANT}/oauth2/v2.0/token`);
  });

  it('keeps nothing: the same assertion is exchanged anew', async () => {
    entra.token = () => tokenAnswer(unsigned({ scp: BOTH }));

    await acquire();
    await acquire();

    assert.equal(entra.forms.length, 2);
  });

  it('reads the scopes of the answer when the token cannot be read', async () => {
    const scope = `${RESOURCE}/Machine.Read ${RESOURCE}/Machine.RestrictExecution`;
    entra.token = () => tokenAnswer('opaque', { scope });

    const outcome = await acquire();

    assert.ok(outcome.ok);
    assert.deepEqual(outcome.scopes, BOTH.split(' '));
  });

  for (const claim of ['unique_name', 'preferred_username']) {
    it(`takes the user principal name from ${claim} when there is no upn`, async () => {
      entra.token = () => tokenAnswer(unsigned({ scp: BOTH, [claim]: 'alex@contoso.test' }));
      const outcome = await acquire();
      assert.equal(outcome.ok && outcome.upn, 'alex@contoso.test');
    });
  }

  for (const [scp, permission] of [
    ['Machine.Read', 'Machine.RestrictExecution'],
    ['Machine.RestrictExecution', 'Machine.Read'],
    ['Machine.Read.All Machine.RestrictExecution', 'Machine.Read'],
  ]) {
    it(`names ${String(permission)} when the token has only ${String(scp)}`, async () => {
      const scope = `${RESOURCE}/Machine.Read ${RESOURCE}/Machine.RestrictExecution`;
      entra.token = () => tokenAnswer(unsigned({ scp }), { scope });
      assert.deepEqual(await problem(), { kind: 'missing-scope', permission });
    });
  }

  const families: readonly [string, string, readonly number[], Record<string, unknown>?][] = [
    ['interaction-required', 'interaction_required', [50076, 50078, 50079, 50158], { claims: '{"a":1}' }],
    ['interaction-required', 'invalid_grant', [50076], { suberror: 'basic_action', claims: '{"a":1}' }],
    ['interaction-required', 'interaction_required', [999001], { claims: '{"a":1}' }],
    ['consent-missing', 'invalid_grant', [65001, 65004, 90094], { suberror: 'consent_required' }],
    ['consent-missing', 'invalid_client', [650056, 650057]],
    ['consent-missing', 'unauthorized_client', [700016]],
    ['principal-missing', 'invalid_resource', [500011, 500014]],
    ['principal-missing', 'invalid_client', [650052]],
    ['not-assigned', 'invalid_grant', [50105]],
    ['account-unusable', 'invalid_grant', [50057, 50053, 50034, 500341]],
    ['blocked-by-policy', 'invalid_grant', [53000, 53001, 53004, 50131, 530032, 530035]],
    ['blocked-by-policy', 'interaction_required', [53003], { claims: '{"a":1}' }],
    ['blocked-by-policy', 'interaction_required', [53000, 50131]],
    ['blocked-by-policy', 'interaction_required', [53000], { claims: '{"a":1}', suberror: 'message_only' }],
    [
      'interaction-required',
      'interaction_required',
      [53000, 53001, 53002, 50131, 530003],
      { claims: '{"a":1}' },
    ],
    ['sign-in-again', 'invalid_grant', [50013, 500133, 700082, 70043, 50173, 50133, 50055, 999002]],
    ['bot-credential', 'invalid_client', [7000215, 7000222, 700027, 999003]],
    ['bot-credential', 'unauthorized_client', [999004]],
    ['bot-credential', 'invalid_request', [70021, 700211, 700212, 700213]],
    ['unavailable', 'temporarily_unavailable', [90033]],
    ['unavailable', 'invalid_request', [90002]],
    ['unavailable', 'server_error', [90006]],
  ];
  for (const [kind, error, codes, extra] of families) {
    for (const code of codes) {
      it(`reads AADSTS${code} (${error}) as ${kind}`, async () => {
        entra.token = () => refusal(error, code, extra);

        const found = await problem();

        assert.equal(found?.kind, kind);
        assert.equal(found.kind !== 'missing-scope' && found.aadsts, String(code));
        if (found.kind === 'interaction-required') assert.equal(found.claims, '{"a":1}');
        assert.ok(!JSON.stringify({ ...found, claims: undefined }).includes('some words'));
      });
    }
  }

  it('says how long to wait when throttled, and asks again for the next person at once', async () => {
    entra.token = () => ({
      ...refusal('temporarily_unavailable', 90055),
      status: 429,
      headers: { 'retry-after': '7' },
    });
    assert.deepEqual(await problem(), { kind: 'throttled', retryAfterMs: 7_000, aadsts: '90055' });

    entra.token = () => tokenAnswer(unsigned({ scp: BOTH }));
    assert.equal((await acquire('assertion-of-sam')).ok, true);
  });

  it('waits a minute when throttled without a time, and knows a throttle that is no JSON', async () => {
    entra.token = () => ({ status: 429, body: '<html>slow down</html>' });
    assert.deepEqual(await problem(), { kind: 'throttled', retryAfterMs: 60_000, aadsts: undefined });
  });

  const disturbances: Record<string, TestEntra['token']> = {
    'a server error': () => ({ status: 500, body: { error: 'server_error' } }),
    'a page of a proxy': () => ({ status: 503, body: '<html>503</html>' }),
    'a JSON string': () => ({ status: 503, body: '"busy"' }),
    'success without a token': () => ({ body: { token_type: 'Bearer', expires_in: 3599 } }),
    'success that is no JSON': () => ({ body: 'ok' }),
    'a redirect': () => ({ status: 302, headers: { location: 'https://evil.example/' } }),
    'an endless answer': () => tokenAnswer('x'.repeat(2_000_000)),
    'a reset': () => 'reset' as const,
    silence: () => 'hang' as const,
  };
  for (const [what, answer] of Object.entries(disturbances)) {
    it(`calls Entra unavailable after ${what}`, async () => {
      entra.token = answer;
      assert.equal((await problem())?.kind, 'unavailable');
    });
  }

  it('stops waiting when the caller gives up', async () => {
    const caller = new AbortController();
    entra.token = () => {
      caller.abort();
      return 'hang';
    };

    const outcome = await onBehalfOf.acquire({ assertion: 'a', tenantId: TENANT, signal: caller.signal });

    assert.equal(!outcome.ok && outcome.problem.kind, 'unavailable');
  });

  it("blames the bot's credential when its file cannot be read, without asking Entra", async () => {
    onBehalfOf = createOnBehalfOf({
      authorityHost: AUTHORITY_HOST,
      clientId: APP_ID,
      credential: createCredentialSource({ kind: 'federated-token-file', file: '/nonexistent/token' }),
      defenderResource: RESOURCE,
      timeoutMs: 400,
      fetch: entra.fetch,
    });

    assert.deepEqual(await problem(), { kind: 'bot-credential' });
    assert.equal(entra.server.seen.length, 0);
  });
});
