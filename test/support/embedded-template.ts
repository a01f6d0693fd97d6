import { cpSync, existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../src/store/database-port.ts';

/** Names the place for all processes of one run of mocha. */
const variable = 'TEST_EMBEDDED_TEMPLATE';

/** Mocha's main process only; whoever needs the template first makes it. */
export async function mochaGlobalSetup(): Promise<void> {
  process.env[variable] = await mkdtemp(join(tmpdir(), 'cordon-template-'));
}

export async function mochaGlobalTeardown(): Promise<void> {
  const place = process.env[variable];
  if (place !== undefined) await rm(place, { recursive: true, force: true });
}

type Kind = 'empty' | 'prepared';

/** Puts an empty embedded database into the folder: to copy one takes a tenth of a second, to make one two. */
export function putEmptyDatabase(folder: string): Promise<void> {
  return put('empty', folder);
}

/** One that a bot of today has begun before: its tables, and the job engine's, are there. */
export function putPreparedDatabase(folder: string): Promise<void> {
  return put('prepared', folder);
}

async function put(kind: Kind, folder: string): Promise<void> {
  const place = process.env[variable];
  if (place === undefined) return;
  const template = join(place, kind);
  if (!existsSync(template)) await makeTemplate(place, kind);
  // The native copy: asynchronously it takes four times as long.
  cpSync(template, folder, { recursive: true });
}

/** Processes that need it at the same moment each make one; the first to rename wins, all are alike. */
async function makeTemplate(place: string, kind: Kind): Promise<void> {
  // Only where it is needed: most files test without a database.
  const { openEmbedded } = await import('../../src/store/embedded.ts');
  const mine = await mkdtemp(join(place, 'making-'));
  if (kind === 'prepared') await putEmptyDatabase(mine);
  const database = await openEmbedded(mine);
  if (kind === 'prepared') await prepare(database);
  await database.close();
  await rename(mine, join(place, kind)).catch(() => rm(mine, { recursive: true }));
}

async function prepare(database: Database): Promise<void> {
  const { migrate } = await import('../../src/store/migrate.ts');
  const { createEngine, prepareQueues, usualPatience } = await import('../../src/jobs/engine.ts');
  const { jobNames } = await import('../../src/jobs/effect-jobs.ts');
  const { createLog } = await import('../../src/platform/log.ts');
  await migrate(database);
  const boss = createEngine(database, createLog('fatal'));
  await boss.start();
  await prepareQueues(boss, jobNames, usualPatience);
  await boss.stop({ close: false });
}
