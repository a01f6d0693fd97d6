import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { generate } from 'selfsigned';
import { createAppTokenSource } from '../../../src/identity/app-token.ts';
import { createCredentialSource, type BotCredential } from '../../../src/identity/credential.ts';
import { IdentityError } from '../../../src/identity/errors.ts';
import { startEntra, tokenAnswer } from './fake-entra.ts';
import { APP_ID, AUTHORITY_HOST, TENANT } from './fixtures.ts';

describe("the bot's credential", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cordon-credential-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  const fileWith = async (text: string): Promise<string> => {
    const file = join(folder, 'credential.pem');
    await writeFile(file, text);
    return file;
  };

  /** The form that reaches Entra when the bot asks for its own token with this credential. */
  const formSentWith = async (credential: BotCredential): Promise<URLSearchParams> => {
    const entra = await startEntra();
    try {
      entra.token = () => tokenAnswer('token');
      await createAppTokenSource({
        authorityHost: AUTHORITY_HOST,
        clientId: APP_ID,
        homeTenantId: TENANT,
        credential: createCredentialSource(credential),
        timeoutMs: 2_000,
        fetch: entra.fetch,
      }).acquire('https://api.botframework.com/.default');
      return entra.forms[0] ?? new URLSearchParams();
    } finally {
      await entra.close();
    }
  };

  const unreadable = (error: unknown): boolean => {
    assert.ok(error instanceof IdentityError);
    assert.equal(error.code, 'credential-unreadable');
    assert.equal(error.retrySafe, false);
    return true;
  };

  it('is a secret sent as it is', async () => {
    const form = await formSentWith({ kind: 'secret', secret: 's&cr=t' });
    assert.equal(form.get('client_secret'), 's&cr=t');
  });

  it('is a secret read again each time from the file that it came from', async () => {
    const envFile = await fileWith('BOT_APP_SECRET=first\n');
    const seen: string[] = [];
    const credential = { kind: 'secret', secret: 'first', envFile } as const;
    const source = createCredentialSource(credential, (secret) => seen.push(secret));
    assert.deepEqual(await source.read(), { clientSecret: 'first' });

    await fileWith('# rotated\nPORT=3978\nBOT_APP_SECRET="s&cr=t #2"\n');

    assert.deepEqual(await source.read(), { clientSecret: 's&cr=t #2' });
    assert.deepEqual(seen, ['first', 's&cr=t #2']);
  });

  it('is the last known secret while the file holds none', async () => {
    const envFile = await fileWith('BOT_APP_SECRET=second\n');
    const source = createCredentialSource({ kind: 'secret', secret: 'first', envFile });
    await source.read();

    for (const text of ['', 'BOT_APP_SECRET=\n', 'PORT=3978\n']) {
      await fileWith(text);
      assert.deepEqual(await source.read(), { clientSecret: 'second' });
    }
    await rm(envFile);
    assert.deepEqual(await source.read(), { clientSecret: 'second' });
  });

  it('is the secret of the start where it does not come from a file', async () => {
    const source = createCredentialSource({ kind: 'secret', secret: 'first' });
    assert.deepEqual(await source.read(), { clientSecret: 'first' });
  });

  it('is a certificate whose key signs the assertion, the matching one first in the chain', async () => {
    const options = { algorithm: 'sha256', keySize: 2048 } as const;
    const own = await generate([{ name: 'commonName', value: 'cordon' }], options);
    const other = await generate([{ name: 'commonName', value: 'issuer' }], options);
    const file = await fileWith(`${other.cert}\n${own.cert}\n${own.private}`);

    const form = await formSentWith({ kind: 'certificate', file });

    const assertion = form.get('client_assertion') ?? '';
    const certificate = new X509Certificate(own.cert);
    // MSAL rounds its "not before" up.
    const expected = { subject: APP_ID, clockTolerance: 5 };
    const { payload } = await jwtVerify(assertion, certificate.publicKey, expected);
    const header = decodeProtectedHeader(assertion);
    assert.equal(payload.iss, APP_ID);
    assert.equal(header['x5t#S256'], createHash('sha256').update(certificate.raw).digest('base64url'));
    assert.equal(header.x5c?.[0], certificate.raw.toString('base64'));
    assert.equal(header.x5c.length, 2);
  });

  it('is a federated token, read again each time', async () => {
    const file = await fileWith('first\n');
    const source = createCredentialSource({ kind: 'federated-token-file', file });
    assert.deepEqual(await source.read(), { clientAssertion: 'first' });
    await fileWith('second\n');
    assert.deepEqual(await source.read(), { clientAssertion: 'second' });

    const form = await formSentWith({ kind: 'federated-token-file', file });
    assert.equal(form.get('client_assertion'), 'second');
    assert.equal(form.get('client_assertion_type'), 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  });

  it('is refused when a file is missing, empty or holds no matching pair', async () => {
    const pair = await generate([{ name: 'commonName', value: 'cordon' }], { keySize: 2048 });
    const certificate = (file: string) => createCredentialSource({ kind: 'certificate', file }).read();

    await assert.rejects(certificate(join(folder, 'none.pem')), unreadable);
    await assert.rejects(certificate(await fileWith('')), unreadable);
    await assert.rejects(certificate(await fileWith(pair.cert)), unreadable);
    await assert.rejects(certificate(await fileWith(pair.private)), unreadable);
    const empty = createCredentialSource({ kind: 'federated-token-file', file: await fileWith(' \n') });
    await assert.rejects(empty.read(), unreadable);
  });
});
