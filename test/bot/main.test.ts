import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { putEmptyDatabase } from '../support/embedded-template.ts';

const main = new URL('../../bot/main.ts', import.meta.url).pathname;

const noop = () => Promise.resolve();

describe('the process', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cordon-main-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  interface End {
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
  }

  /** Runs it in an empty folder, where no `.env` lies, with nothing but the given settings. */
  async function run(
    env: Record<string, string>,
    { whenReady = noop, args = [] }: { whenReady?: () => Promise<void>; args?: readonly string[] } = {},
  ): Promise<End> {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: folder,
      env,
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (chunk.includes('Cordon is ready')) void whenReady();
    });
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, out, err }));
    });
  }

  const settings = () => ({
    PORT: '0',
    HOST: '127.0.0.1',
    DATABASE_URL: `pglite:${join(folder, 'db')}`,
    BOT_APP_ID: '22222222-2222-4222-8222-222222222222',
    BOT_TENANT_ID: '11111111-1111-4111-8111-111111111111',
    BOT_APP_SECRET: 'secret-of-nobody',
    BOT_OPENID_METADATA_URL: 'http://127.0.0.1:9/keys',
  });

  it('ends with 75 and one line when another process took its embedded database over', async () => {
    await putEmptyDatabase(join(folder, 'db'));

    // As that other process leaves it: whoever has the highest number has the database.
    const { code, err } = await run(settings(), {
      whenReady: () => writeFile(join(folder, 'db', 'cordon.lock.999'), '{}'),
    });

    assert.equal(err, 'DATABASE_URL: another process has taken over the embedded database\n');
    assert.equal(code, 75);
  }).timeout(70_000);

  it('ends with 78 and one line for each setting that is missing or wrong', async () => {
    const { code, out, err } = await run({ PORT: 'http', BOT_TENANT_ID: 'contoso' });

    const names = err
      .trimEnd()
      .split('\n')
      .map((line) => line.split(':')[0]);
    assert.deepEqual(names, ['PORT', 'DATABASE_URL', 'BOT_APP_ID', 'BOT_TENANT_ID', 'BOT_APP_SECRET']);
    assert.deepEqual({ code, out }, { code: 78, out: '' });
  });

  it('takes no setting from its command line, which everybody on the machine can read', async () => {
    const { BOT_APP_SECRET, ...others } = settings();

    const { code, out, err } = await run(others, {
      args: [`BOT_APP_SECRET=${BOT_APP_SECRET}`, `--BOT_APP_SECRET=${BOT_APP_SECRET}`],
    });

    assert.match(err, /^BOT_APP_SECRET: one of .* is required\n$/);
    assert.ok(!err.includes(BOT_APP_SECRET));
    assert.deepEqual({ code, out }, { code: 78, out: '' });
  });

  for (const name of ['PORT', 'METRICS_PORT']) {
    it(`ends with 1 and one line when ${name} is taken, with everything closed`, async () => {
      const holder = createServer();
      await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
      const { port } = holder.address() as AddressInfo;

      await putEmptyDatabase(join(folder, 'db'));
      const { code, err, out } = await run({
        ...settings(),
        BOT_OPENID_METADATA_URL: `http://127.0.0.1:${port}/keys`,
        [name]: String(port),
      }).finally(() => {
        holder.close();
        holder.closeAllConnections();
      });

      assert.deepEqual({ code, err }, { code: 1, err: 'Cordon could not start: Error EADDRINUSE\n' });
      assert.doesNotMatch(out, /"level":"(?:warn|error)"/);
    }).timeout(70_000);
  }

  it('reads .env, over which the environment wins', async () => {
    await writeFile(join(folder, '.env'), 'PORT=3978\nBOT_APP_SECRET=secret\nLOG_LEVEL=loud\n');

    const { code, err } = await run({ PORT: 'http' });

    const names = err
      .trimEnd()
      .split('\n')
      .map((line) => line.split(':')[0]);
    assert.deepEqual(names, ['PORT', 'DATABASE_URL', 'BOT_APP_ID', 'BOT_TENANT_ID', 'LOG_LEVEL']);
    assert.equal(code, 78);
  });
});
