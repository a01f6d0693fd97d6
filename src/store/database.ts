import type { Database } from './database-port.ts';
import { openEmbedded } from './embedded.ts';
import { openServer } from './server.ts';

/** Opens `postgres://…` or `pglite:<folder>`. */
export async function openDatabase(url: string): Promise<Database> {
  return url.startsWith('pglite:') ? openEmbedded(url.slice('pglite:'.length)) : openServer(url);
}
