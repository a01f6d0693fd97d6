import assert from 'node:assert/strict';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { SignJWT } from 'jose';
import { generate } from 'selfsigned';
import { createAppCredentials, type AppCredentials } from '../../sandbox/app-credentials.ts';
import { createSigningKey, seconds, type SigningKey } from '../../sandbox/signing-key.ts';

const appId = 'the-application';
const endpoint = 'https://login.example/tenant/oauth2/v2.0/token';
const client = { appId, audiences: [endpoint] };
const now = Date.parse('2026-11-23T03:00:00Z');
const trusted = { issuer: 'https://cluster.example', subject: 'system:serviceaccount:cordon:bot' };

interface Pair {
  readonly cert: string;
  readonly private: string;
}

function makePair(years = 1): Promise<Pair> {
  const notBeforeDate = new Date(now - 3_600_000);
  const notAfterDate = new Date(now + years * 31_536_000_000);
  const options = { algorithm: 'sha256', keySize: 2048, notBeforeDate, notAfterDate } as const;
  return generate([{ name: 'commonName', value: 'cordon' }], options);
}

interface Made {
  readonly claims?: Record<string, unknown>;
  readonly alg?: 'RS256' | 'PS256';
  /** Whose thumbprint stands in the header. */
  readonly named?: Pair;
}

/** As MSAL makes it. */
function assertionBy(pair: Pair, { claims = {}, alg = 'PS256', named = pair }: Made = {}): Promise<string> {
  const thumbprint = createHash('sha256').update(new X509Certificate(named.cert).raw).digest('base64url');
  const at = seconds(now);
  return new SignJWT({ iss: appId, sub: appId, aud: endpoint, nbf: at, exp: at + 600, ...claims })
    .setProtectedHeader({ alg, 'x5t#S256': thumbprint })
    .sign(createPrivateKey(pair.private));
}

describe('the credentials that the simulated Entra knows of the application', () => {
  let pair: Pair;
  let other: Pair;
  let issuer: SigningKey;
  let own: SigningKey;
  let credentials: AppCredentials;

  before(async () => {
    [pair, other, issuer, own] = await Promise.all([
      makePair(),
      makePair(),
      createSigningKey(),
      createSigningKey(),
    ]);
  });
  beforeEach(() => {
    credentials = createAppCredentials({ key: own, now: () => now });
  });

  const problem = async (form: Record<string, string>): Promise<number | undefined> =>
    (await credentials.problemOf(new URLSearchParams(form), client))?.number;
  const secretProblem = (secret: string) => problem({ client_secret: secret });
  const assertionProblem = (assertion: string) =>
    problem({
      client_assertion: assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
  const workloadToken = (claims: JWTPayload = {}, key: Pick<SigningKey, 'sign'> = issuer): Promise<string> =>
    key.sign({
      iss: trusted.issuer,
      sub: trusted.subject,
      aud: 'api://AzureADTokenExchange',
      exp: seconds(now) + 600,
      ...claims,
    });

  it('may overlap as secrets, of which each is refused once it is removed or has expired', async () => {
    const remove = credentials.addSecret('the-old-secret');
    credentials.addSecret('the-new-secret');
    credentials.addSecret('a-lapsed-secret', now);

    assert.equal(await secretProblem('the-old-secret'), undefined);
    remove();
    assert.equal(await secretProblem('the-old-secret'), 7000215);
    assert.equal(await secretProblem('the-new-secret'), undefined);
    assert.equal(await secretProblem('a-lapsed-secret'), 7000222);
    assert.equal(await secretProblem('a guess'), 7000215);
    assert.equal(await problem({}), 7000218);
  });

  it('take what a registered certificate has signed for this endpoint', async () => {
    credentials.addCertificate(other.cert);
    credentials.addCertificate(`${pair.private}\n${pair.cert}`);

    assert.equal(await assertionProblem(await assertionBy(pair)), undefined);
    assert.equal(await assertionProblem(await assertionBy(pair, { alg: 'RS256' })), undefined);
  });

  it('refuse a certificate that is unknown, removed or out of date, and a signature by another key', async () => {
    const lapsed = await makePair(-1 / 10_000);
    credentials.addCertificate(lapsed.cert);
    const remove = credentials.addCertificate(pair.cert);

    assert.equal(await assertionProblem(await assertionBy(other)), 700027);
    assert.equal(await assertionProblem(await assertionBy(other, { named: pair })), 700027);
    assert.equal(await assertionProblem(await assertionBy(lapsed)), 700027);
    remove();
    assert.equal(await assertionProblem(await assertionBy(pair)), 700027);
  });

  const faulty: readonly (readonly [string, Record<string, unknown>, number])[] = [
    ['is for somebody else', { aud: 'https://elsewhere.example' }, 700023],
    ['speaks of another application', { sub: 'another' }, 700021],
    ['is over', { exp: seconds(now) - 600 }, 700024],
    ['has not begun', { nbf: seconds(now) + 600 }, 700024],
    ['has no end', { exp: undefined }, 700024],
  ];
  for (const [what, claims, number] of faulty) {
    it(`refuse an assertion that ${what}`, async () => {
      credentials.addCertificate(pair.cert);

      assert.equal(await assertionProblem(await assertionBy(pair, { claims })), number);
    });
  }

  it('refuse what is no assertion at all', async () => {
    assert.equal(await assertionProblem('a.b.c'), 50027);
    assert.equal(await problem({ client_assertion: await assertionBy(pair) }), 50027);
  });

  it('take the token of a workload that is trusted, and of no other', async () => {
    const remove = credentials.addFederated({ ...trusted, key: issuer });

    assert.equal(await assertionProblem(await workloadToken()), undefined);
    assert.equal(await assertionProblem(await workloadToken({ sub: `${trusted.subject}s` })), 70021);
    assert.equal(await assertionProblem(await workloadToken({ iss: `${trusted.issuer}/` })), 70021);
    assert.equal(await assertionProblem(await workloadToken({ aud: 'api://another' })), 70021);
    assert.equal(await assertionProblem(await workloadToken({}, own)), 700027);
    assert.equal(await assertionProblem(await workloadToken({ exp: seconds(now) - 600 })), 700024);
    remove();
    assert.equal(await assertionProblem(await workloadToken()), 70021);
  });

  it('take Entra’s own token of a managed identity that is trusted', async () => {
    credentials.addFederated(trusted);

    assert.equal(await assertionProblem(await workloadToken({}, own)), undefined);
    assert.equal(await assertionProblem(await workloadToken({}, issuer)), 700027);
  });
});
