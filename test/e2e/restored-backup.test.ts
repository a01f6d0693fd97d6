import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressBook } from '../../sandbox/address-book.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { takeBackup } from '../support/backup.ts';
import { layTrap } from '../support/trap.ts';
import { until } from '../support/until.ts';
import { freshDatabase } from './fresh-database.ts';
import { type Play, createPlay } from './play.ts';
import { alex } from './stage.ts';

const preload = new URL('../support/kill-at-step.ts', import.meta.url).href;

describe('A backup that is restored', function () {
  this.timeout(120_000);
  let folder: string;
  let trapFile: string;
  let sandbox: Sandbox;
  let play: Play;
  let database: Awaited<ReturnType<typeof freshDatabase>>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cordon-restored-'));
    trapFile = join(folder, 'trap');
    layTrap(trapFile, undefined);
    database = await freshDatabase();
    sandbox = await startSandbox({
      page: false,
      pace: 0.05,
      databaseUrl: database.url,
      settings: { TRACKING_INTERVAL_SECONDS: '1', KILL_AT_STEP_FILE: trapFile },
      nodeArgs: ['--import', preload],
    });
    play = createPlay(() => sandbox, []);
    for (const person of addressBook.people) sandbox.tokenService.signIn(person);
  });
  after(async () => {
    await sandbox.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it('from between approval and POST leads to no second POST, and the request ends right', async () => {
    const asked = await play.ask({ device: 'ws-finance-017' });
    layTrap(trapFile, { step: 'submission-taken', pass: 1, serial: 1 });
    // The answer to the press may be cut off; the approval is stored.
    await play.pressAnyway(alex, asked, 'approve').catch(() => undefined);
    await sandbox.bot.exited;
    layTrap(trapFile, undefined);
    const backup = await takeBackup(database.url);
    await sandbox.bot.start();
    await until(() => play.label(asked) === 'Succeeded', 30_000);
    assert.equal(play.submissions(asked).length, 1);
    await sandbox.bot.stop();

    await backup.restore();
    const said = sandbox.bot.output().length;
    await sandbox.bot.start();

    await until(() => play.label(asked) === 'Succeeded' && goesOn(said), 30_000);
    assert.match(sandbox.bot.output().slice(said), /"sign":"other-database"/);
    assert.equal(play.submissions(asked).length, 1);
  });

  it('from before the approval does not repeat it when the request is approved once more', async () => {
    const asked = await play.ask({ device: 'srv-files-01' });
    await sandbox.bot.stop();
    const backup = await takeBackup(database.url);
    await sandbox.bot.start();
    await play.press(alex, asked, 'approve');
    await until(() => play.label(asked) === 'Succeeded', 30_000);
    await sandbox.bot.stop();

    await backup.restore();
    const said = sandbox.bot.output().length;
    await sandbox.bot.start();
    await until(() => play.label(asked) === 'Awaiting approval', 30_000);
    await play.press(alex, asked, 'approve');

    await until(() => play.label(asked) === 'Succeeded', 30_000);
    assert.match(sandbox.bot.output().slice(said), /"sign":"other-database"/);
    assert.equal(play.submissions(asked).length, 1);
  });

  /** Submission goes on again by itself. */
  function goesOn(said: number): boolean {
    return sandbox.bot.output().slice(said).includes('submission goes on');
  }
});
