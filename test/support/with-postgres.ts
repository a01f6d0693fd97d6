import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `node test/support/with-postgres.ts <command> …` runs a command with TEST_POSTGRES_URL pointing at a throwaway
 * PostgreSQL, and ends with its exit code. The binaries are those of `pg_config --bindir`.
 */
const [command, ...args] = process.argv.slice(2);
if (command === undefined) throw new Error('Say which command to run with a PostgreSQL');

const bin = execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim();
const folder = mkdtempSync(join(tmpdir(), 'cordon-postgres-'));
const data = join(folder, 'data');
const port = await freePort();

let code = 1;
try {
  // PostgreSQL refuses to run as root; the folder must belong to whoever runs it.
  if (process.getuid?.() === 0) execFileSync('chown', ['postgres', folder]);
  chmodSync(folder, 0o700);
  asOwner('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '-N']);
  asOwner('pg_ctl', [
    '-D',
    data,
    '-w',
    '-t',
    '60',
    '-l',
    join(folder, 'log'),
    '-o',
    serverOptions(),
    'start',
  ]);
  code = await run();
} finally {
  stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = code;

/** Durability costs time and is worth nothing here; the socket lies beside the data, away from any other server's. */
function serverOptions(): string {
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];
  return [
    `-p ${port} -k ${folder}`,
    '-c listen_addresses=127.0.0.1',
    ...settings.map((one) => `-c ${one}`),
  ].join(' ');
}

function asOwner(program: string, programArgs: readonly string[]): void {
  const line = [join(bin, program), ...programArgs];
  const quoted = line.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const shell = ['-s', '/bin/sh', '-c', quoted];
  const isRoot = process.getuid?.() === 0;
  // `pg_ctl` hands its output to the server, so a pipe would stay open as long as that runs.
  execFileSync(isRoot ? 'su' : '/bin/sh', isRoot ? ['postgres', ...shell] : shell.slice(2), {
    cwd: tmpdir(),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function stop(): void {
  try {
    asOwner('pg_ctl', ['-D', data, '-m', 'immediate', '-w', 'stop']);
  } catch {
    // It never started: there is nothing to stop, and the first failure is the one to be told.
  }
}

/** Signals go to the child, whose end ends the cluster. */
async function run(): Promise<number> {
  const child = spawn(command ?? '', args, {
    stdio: 'inherit',
    env: { ...process.env, TEST_POSTGRES_URL: `postgres://postgres@127.0.0.1:${port}/postgres` },
  });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward);
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? (signal === null ? 1 : 130)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}
