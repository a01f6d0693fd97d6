import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const released = new URL('../../src/store/migrations/', import.meta.url);
const next = new URL('../contract/recorded/next/', import.meta.url);

interface Folder {
  readonly url: URL;
  remove(): Promise<void>;
}

/** The migrations as an older program has them: up to this number. */
export async function migrationsUpTo(version: number): Promise<Folder> {
  const files = (await readdir(released)).filter((name) => Number.parseInt(name, 10) <= version);
  return folderOf(files.map((name) => new URL(name, released)));
}

/** The migrations as the next version may have them: all of today's and one that adds to them. */
export async function migrationsOfNext(): Promise<Folder> {
  const today = (await readdir(released)).map((name) => new URL(name, released));
  return folderOf([...today, new URL('9000-fixture.sql', next)]);
}

async function folderOf(files: readonly URL[]): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'cordon-migrations-'));
  for (const file of files) await copyFile(file, join(path, file.pathname.split('/').at(-1) ?? ''));
  return { url: pathToFileURL(`${path}/`), remove: () => rm(path, { recursive: true, force: true }) };
}
