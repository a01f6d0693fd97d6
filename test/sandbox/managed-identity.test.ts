import assert from 'node:assert/strict';
import { openManagedIdentity } from '../../sandbox/managed-identity.ts';
import { tenantId } from '../../sandbox/world.ts';
import type { Harness } from './servers-harness.ts';
import { startHarness, text, tokenEndpoint, tokenRequest } from './servers-harness.ts';

describe('the simulated Entra with a managed identity', () => {
  let harness: Harness;
  before(async () => {
    harness = await startHarness();
  });
  after(() => harness.stop());

  it('takes its token in place of a secret, handed out to whoever has the header', async () => {
    const { entra } = harness.sandbox;
    const identity = await openManagedIdentity();
    const { IDENTITY_ENDPOINT: address, IDENTITY_HEADER: header } = identity.environment;
    const ask = (given: string, clientId = identity.clientId): Promise<Response> => {
      const query = new URLSearchParams({
        'api-version': '2019-08-01',
        resource: 'api://AzureADTokenExchange',
        client_id: clientId,
      });
      return fetch(`${address}?${query.toString()}`, { headers: { 'x-identity-header': given } });
    };
    const redeem = (assertion: string) =>
      harness.call(tokenEndpoint(harness.sandbox), {
        ...tokenRequest(harness.sandbox, {}),
        body: new URLSearchParams({
          client_id: text(harness.sandbox, 'BOT_APP_ID'),
          client_assertion: assertion,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          grant_type: 'client_credentials',
          scope: 'https://api.botframework.com/.default',
        }).toString(),
      });
    try {
      assert.equal((await ask(header)).status, 503);
      identity.issueFrom(entra);
      const answer = (await (await ask(header)).json()) as { access_token: string };

      assert.equal((await ask('a guess')).status, 401);
      assert.equal((await ask(header, 'another')).status, 400);
      assert.deepEqual((await redeem(answer.access_token)).body?.['error_codes'], [70021]);
      entra.credentials.addFederated({
        issuer: entra.tokens.issuer(tenantId),
        subject: identity.principalId,
      });
      assert.equal((await redeem(answer.access_token)).status, 200);
      assert.equal(identity.handedOut, 1);
    } finally {
      await identity.close();
    }
  });
});
