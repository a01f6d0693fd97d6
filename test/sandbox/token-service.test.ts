import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { signInByBrowser } from '../../sandbox/sign-in-by-browser.ts';
import type { Person } from '../../sandbox/world.ts';
import type { Harness, HttpAnswer } from './servers-harness.ts';
import { startHarness, text } from './servers-harness.ts';

describe('the simulated token service', () => {
  let harness: Harness;
  let alex: Person;

  before(async () => {
    harness = await startHarness({ page: false });
    alex = harness.sandbox.world.person('alex');
  });
  afterEach(() => harness.sandbox.tokenService.signOut(alex));
  after(() => harness.stop());

  const address = (path: string, query: Record<string, string>): string =>
    `${text(harness.sandbox, 'BOT_TOKEN_SERVICE_URL')}${path}?${new URLSearchParams(query).toString()}`;
  const keys = (): Record<string, string> => ({
    userId: alex.teamsId,
    connectionName: 'cordon',
    channelId: 'msteams',
  });
  const getToken = (more: Record<string, string> = {}): Promise<HttpAnswer> =>
    harness.asBot(address('/api/usertoken/GetToken', { ...keys(), ...more }));
  const link = async (): Promise<string> => {
    const state = {
      connectionName: 'cordon',
      msAppId: text(harness.sandbox, 'BOT_APP_ID'),
      conversation: { user: { id: alex.teamsId } },
    };
    const encoded = Buffer.from(JSON.stringify(state)).toString('base64');
    const { body } = await harness.asBot(address('/api/botsignin/GetSignInResource', { state: encoded }));
    return String(body?.['signInLink']);
  };

  it('knows no token before a sign-in, and asks for the bot’s own', async () => {
    assert.equal((await getToken()).status, 404);
    assert.equal((await harness.call(address('/api/usertoken/GetToken', keys()))).status, 401);
  });

  it('exchanges a token of Teams and keeps the sign-in until signed out', async () => {
    const token = await harness.sandbox.entra.ssoToken(alex);

    const exchanged = await harness.asBot(address('/api/usertoken/exchange', keys()), 'POST', { token });
    const kept = await getToken();
    await harness.asBot(address('/api/usertoken/SignOut', keys()), 'DELETE');

    assert.equal(exchanged.status, 200);
    assert.equal(decodeJwt(String(kept.body?.['token']))['oid'], alex.objectId);
    assert.equal((await getToken()).status, 404);
  });

  it('exchanges nothing else', async () => {
    const audience = 'https://api.securitycenter.microsoft.com';
    const tenantId = text(harness.sandbox, 'BOT_TENANT_ID');
    const other = await harness.sandbox.entra.tokens.forUser({
      person: alex,
      tenantId,
      audience,
      scopes: ['x'],
    });

    for (const token of ['garbage', other]) {
      const { status } = await harness.asBot(address('/api/usertoken/exchange', keys()), 'POST', { token });
      assert.equal(status, 400);
    }
  });

  it('takes the six digits of the sign-in page once, from whoever was given the link', async () => {
    const code = await signInByBrowser(await link(), alex);
    const stranger = harness.sandbox.world.person('sam').teamsId;

    assert.equal((await getToken({ code, userId: stranger })).status, 404);
    assert.equal((await getToken({ code: code === '000000' ? '111111' : '000000' })).status, 404);
    assert.equal((await getToken({ code })).status, 200);
    harness.sandbox.tokenService.signOut(alex);
    assert.equal((await getToken({ code })).status, 404);
  });

  it('lets another account complete the sign-in, as a browser may', async () => {
    const sam = harness.sandbox.world.person('sam');

    const code = await signInByBrowser(await link(), sam);
    const { body } = await getToken({ code });

    assert.equal(decodeJwt(String(body?.['token']))['oid'], sam.objectId);
  });
});
