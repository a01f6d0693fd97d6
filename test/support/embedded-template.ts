import { cpSync, existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

/** Puts an empty embedded database into the folder: to copy one takes a tenth of a second, to make one two. */
export async function putEmptyDatabase(folder: string): Promise<void> {
  const place = process.env[variable];
  if (place === undefined) return;
  const template = join(place, 'template');
  if (!existsSync(template)) await makeTemplate(place, template);
  // The native copy: asynchronously it takes four times as long.
  cpSync(template, folder, { recursive: true });
}

/** Processes that need it at the same moment each make one; the first to rename wins, all are alike. */
async function makeTemplate(place: string, template: string): Promise<void> {
  // Only where it is needed: most files test without a database.
  const { openEmbedded } = await import('../../src/store/embedded.ts');
  const mine = await mkdtemp(join(place, 'making-'));
  const database = await openEmbedded(mine);
  await database.close();
  await rename(mine, template).catch(() => rm(mine, { recursive: true }));
}
