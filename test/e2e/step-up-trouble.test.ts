import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Step } from '../../src/platform/steps.ts';
import type { Sql } from '../../src/store/database-port.ts';
import { openDatabase } from '../../src/store/database.ts';
import { addressBook } from '../../sandbox/address-book.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { signInForStepUp, stepUpByBrowser, visit } from '../../sandbox/step-up-by-browser.ts';
import { askForExtraStep } from '../support/extra-step.ts';
import { layTrap } from '../support/trap.ts';
import { until } from '../support/until.ts';
import { freshDatabase } from './fresh-database.ts';
import { type Asked, type Play, createPlay, told } from './play.ts';
import { alex, priya, sam } from './stage.ts';

const preload = new URL('../support/kill-at-step.ts', import.meta.url).href;
const patienceMs = 30_000;

describe('A sign-in step on Cordon’s own page, when things go wrong', function () {
  this.timeout(120_000);
  let folder: string;
  let trapFile: string;
  let sandbox: Sandbox;
  let play: Play;
  let database: Awaited<ReturnType<typeof freshDatabase>>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cordon-step-up-'));
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
  });
  beforeEach(() => {
    for (const person of addressBook.people) sandbox.tokenService.signIn(person);
  });
  afterEach(() => {
    sandbox.faults.reset();
    sandbox.defender.reset();
  });
  after(async () => {
    await sandbox.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function linkBy(asked: Asked, verb = 'approve'): Promise<string> {
    const answer = await play.press(alex, asked, verb);
    return answer.login?.link ?? assert.fail(told(answer));
  }

  async function killedAt(step: Step, doing: () => Promise<unknown>): Promise<void> {
    layTrap(trapFile, { step, pass: 1, serial: 1 });
    // Whoever waits for the answer hears the line break.
    await Promise.allSettled([doing(), sandbox.bot.exited]);
    layTrap(trapFile, undefined);
  }

  /** The bot must not run: what is read and written is all there is. */
  async function inDatabase(work: (db: Sql) => Promise<unknown>): Promise<void> {
    const opened = await openDatabase(database.url);
    try {
      await work(opened.sql);
    } finally {
      await opened.close();
    }
  }

  it('is asked for once more when the bot dies with the token before it has submitted', async () => {
    const asked = await play.ask();
    const enough = askForExtraStep(sandbox, alex);
    const callback = await signInForStepUp(await linkBy(asked), alex);

    await killedAt('submission-taken', () => visit(callback));
    assert.equal(play.submissions(asked).length, 0);
    await sandbox.bot.start();

    // The job leaves the process that may hold the token half a minute.
    await until(() => play.label(asked) === 'Needs attention', 60_000);
    assert.equal(play.submissions(asked).length, 0);
    const page = await stepUpByBrowser(await linkBy(asked, 'retry'), alex);
    assert.match(page.text, /counts/);
    enough();
    await until(() => play.label(asked) === 'Succeeded', patienceMs);
    assert.deepEqual(
      sandbox.defender.actions().map(({ requestor }) => requestor),
      [alex.upn],
    );
  });

  it('comes too late after 10 minutes, changes nothing, and can be begun again', async () => {
    const asked = await play.ask({ device: 'srv-files-01' });
    const enough = askForExtraStep(sandbox, alex);
    const callback = await signInForStepUp(await linkBy(asked), alex);
    await sandbox.bot.stop();
    await inDatabase((db) =>
      db
        .updateTable('step_ups')
        .set({ expires_at: sql`clock_timestamp()` })
        .execute(),
    );
    await sandbox.bot.start();

    const page = await visit(callback);

    assert.equal(page.status, 404);
    assert.match(page.text, /older than 10 minutes/);
    assert.equal(play.label(asked), 'Awaiting approval');
    assert.match((await stepUpByBrowser(await linkBy(asked), alex)).text, /counts/);
    enough();
    await until(() => play.label(asked) === 'Succeeded', patienceMs);
  });

  it('that Entra cannot confirm sends nothing, and can be begun again', async () => {
    const asked = await play.ask({ device: 'ws-finance-017' });
    const enough = askForExtraStep(sandbox, alex);
    sandbox.faults.set({ faults: { 'entra.code': { kind: 'status', status: 503, times: null } } });

    const page = await stepUpByBrowser(await linkBy(asked), alex);

    assert.match(page.text, /could not be checked/);
    assert.equal(play.submissions(asked).length, 0);
    sandbox.faults.set({ faults: { 'entra.code': null } });
    assert.match((await stepUpByBrowser(await linkBy(asked), alex)).text, /counts/);
    enough();
    await until(() => play.label(asked) === 'Succeeded', patienceMs);
  });

  it('does not overrule a denial that came meanwhile', async () => {
    const asked = await play.ask({ device: 'ws-finance-017' });
    askForExtraStep(sandbox, alex);
    const callback = await signInForStepUp(await linkBy(asked), alex);
    await play.press(sam, asked, 'deny', { comment: 'A test of ours' });

    const page = await visit(callback);

    assert.match(page.text, /Your click changed nothing/);
    await until(() => play.label(asked) === 'Denied', patienceMs);
    assert.equal(play.submissions(asked).length, 0);
  });

  it('or a throttled exchange of one person holds up nobody else', async () => {
    const [first, second] = [
      await play.ask({ device: 'ws-finance-017' }),
      await play.ask({ device: 'ws-design-044' }),
    ];
    sandbox.faults.aim({
      target: 'entra.obo',
      about: alex.objectId,
      fault: { kind: 'status', status: 429, retryAfterSeconds: 60, times: null },
    });
    await play.press(alex, first, 'approve');

    await play.press(priya, second, 'approve');

    await until(() => play.label(second) === 'Succeeded', patienceMs);
    assert.equal(play.submissions(first).length, 0);
    await play.press(priya, first, 'approve');
    await until(() => play.label(first) === 'Succeeded', patienceMs);
    assert.deepEqual(
      new Set(sandbox.defender.actions().map(({ requestor }) => requestor)),
      new Set([priya.upn]),
    );
  });
});
