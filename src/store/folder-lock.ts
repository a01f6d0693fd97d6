import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { DatabaseRefusedError } from './database-port.ts';

const Holder = z.object({ pid: z.number(), host: z.string(), started: z.string() });
type Holder = z.infer<typeof Holder>;

/** Takes the folder for this process; a second process is refused, what a killed one left behind is not. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, 'cordon.lock');
  const me: Holder = { pid: process.pid, host: hostname(), started: await startOf(process.pid) };
  for (let tries = 0; tries < 3; tries += 1) {
    if (await claim(file, me)) return () => rm(file, { force: true });
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const holder = holderIn(text);
    if (holder !== undefined && (await isAlive(holder, me))) {
      throw new DatabaseRefusedError(
        `the embedded database in ${folder} is in use by process ${holder.pid} on ${holder.host}: ` +
          `stop that one first, or use a PostgreSQL server for more than one process`,
      );
    }
    await removeStale(file, text);
  }
  throw new DatabaseRefusedError(`the embedded database in ${folder} is being opened by another process`);
}

/** The lock appears whole or not at all, so that nobody takes one that is just being written for a dead one. */
async function claim(file: string, me: Holder): Promise<boolean> {
  const own = `${file}.${randomUUID()}`;
  await writeFile(own, JSON.stringify(me), { flag: 'wx', mode: 0o600 });
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/**
 * Of two processes that found the same dead lock, the slow one must not remove the lock of the fast one: what turns out
 * to be another lock is put back. Only a third process could come between, in that very moment.
 */
async function removeStale(file: string, stale: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  const isStale = (await readFile(aside, 'utf8')) === stale;
  if (!isStale) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

function holderIn(text: string): Holder | undefined {
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    // Damaged: whoever wrote it does not hold it as we would.
    return undefined;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function isAlive(holder: Holder, me: Holder): Promise<boolean> {
  // From another host there is no way to tell; refusing is the safe answer.
  if (holder.host !== me.host) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
  }
  // Same number, other process: the system gave the number away again.
  return holder.started === (await startOf(holder.pid));
}

/** When a process started, in the kernel's ticks; empty where the system does not tell. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold spaces; the 22nd is the start.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
