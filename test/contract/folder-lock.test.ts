import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseRefusedError } from '../../src/store/database-port.ts';
import { openDatabase } from '../../src/store/database.ts';
import { lockFolder } from '../../src/store/folder-lock.ts';

const lockModule = new URL('../../src/store/folder-lock.ts', import.meta.url).href;

describe('the folder of the embedded database', () => {
  let folder: string;
  let children: ChildProcess[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cordon-lock-'));
    children = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  const lockFile = () => join(folder, 'cordon.lock');

  /** Another process takes the folder and keeps it until it is killed. */
  async function lockedByAnother(): Promise<ChildProcess> {
    const script = `
      const { lockFolder } = await import(${JSON.stringify(lockModule)});
      await lockFolder(process.argv[1]);
      console.log('locked');
      setInterval(() => undefined, 60_000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await once(child.stdout, 'data');
    return child;
  }

  it('is refused to a second process, with the first one’s number and what to do', async () => {
    const child = await lockedByAnother();

    await assert.rejects(openDatabase(`pglite:${folder}`), (error: unknown) => {
      assert.ok(error instanceof DatabaseRefusedError);
      assert.match(error.message, new RegExp(`in use by process ${child.pid} on .*stop that one first`));
      return true;
    });
  });

  it('is taken over from a process that was killed', async () => {
    const child = await lockedByAnother();
    child.kill('SIGKILL');
    await once(child, 'exit');

    const unlock = await lockFolder(folder);

    const holder = JSON.parse(await readFile(lockFile(), 'utf8')) as { pid: number };
    assert.equal(holder.pid, process.pid);
    await unlock();
  });

  it('is taken over when the number of a dead holder belongs to another process now', async () => {
    await writeFile(lockFile(), JSON.stringify({ pid: process.ppid, host: hostname(), started: '1' }));

    await (
      await lockFolder(folder)
    )();
  });

  it('is taken over from a lock that a kill cut short', async () => {
    await writeFile(lockFile(), '{"pid":');

    await (
      await lockFolder(folder)
    )();
  });

  it('is refused when the holder runs on another host, which nobody here can judge', async () => {
    await writeFile(lockFile(), JSON.stringify({ pid: 999_999_999, host: 'elsewhere', started: '1' }));

    await assert.rejects(lockFolder(folder), DatabaseRefusedError);
  });

  it('is refused to a second opening in the same process, and free after the first is closed', async () => {
    const unlock = await lockFolder(folder);
    await assert.rejects(lockFolder(folder), DatabaseRefusedError);

    await unlock();

    await (
      await lockFolder(folder)
    )();
  });

  /** Many tries at once, many times over; answers how often each time somebody got it. */
  async function race(rounds: number, processes: number, prepare: () => Promise<void>): Promise<number[]> {
    const taken: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await prepare();
      const tries = await Promise.allSettled(Array.from({ length: processes }, () => lockFolder(folder)));
      const winners = tries.filter((one) => one.status === 'fulfilled');
      taken.push(winners.length);
      for (const winner of winners) await winner.value();
    }
    return taken;
  }

  it('goes to one of many who come at once', async () => {
    assert.deepEqual(await race(20, 6, () => Promise.resolve()), Array(20).fill(1));
  });

  it('goes to one of two who find the same dead lock', async () => {
    const dead = JSON.stringify({ pid: process.ppid, host: hostname(), started: '1' });

    assert.deepEqual(await race(40, 2, () => writeFile(lockFile(), dead)), Array(40).fill(1));
  });

  it('holds nothing but the lock', async () => {
    await lockFolder(folder);

    assert.deepEqual(await readdir(folder), ['cordon.lock']);
  });
});
