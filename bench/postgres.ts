import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const withPostgres = join(import.meta.dirname, '..', 'test', 'support', 'with-postgres.ts');

/** Runs the file once more beside a throwaway PostgreSQL; undefined where none is installed. */
export async function runUnderPostgres(file: string, args: readonly string[]): Promise<number | undefined> {
  if (spawnSync('pg_config', ['--bindir']).status !== 0) {
    process.stderr.write('PostgreSQL is not installed: its column stays empty.\n');
    return undefined;
  }
  const child = spawn(process.execPath, [withPostgres, process.execPath, file, ...args], {
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
