import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import sinon from 'sinon';
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

  const lockFile = () => join(folder, 'cordon.lock.1');

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

    const holder = JSON.parse(await readFile(join(folder, 'cordon.lock.2'), 'utf8')) as { pid: number };
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

  it('is refused while the holder on another host shows that it lives, with when to try again', async () => {
    await writeFile(lockFile(), JSON.stringify({ pid: 999_999_999, host: 'elsewhere', started: '1' }));

    await assert.rejects(lockFolder(folder), (error: unknown) => {
      assert.ok(error instanceof DatabaseRefusedError);
      assert.match(error.message, /on elsewhere: .*if that host is gone, start again in \d+ s/);
      return true;
    });
  });

  it('is taken over from another host, as that of a killed container, after half a minute of silence', async () => {
    await writeFile(lockFile(), JSON.stringify({ pid: 1, host: 'old-container', started: '1' }));
    const past = new Date((await stat(lockFile())).mtimeMs - 31_000);
    await utimes(lockFile(), past, past);

    await (
      await lockFolder(folder)
    )();
  });

  it('is seen to be held while its holder lives', async () => {
    const timers = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const unlock = await lockFolder(folder);
    await utimes(lockFile(), 0, 0);

    timers.tick(5_000);
    timers.restore();

    while ((await stat(lockFile())).mtimeMs === 0) await new Promise(setImmediate);
    await unlock();
  });

  it('is known to be lost when another process took it over meanwhile', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const lost = Promise.withResolvers<'lost'>();
      let times = 0;
      await lockFolder(folder, () => {
        times += 1;
        lost.resolve('lost');
      });
      await writeFile(join(folder, 'cordon.lock.2'), '{}');

      clock.tick(5_000);
      await lost.promise;
      clock.tick(60_000);

      assert.equal(times, 1);
    } finally {
      clock.restore();
    }
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

  it('goes to one of two processes that find the same dead lock, twenty times over', async () => {
    const script = `
      const { lockFolder } = await import(${JSON.stringify(lockModule)});
      const { createInterface } = await import('node:readline');
      let unlock;
      for await (const line of createInterface({ input: process.stdin })) {
        if (line === 'free') await unlock?.();
        else unlock = await lockFolder(line).catch(() => undefined);
        console.log(line === 'free' ? 'freed' : unlock === undefined ? 'refused' : 'locked');
      }`;
    const start = () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      children.push(child);
      return async (line: string) => {
        child.stdin.write(`${line}\n`);
        return String((await once(child.stdout, 'data'))[0]).trim();
      };
    };
    const racers = [start(), start()];
    const dead = JSON.stringify({ pid: process.ppid, host: hostname(), started: '1' });

    for (let round = 0; round < 20; round += 1) {
      const place = await mkdtemp(join(folder, 'race-'));
      await writeFile(join(place, 'cordon.lock.1'), dead);
      const answers = await Promise.all(racers.map((say) => say(place)));
      assert.deepEqual(answers.sort(), ['locked', 'refused']);
      await Promise.all(racers.map((say) => say('free')));
    }
  });

  it('holds nothing but the lock', async () => {
    await lockFolder(folder);

    assert.deepEqual(await readdir(folder), ['cordon.lock.1']);
  });
});
