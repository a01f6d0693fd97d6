import { readFile, rm, writeFile } from 'node:fs/promises';
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
    const holder = await readHolder(file);
    if (holder !== undefined && (await isAlive(holder, me))) {
      throw new DatabaseRefusedError(
        `the embedded database in ${folder} is in use by process ${holder.pid} on ${holder.host}: ` +
          `stop that one first, or use a PostgreSQL server for more than one process`,
      );
    }
    await rm(file, { force: true });
  }
  throw new DatabaseRefusedError(`the embedded database in ${folder} is being opened by another process`);
}

async function claim(file: string, me: Holder): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(me), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return Holder.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // Gone meanwhile, or cut short by a kill while it was written: nobody holds it.
    return undefined;
  }
}

async function isAlive(holder: Holder, me: Holder): Promise<boolean> {
  // From another host there is no way to tell; refusing is the safe answer.
  if (holder.host !== me.host) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
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
