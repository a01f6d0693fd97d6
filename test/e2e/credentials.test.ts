import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { addressBook } from '../../sandbox/address-book.ts';
import type { AppCredentials } from '../../sandbox/app-credentials.ts';
import { type ManagedIdentityEndpoint, openManagedIdentity } from '../../sandbox/managed-identity.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { createSigningKey, seconds, type SigningKey } from '../../sandbox/signing-key.ts';
import { tenantId } from '../../sandbox/world.ts';
import { freshDatabase } from './fresh-database.ts';
import { leaksOf } from './leaks.ts';
import { type Play, createPlay } from './play.ts';
import { alex } from './stage.ts';

const timeoutMs = 120_000;

/** A bot whose application has no credential at Entra yet. */
interface Beginning {
  readonly folder: string;
  readonly sandbox: Sandbox;
  readonly credentials: AppCredentials;
  readonly play: Play;
  /** From now on nothing that anybody does to its files or at Entra restarts it. */
  start(): Promise<void>;
  /** A request goes through: the exchange for its approver's token asks Entra each time. */
  carryOut(device: string): Promise<void>;
  stop(): Promise<void>;
}

type Settings = Readonly<Record<string, string | undefined>>;

async function begin(settingsIn: (folder: string) => Settings): Promise<Beginning> {
  const folder = await mkdtemp(join(tmpdir(), 'cordon-credentials-'));
  const database = await freshDatabase();
  const settings = { TRACKING_INTERVAL_SECONDS: '1', BOT_APP_SECRET: '', ...settingsIn(folder) };
  const sandbox = await startSandbox({
    bot: 'none',
    page: false,
    pace: 0.05,
    databaseUrl: database.url,
    settings,
  });
  const { credentials } = sandbox.entra;
  credentials.removeAll();
  const play = createPlay(() => sandbox, []);
  let pid: number | undefined;
  return {
    folder,
    sandbox,
    credentials,
    play,
    start: async () => {
      await sandbox.bot.start();
      pid = sandbox.bot.pid;
      await sandbox.teams.install();
      sandbox.tokenService.signIn(alex);
    },
    carryOut: async (device) => {
      const asked = await play.ask({ device });
      await play.press(alex, asked, 'approve');
      await play.until(asked, 'Succeeded');
      assert.equal(sandbox.bot.pid, pid);
    },
    stop: async () => {
      await sandbox.stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
      assert.deepEqual(leaksOf(sandbox, sandbox.wire.entries()), []);
    },
  };
}

/** As every platform replaces a mounted file: whole, never half. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.next`, text);
  await rename(`${file}.next`, file);
}

describe('With a secret in .env, the bot', function () {
  this.timeout(timeoutMs);
  const [first, second] = [newSecret(), newSecret()];
  let bot: Beginning;
  let removeFirst: () => void;

  before(async () => {
    bot = await begin(() => ({ BOT_APP_SECRET: undefined }));
    removeFirst = bot.credentials.addSecret(first);
    await replace(join(bot.sandbox.bot.folder, '.env'), `BOT_APP_SECRET=${first}\n`);
    await bot.start();
  });
  after(() => bot.stop());

  it('carries a request to its end', () => bot.carryOut('ws-finance-017'));

  it('goes on with the next secret when the first one is gone', async () => {
    bot.credentials.addSecret(second);
    await replace(join(bot.sandbox.bot.folder, '.env'), `BOT_APP_SECRET=${second}\n`);
    removeFirst();

    await bot.carryOut('ws-design-044');
  });

  // Elsewhere no file shows it.
  if (process.platform !== 'linux') return;

  it('shows no secret on its command line', async () => {
    const commandLine = await readFile(`/proc/${String(bot.sandbox.bot.pid)}/cmdline`, 'utf8');

    assert.match(commandLine, /bot\/main\.ts/);
    for (const secret of [first, second]) assert.ok(!commandLine.includes(secret));
  });
});

describe('With a certificate, the bot', function () {
  this.timeout(timeoutMs);
  let bot: Beginning;
  let file: string;
  let removeFirst: () => void;

  before(async () => {
    bot = await begin((folder) => ({ BOT_CERTIFICATE_FILE: join(folder, 'bot.pem') }));
    file = join(bot.folder, 'bot.pem');
    const pem = await newCertificate();
    removeFirst = bot.credentials.addCertificate(pem);
    await replace(file, pem);
    await bot.start();
  });
  after(() => bot.stop());

  it('carries a request to its end', () => bot.carryOut('ws-finance-017'));

  it('is refused with one that Entra no longer knows, and goes on with the next one in the file', async () => {
    removeFirst();
    const told = await bot.play.answerTo(alex, addressBook.chat(alex), '/whoami');
    assert.match(told, /Entra does not accept Cordon’s own credential/);
    const pem = await newCertificate();
    bot.credentials.addCertificate(pem);
    await replace(file, pem);

    await bot.carryOut('ws-design-044');
  });
});

describe('With a workload identity, the bot', function () {
  this.timeout(timeoutMs);
  const workload = { issuer: 'https://cluster.example', subject: 'system:serviceaccount:cordon:bot' };
  let bot: Beginning;
  let file: string;
  let removeFirst: () => void;

  const keyOfCluster = (): Promise<SigningKey> =>
    createSigningKey((token) => bot.sandbox.issued.add('token of the workload', token));
  /** The platform writes a new one before the old one ends. */
  const renew = async (key: SigningKey): Promise<void> => {
    const at = seconds(Date.now());
    const claims = { iss: workload.issuer, sub: workload.subject, aud: 'api://AzureADTokenExchange' };
    await replace(file, `${await key.sign({ ...claims, iat: at, exp: at + 3600 })}\n`);
  };

  before(async () => {
    bot = await begin((folder) => ({ BOT_FEDERATED_TOKEN_FILE: join(folder, 'token') }));
    file = join(bot.folder, 'token');
    const key = await keyOfCluster();
    removeFirst = bot.credentials.addFederated({ ...workload, key });
    await renew(key);
    await bot.start();
  });
  after(() => bot.stop());

  it('carries a request to its end', () => bot.carryOut('ws-finance-017'));

  it('goes on with a renewed token when the first one is no longer accepted', async () => {
    const next = await keyOfCluster();
    bot.credentials.addFederated({ ...workload, key: next });
    await renew(next);
    removeFirst();

    await bot.carryOut('ws-design-044');
  });
});

describe('With a managed identity, the bot', function () {
  this.timeout(timeoutMs);
  let bot: Beginning;
  let identity: ManagedIdentityEndpoint;

  before(async () => {
    identity = await openManagedIdentity();
    bot = await begin(() => ({
      ...identity.environment,
      BOT_MANAGED_IDENTITY_CLIENT_ID: identity.clientId,
    }));
    const { entra } = bot.sandbox;
    identity.issueFrom(entra);
    bot.credentials.addFederated({ issuer: entra.tokens.issuer(tenantId), subject: identity.principalId });
    await bot.start();
  });
  after(async () => {
    await bot.stop();
    await identity.close();
  });

  it('carries a request to its end, and asks the platform no more often than needed', async () => {
    await bot.carryOut('ws-finance-017');
    const before = identity.handedOut;

    await bot.carryOut('ws-design-044');

    assert.ok(before > 0);
    assert.equal(identity.handedOut, before);
  });
});

function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

/** PEM with certificate and key, as the setting wants it. */
async function newCertificate(): Promise<string> {
  const options = { algorithm: 'sha256', keySize: 2048 } as const;
  const pair = await generate([{ name: 'commonName', value: 'cordon' }], options);
  return `${pair.cert}\n${pair.private}\n`;
}
