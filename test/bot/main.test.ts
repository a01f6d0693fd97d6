import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const main = new URL('../../bot/main.ts', import.meta.url).pathname;

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
  async function run(env: Record<string, string>): Promise<End> {
    const child = spawn(process.execPath, [main], {
      cwd: folder,
      env,
      timeout: 15_000,
      killSignal: 'SIGKILL',
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, out, err }));
    });
  }

  it('ends with 78 and one line for each setting that is missing or wrong', async () => {
    const { code, out, err } = await run({ PORT: 'http', BOT_TENANT_ID: 'contoso' });

    const names = err
      .trimEnd()
      .split('\n')
      .map((line) => line.split(':')[0]);
    assert.deepEqual(names, ['PORT', 'DATABASE_URL', 'BOT_APP_ID', 'BOT_TENANT_ID', 'BOT_APP_SECRET']);
    assert.deepEqual({ code, out }, { code: 78, out: '' });
  });

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
