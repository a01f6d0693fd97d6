import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../sandbox/free-port.ts';

export interface PostgresCluster {
  readonly url: string;
  start(): void;
  /** `immediate`: as a crash would, with every connection cut. */
  stop(mode?: 'fast' | 'immediate'): void;
  /** Stops it and removes what it wrote. */
  remove(): void;
}

/** Durability costs time and is worth nothing here. */
const unsafe = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** A throwaway PostgreSQL on a free port, running; its binaries are those of `pg_config --bindir`. */
export async function createPostgresCluster(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresCluster> {
  const bin = execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim();
  const folder = mkdtempSync(join(tmpdir(), 'cordon-postgres-'));
  const data = join(folder, 'data');
  const port = await freePort();
  const run = (program: string, ...args: string[]) => asOwner([join(bin, program), '-D', data, ...args]);
  // The socket lies beside the data, away from any other server's.
  const options = Object.entries({ listen_addresses: '127.0.0.1', ...unsafe, ...settings })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
  const start = () => {
    const log = join(folder, 'log');
    run('pg_ctl', '-w', '-t', '60', '-l', log, '-o', `-p ${port} -k ${folder} ${options}`, 'start');
  };
  const stop = (mode = 'immediate') => run('pg_ctl', '-m', mode, '-w', 'stop');
  const remove = () => {
    try {
      stop();
    } catch {
      // It does not run, or never did.
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    // PostgreSQL refuses to run as root; the folder must belong to whoever runs it.
    if (isRoot()) execFileSync('chown', ['postgres', folder]);
    chmodSync(folder, 0o700);
    run('initdb', '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '-N');
    start();
  } catch (error) {
    remove();
    throw error;
  }
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, start, stop, remove };
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function asOwner(line: readonly string[]): void {
  const quoted = line.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const shell = ['-s', '/bin/sh', '-c', quoted];
  // `pg_ctl` hands its output to the server, so a pipe would stay open as long as that runs.
  execFileSync(isRoot() ? 'su' : '/bin/sh', isRoot() ? ['postgres', ...shell] : shell.slice(2), {
    cwd: tmpdir(),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
