import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as breath } from 'node:timers/promises';
import type { BotProcess } from '../../sandbox/bot-process.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { freshDatabase } from '../e2e/fresh-database.ts';
import { type Play, createPlay } from '../e2e/play.ts';
import { alex } from '../e2e/stage.ts';
import { type FastClock, installFastClock, openFastClock } from '../support/fast-clock.ts';
import { calm } from '../support/rig.ts';
import { layTrap } from '../support/trap.ts';
import { until } from '../support/until.ts';

const preload = new URL('../support/kill-at-step.ts', import.meta.url).href;
/** The time of one attempt, by the steady clock of whoever makes it: this one cannot be put forward. */
const attemptMs = 20_000;
/** Whoever was silent for longer counts as dead when the database's clock is put forward. */
const silentMs = 7_000;

describe('A process that stands still between its permission to submit and the POST', function () {
  this.timeout(120_000);
  let folder: string;
  let trapFile: string;
  let sandbox: Sandbox;
  let play: Play;
  let clock: FastClock;
  let database: Awaited<ReturnType<typeof freshDatabase>>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cordon-paused-'));
    trapFile = join(folder, 'trap');
    layTrap(trapFile, undefined);
    database = await freshDatabase();
    await installFastClock(database.url);
    sandbox = await startSandbox({
      page: false,
      pace: 0.05,
      bots: 2,
      databaseUrl: database.url,
      settings: { TRACKING_INTERVAL_SECONDS: '1', KILL_AT_STEP_FILE: trapFile },
      nodeArgs: ['--import', preload],
    });
    clock = await openFastClock(database.url);
    play = createPlay(() => sandbox, []);
    calm(sandbox);
  });
  after(async () => {
    await clock.close();
    await sandbox.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it('sends nothing when it goes on after its deadline, while another has submitted', async () => {
    const asked = await play.ask({ device: 'ws-finance-017' });
    layTrap(trapFile, { step: 'change-granted', pass: 1, signal: 'SIGSTOP', serial: 1 });
    // The turn may have been that process's, and is never answered then.
    void play.pressAnyway(alex, asked, 'approve').catch(() => undefined);
    const frozen = await firstToStandStill(sandbox.bots);
    const since = performance.now();
    layTrap(trapFile, undefined);
    assert.equal(play.submissions(asked).length, 0);

    await breath(silentMs);
    // Behind its deadline, then behind the lag of Defender's lists.
    await clock.advance(30);
    await breath(2_000);
    await clock.advance(130);
    await until(() => play.submissions(asked).length === 1, 30_000);
    await breath(Math.max(0, since + attemptMs + 500 - performance.now()));
    const said = frozen.output().length;
    frozen.signal('SIGCONT');

    // What it could not send it says to the database: then the POST is behind it, or never comes.
    await until(() => frozen.output().length > said, 20_000).catch(() => undefined);
    await until(() => play.label(asked) === 'Succeeded', 30_000);
    assert.equal(play.submissions(asked).length, 1);
    assert.equal((await fetch(`${frozen.url}/healthz`)).status, 200);
  });
});

async function firstToStandStill(bots: readonly BotProcess[]): Promise<BotProcess> {
  for (;;) {
    for (const bot of bots) if (await standsStill(bot)) return bot;
    await breath(50);
  }
}

/** `T` in its state: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function standsStill({ pid }: BotProcess): Promise<boolean> {
  const stat = pid === undefined ? '' : await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')')).startsWith(') T');
}
