import { spawn } from 'node:child_process';
import { createPostgresCluster } from './postgres-cluster.ts';

/**
 * `node test/support/with-postgres.ts <command> …` runs a command with TEST_POSTGRES_URL pointing at a throwaway
 * PostgreSQL, and ends with its exit code.
 */
const [command, ...args] = process.argv.slice(2);
if (command === undefined) throw new Error('Say which command to run with a PostgreSQL');

const cluster = await createPostgresCluster({ max_connections: '200' });
let code = 1;
try {
  code = await run(command, cluster.url);
} finally {
  cluster.remove();
}
process.exitCode = code;

/** Signals go to the child, whose end ends the cluster. */
async function run(program: string, url: string): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, TEST_POSTGRES_URL: url } });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward);
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? (signal === null ? 1 : 130)));
  });
}
