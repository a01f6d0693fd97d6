import assert from 'node:assert/strict';
import { createPublicKey, createSecretKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { type JWTPayload, SignJWT, decodeJwt, decodeProtectedHeader } from 'jose';
import { botAppId, otherTenantId, tenantId } from '../../sandbox/world.ts';
import { alex } from '../e2e/stage.ts';
import { withListener } from '../support/listener.ts';
import { setTarget } from './target.ts';

/** A claim that is undefined is left out of the token. */
type Claims = Readonly<Record<string, unknown>>;

describe('An attack by token', () => {
  const target = setTarget();
  const good = (claims: Claims = {}) =>
    target.stage.sandbox.channel.sign(target.stage.sandbox.teams.serviceUrl, claims);
  const now = () => Math.floor(Date.now() / 1_000);
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2_048 });

  /** With the claims and key id of a good token, but signed by somebody else, or with other header fields. */
  async function forged(
    header: Readonly<Record<string, unknown>> = {},
    claims: JWTPayload = {},
  ): Promise<string> {
    const token = await good();
    const { kid = '' } = decodeProtectedHeader(token);
    return new SignJWT({ ...decodeJwt(token), ...claims })
      .setProtectedHeader({ alg: 'RS256', kid, ...header })
      .sign(foreign.privateKey);
  }

  const byClaims: readonly (readonly [string, () => Claims])[] = [
    ['expired more than five minutes ago', () => ({ exp: now() - 400, nbf: now() - 4_000 })],
    ['valid only from tomorrow on', () => ({ nbf: now() + 86_400, exp: now() + 90_000 })],
    ['without an end', () => ({ exp: undefined })],
    ['for another bot', () => ({ aud: '11111111-2222-4333-8444-555555555555' })],
    ['for the channel itself', () => ({ aud: 'https://api.botframework.com' })],
    ['for several bots at once, none of them Cordon', () => ({ aud: ['a', 'b'] })],
    [
      'of the emulator, with the issuer of any tenant',
      () => ({ iss: `https://sts.windows.net/${otherTenantId}/` }),
    ],
    [
      'of the emulator, with the issuer of the bot’s own tenant',
      () => ({ iss: `https://login.microsoftonline.com/${tenantId}/v2.0`, azp: botAppId, appid: botAppId }),
    ],
    [
      'of an issuer that the SDK’s list grew by',
      () => ({ iss: 'https://login.microsoftonline.us/common/v2.0' }),
    ],
    [
      'of a skill, a bot that calls this one',
      () => ({ iss: 'https://sts.windows.net/x/', appid: 'a-skill', ver: '1.0' }),
    ],
    ['of a look-alike issuer', () => ({ iss: 'https://api.botframework.com.evil.example' })],
    ['of the right issuer in capitals', () => ({ iss: 'HTTPS://API.BOTFRAMEWORK.COM' })],
    [
      'that was made for another service URL',
      () => ({ serviceurl: 'https://smba.trafficmanager.net/emea/' }),
    ],
    ['without a service URL', () => ({ serviceurl: undefined })],
  ];
  for (const [what, claims] of byClaims) {
    it(`with a token ${what} is refused`, async () => {
      await target.refused(target.press(), [401, 403], { token: await good(claims()) });
    });
  }

  it('without a token is refused', async () => {
    await target.refused(target.press(), [401], { token: null });
  });

  it('with an unsigned token (alg none) is refused', async () => {
    const [, body = ''] = (await good()).split('.');
    const head = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    for (const signature of ['', 'x'])
      await target.refused(target.press(), [401], { token: `${head}.${body}.${signature}` });
  });

  it('with a token signed by the channel’s public key as if it were a shared secret is refused', async () => {
    const { publicKey } = target.stage.sandbox.channel;
    const pem = createPublicKey({ key: { ...publicKey }, format: 'jwk' });
    const secrets = [
      pem.export({ type: 'spki', format: 'pem' }),
      pem.export({ type: 'spki', format: 'der' }),
      pem.export({ type: 'pkcs1', format: 'pem' }),
      publicKey.n ?? '',
      JSON.stringify(publicKey),
    ];
    for (const secret of secrets)
      for (const alg of ['HS256', 'HS384', 'HS512']) {
        const token = await new SignJWT(decodeJwt(await good()))
          .setProtectedHeader({
            alg,
            typ: 'JWT',
            ...(publicKey.kid === undefined ? {} : { kid: publicKey.kid }),
          })
          .sign(createSecretKey(Buffer.from(secret)));
        await target.refused(target.press(), [401], { token });
      }
  });

  it('with a token signed by another key under the right key id is refused', async () => {
    await target.refused(target.press(), [401], { token: await forged() });
  });

  it('with a token that names the address of its own key is refused, and nothing is fetched there', async () => {
    const jwk = { ...foreign.publicKey.export({ format: 'jwk' }), kid: 'mine', alg: 'RS256', use: 'sig' };
    await withListener(JSON.stringify({ keys: [jwk] }), async (origin, calls) => {
      for (const header of [{ jku: `${origin}/keys` }, { x5u: `${origin}/x` }, { kid: `${origin}/keys` }])
        await target.refused(target.press(), [401], { token: await forged({ kid: 'mine', ...header }) });

      assert.deepEqual(calls, []);
    });
  });

  it('with a token that brings its own key is refused', async () => {
    const jwk = foreign.publicKey.export({ format: 'jwk' });
    await target.refused(target.press(), [401], { token: await forged({ jwk }) });
  });

  it('with a key id that climbs through folders is refused', async () => {
    for (const kid of ['../../../../dev/null', "x' or 1=1", '\u0000', '__proto__'])
      await target.refused(target.press(), [401], { token: await forged({ kid }) });
  });

  it('with a token whose claims were changed after signing is refused', async () => {
    const [head = '', , signature = ''] = (await good()).split('.');
    const claims = Buffer.from(JSON.stringify({ ...decodeJwt(await good()), exp: now() + 1e6 })).toString(
      'base64url',
    );
    await target.refused(target.press(), [401], { token: `${head}.${claims}.${signature}` });
  });

  /** What Entra could sign for somebody who wants to be taken for the channel, with all that the SDK's emulator path asks. */
  const asEmulator = (tenant: string, claims: JWTPayload = {}): JWTPayload => ({
    iss: `https://sts.windows.net/${tenant}/`,
    aud: botAppId,
    appid: botAppId,
    azp: botAppId,
    tid: tenant,
    ver: '1.0',
    serviceurl: target.stage.sandbox.teams.serviceUrl,
    nbf: now() - 60,
    exp: now() + 3_600,
    ...claims,
  });
  const raw = (claims: JWTPayload) => target.stage.sandbox.entra.tokens.raw(claims);
  const byEntra: readonly (readonly [string, () => Promise<string>])[] = [
    ['for the bot’s own API, as an emulator brings it', () => raw(asEmulator(tenantId))],
    [
      'for the bot’s own API, in the newer form',
      () => {
        const iss = `https://login.microsoftonline.com/${tenantId}/v2.0`;
        return raw(asEmulator(tenantId, { iss, ver: '2.0', appid: undefined }));
      },
    ],
    [
      'of a person for the bot’s own API, obtained by the bot’s own application',
      () => {
        const { tokens } = target.stage.sandbox.entra;
        const scopes = ['access_as_user'];
        return tokens.forUser({ person: alex, tenantId, audience: botAppId, scopes, client: botAppId });
      },
    ],
    [
      'that the bot itself sends to the channel',
      () => {
        const audience = 'https://api.botframework.com';
        return target.stage.sandbox.entra.tokens.forApp({ appId: botAppId, tenantId, audience, roles: [] });
      },
    ],
    [
      'that the bot itself sends to the channel, under the channel’s issuer',
      () => {
        const iss = 'https://api.botframework.com';
        return raw(asEmulator(tenantId, { iss, aud: iss }));
      },
    ],
    [
      'of a skill, a bot that calls this one',
      () => raw(asEmulator(tenantId, { appid: otherTenantId, azp: otherTenantId })),
    ],
    ['under the channel’s issuer', () => raw(asEmulator(tenantId, { iss: 'https://api.botframework.com' }))],
  ];
  for (const [what, token] of byEntra) {
    it(`with a token of Entra ${what} is refused`, async () => {
      await target.refused(target.press(), [401], { token: await token() });
    });
  }

  it('with Entra’s tokens of many tenants, each twice, is refused: no list of issuers grows', async () => {
    for (let tenants = 0; tenants < 40; tenants += 1) {
      const tenant = randomUUID();
      const token = await raw(asEmulator(tenant));
      for (let times = 0; times < 2; times += 1) await target.refused(target.press(), [401], { token });
      // The SDK would take the channel's signature under such an issuer from then on.
      const { iss } = asEmulator(tenant);
      await target.refused(target.press(), [401], { token: await good({ iss }) });
    }
  });

  it('with a person’s own single sign-on token is refused', async () => {
    await target.refused(target.press(), [401], { token: await target.stage.sandbox.entra.ssoToken(alex) });
  });

  it('with two tokens in one header is refused', async () => {
    const token = await good();
    await target.refused(target.press(), [401], { token: `${token}, Bearer ${token}` });
    await target.refused(target.press(), [401], { token: `${token} ${token}` });
  });

  it('with the token in the address instead of the header is refused', async () => {
    const { bot } = target.stage.sandbox;
    const answer = await fetch(`${bot.url}/api/messages?access_token=${await good()}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(target.press()),
    });
    assert.equal(answer.status, 401);
  });

  it('with an authorization header of 15 kB is refused', async () => {
    await target.refused(target.press(), [401, 431], { token: `${await good()}${'x'.repeat(14_000)}` });
  });
});
