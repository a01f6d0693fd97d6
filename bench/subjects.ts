import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client as Database } from 'pg';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { Client } from './client.ts';
import { createClient } from './client.ts';
import type { SubjectName } from './figure.ts';

export interface Subject {
  readonly name: SubjectName;
  readonly sandbox: Sandbox;
  readonly client: Client;
}

/** Latency and throughput are asked for here; what the budgets cost is the figure of the calls per request. */
const unlimited = { DEFENDER_CALLS_PER_MINUTE: '100000', DEFENDER_CALLS_PER_HOUR: '1000000' };

/** Everything but the bots, which are started by the figure of their start. */
export async function openSubjects(postgresUrl: string | undefined): Promise<Subject[]> {
  const subjects = [await openSubject('pglite', {})];
  if (postgresUrl !== undefined) {
    subjects.push(await openSubject('postgres', { databaseUrl: await emptyDatabase(postgresUrl) }));
  }
  subjects.push(await openSubject('bare', { botEntry: join(import.meta.dirname, 'bare-bot.ts') }));
  return subjects;
}

async function openSubject(
  name: SubjectName,
  options: { readonly databaseUrl?: string; readonly botEntry?: string },
): Promise<Subject> {
  // The device does its part in no time: waiting for it is not what is measured.
  const sandbox = await startSandbox({
    ...options,
    bot: 'none',
    page: false,
    pace: 0.02,
    settings: { ...unlimited, LOG_LEVEL: 'warn' },
  });
  sandbox.connector.limit.switch(false);
  sandbox.faults.set({ ratePerMinute: 100_000, ratePerHour: 1_000_000, silentSignIn: 'always' });
  return { name, sandbox, client: await createClient(sandbox) };
}

export async function emptyDatabase(postgresUrl: string): Promise<string> {
  const name = `bench_${randomBytes(6).toString('hex')}`;
  const server = new Database({ connectionString: postgresUrl });
  await server.connect();
  try {
    await server.query(`create database ${name}`);
  } finally {
    await server.end();
  }
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return url.href;
}
