import { randomUUID } from 'node:crypto';
import { link, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { DatabaseRefusedError } from './database-port.ts';

const Holder = z.object({ pid: z.number(), host: z.string(), started: z.string() });
type Holder = z.infer<typeof Holder>;

/** What stands in a lock that was given back: nobody. */
const nobody = '{}';
const refreshMs = 5_000;
/** A holder on another host that has not refreshed its lock for so long is dead, or its container is. */
const staleMs = 30_000;

/**
 * Takes the folder for this process; a second process is refused, what a killed one left behind is not.
 *
 * Locks are files with a growing number, and the one with the highest number counts. Taking over means to create the next
 * number, which only one can do; no lock that counts is ever removed. So a process that was slow to judge a dead lock
 * cannot take away the one that somebody else has taken since.
 *
 * @param lost called when another process has taken over, because this one did not run for so long
 */
export async function lockFolder(
  folder: string,
  lost: () => void = () => undefined,
): Promise<() => Promise<void>> {
  const me: Holder = { pid: process.pid, host: hostname(), started: await startOf(process.pid) };
  for (let tries = 0; tries < 10; tries += 1) {
    const last = await lastLock(folder);
    if (last > 0) await refuseIfHeld(folder, last, me);
    const mine = last + 1;
    if (await claim(folder, mine, me)) {
      await forgetBefore(folder, mine);
      return keep(folder, mine, lost);
    }
  }
  throw new DatabaseRefusedError(`the embedded database in ${folder} is being opened by another process`);
}

function fileOf(folder: string, lock: number): string {
  return join(folder, `cordon.lock.${lock}`);
}

async function locksIn(folder: string): Promise<readonly number[]> {
  return (await readdir(folder)).flatMap((name) => {
    const lock = /^cordon\.lock\.(\d{1,12})$/.exec(name)?.[1];
    return lock === undefined ? [] : [Number(lock)];
  });
}

async function lastLock(folder: string): Promise<number> {
  return Math.max(0, ...(await locksIn(folder)));
}

async function refuseIfHeld(folder: string, lock: number, me: Holder): Promise<void> {
  const file = fileOf(folder, lock);
  const text = await readFile(file, 'utf8').catch(() => nobody);
  const holder = holderIn(text);
  if (holder === undefined) return;
  const where = `the embedded database in ${folder} is in use by process ${holder.pid} on ${holder.host}`;
  const what = 'stop that one first, or use a PostgreSQL server for more than one process';
  if (holder.host === me.host) {
    if (await isAlive(holder)) throw new DatabaseRefusedError(`${where}: ${what}`);
    return;
  }
  const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: 0 }));
  // By the clock of the file's own system: a new file tells it.
  const silentMs = (await fileClock(folder)) - mtimeMs;
  if (silentMs > staleMs) return;
  throw new DatabaseRefusedError(
    `${where}: ${what}; if that host is gone, start again in ${Math.ceil((staleMs - silentMs) / 1_000) + 1} s`,
  );
}

async function fileClock(folder: string): Promise<number> {
  const file = join(folder, `cordon.lock.${randomUUID()}`);
  await writeFile(file, '', { flag: 'wx', mode: 0o600 });
  try {
    return (await stat(file)).mtimeMs;
  } finally {
    await rm(file, { force: true });
  }
}

/** The lock appears whole or not at all, so that nobody takes one that is just being written for a dead one. */
async function claim(folder: string, lock: number, me: Holder): Promise<boolean> {
  const own = join(folder, `cordon.lock.${randomUUID()}`);
  await writeFile(own, JSON.stringify(me), { flag: 'wx', mode: 0o600 });
  try {
    await link(own, fileOf(folder, lock));
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
  // The number may have been free because later ones came and went on: then it counts for nothing.
  if ((await lastLock(folder)) === lock) return true;
  await rm(fileOf(folder, lock), { force: true });
  return false;
}

async function forgetBefore(folder: string, lock: number): Promise<void> {
  for (const old of await locksIn(folder)) {
    if (old < lock) await rm(fileOf(folder, old), { force: true });
  }
}

/** Shows other hosts that this process lives; answers how to give the lock back. */
function keep(folder: string, mine: number, lost: () => void): () => Promise<void> {
  const file = fileOf(folder, mine);
  const refresh = async () => {
    if ((await lastLock(folder)) > mine) {
      clearInterval(timer);
      lost();
      return;
    }
    const now = new Date();
    await utimes(file, now, now);
  };
  const timer = setInterval(() => {
    // Gone with its folder: there is nothing to refresh.
    refresh().catch(() => undefined);
  }, refreshMs).unref();
  return async () => {
    clearInterval(timer);
    const free = `${file}.${randomUUID()}`;
    try {
      await writeFile(free, nobody, { flag: 'wx', mode: 0o600 });
      await rename(free, file);
    } catch (error) {
      // Whoever removed the folder took the lock along.
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  };
}

function holderIn(text: string): Holder | undefined {
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    // Given back, or damaged: whoever wrote it does not hold it as we would.
    return undefined;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function isAlive(holder: Holder): Promise<boolean> {
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
    const stats = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold spaces; the 22nd is the start.
    return stats.slice(stats.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
