import { existsSync } from 'node:fs';
import type { Database } from './database-port.ts';
import { dataFolder, openEmbedded } from './embedded.ts';
import { openServer } from './server.ts';

/**
 * Opens `postgres://…` or `pglite:<folder>`.
 *
 * @param lost called when another process has taken the folder over, because this one stood still so long that it was
 * taken for dead: whatever it still wrote would damage the data
 */
export async function openDatabase(url: string, lost?: () => void): Promise<Database> {
  return url.startsWith('pglite:') ? openEmbedded(url.slice('pglite:'.length), lost) : openServer(url);
}

/** False for an embedded database that no bot has created yet; of a server only an attempt can tell. */
export function mayExist(url: string): boolean {
  return !url.startsWith('pglite:') || existsSync(dataFolder(url.slice('pglite:'.length)));
}
