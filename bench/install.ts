import { execFile } from 'node:child_process';
import { copyFile, lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Figure } from './figure.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const timeoutMs = 600_000;

/** `npm ci` in an empty folder, from npm's cache as far as that goes. */
export async function measureInstall(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cordon-bench-'));
  try {
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
      await copyFile(join(root, file), join(folder, file));
    }
    const started = performance.now();
    await run('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], {
      cwd: folder,
      timeout: timeoutMs,
      shell: process.platform === 'win32',
    });
    const seconds = (performance.now() - started) / 1_000;
    const megabytes = (await sizeOf(join(folder, 'node_modules'))) / 1024 ** 2;
    return [
      { name: 'npm ci with a warm cache', unit: 's', samples: 1, value: seconds },
      { name: 'size of node_modules', unit: 'MB', samples: 1, value: megabytes },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += (await lstat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}
