import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cordon } from '../../support/cordon-command.ts';

const root = new URL('../../../', import.meta.url).pathname;

describe('the command line', () => {
  let folder: string;
  let settings: Record<string, string>;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cordon-cli-'));
    settings = {
      DATABASE_URL: `pglite:${join(folder, 'database')}`,
      BOT_APP_ID: '22222222-2222-4222-8222-222222222222',
      BOT_TENANT_ID: '11111111-1111-4111-8111-111111111111',
      BOT_APP_SECRET: 'secret-of-nobody',
    };
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const words of [[], ['restart'], ['doctor', '--all']]) {
    it(`answers ${JSON.stringify(words)} with the usage and 64`, async () => {
      const { code, out, err } = await cordon(words, { folder, settings });

      assert.deepEqual({ code, out }, { code: 64, out: [] });
      assert.equal(err[0], 'Usage:');
      assert.match(
        err.join('\n'),
        /npx cordon doctor .*\n.*npx cordon pause <reason> .*\n.*npx cordon resume /,
      );
    });
  }

  it('tells the usage to whoever asks for it', async () => {
    const { code, out, err } = await cordon(['--help'], { folder });

    assert.deepEqual({ code, first: out[0], err }, { code: 0, first: 'Usage:', err: [] });
  });

  for (const reason of [[], [''], ['  ', '\u200b']]) {
    it(`does not pause for the reason ${JSON.stringify(reason)}`, async () => {
      const { code, out, err } = await cordon(['pause', ...reason], { folder, settings });

      assert.deepEqual({ code, out, lines: err.length }, { code: 64, out: [], lines: 1 });
      assert.match(err[0] ?? '', /^pause needs a reason/);
    });
  }

  it('does not pause for a reason that no card can show', async () => {
    const { code, err } = await cordon(['pause', 'x'.repeat(301)], { folder, settings });

    assert.deepEqual({ code, err }, { code: 64, err: ['The reason is 301 characters long: 300 at most'] });
  });

  it('wants no words behind resume and doctor', async () => {
    for (const name of ['resume', 'doctor']) {
      const { code, err } = await cordon([name, 'now'], { folder, settings });

      assert.deepEqual({ code, err }, { code: 64, err: [`${name} takes nothing behind it`] });
    }
  });

  it('ends with 78 and one line for each setting that is missing or wrong', async () => {
    for (const words of [['pause', 'maintenance'], ['resume']]) {
      const { code, out, err } = await cordon(words, { folder, settings: { BOT_TENANT_ID: 'contoso' } });

      const named = err.map((line) => line.split(':')[0]);
      assert.deepEqual(named, ['DATABASE_URL', 'BOT_APP_ID', 'BOT_TENANT_ID', 'BOT_APP_SECRET']);
      assert.deepEqual({ code, out }, { code: 78, out: [] });
    }
  });

  it('takes no setting from what is typed, which everybody on the machine can read', async () => {
    const { BOT_APP_SECRET = '', ...others } = settings;
    const typed = `BOT_APP_SECRET=${BOT_APP_SECRET}`;

    const asWord = await cordon(['pause', typed], { folder, settings: others });
    const asOption = await cordon([`--${typed}`, 'resume'], { folder, settings: others });

    assert.deepEqual([asWord.code, asOption.code], [78, 64]);
    assert.match(asWord.err.join(), /^BOT_APP_SECRET: one of /);
    for (const { out, err } of [asWord, asOption])
      assert.ok(![...out, ...err].join().includes(BOT_APP_SECRET));
  });

  it('creates no database where the bot has none', async () => {
    for (const words of [['pause', 'maintenance'], ['resume']]) {
      const { code, out, err } = await cordon(words, { folder, settings });

      assert.deepEqual({ code, out, lines: err.length }, { code: 75, out: [], lines: 1 });
      assert.match(
        err[0] ?? '',
        /^DATABASE_URL: there is no database in that folder yet: start the bot once/,
      );
    }
    assert.deepEqual(await readdir(folder), []);
  });

  it('says in one line without an address that the database server cannot be reached', async () => {
    const url = 'postgres://cordon:hunter2hunter2@127.0.0.1:1/cordon';

    const { code, out, err } = await cordon(['resume'], {
      folder,
      settings: { ...settings, DATABASE_URL: url },
    });

    assert.deepEqual({ code, out }, { code: 1, out: [] });
    assert.deepEqual(err, [
      'It is not sure that this was done, "npx cordon doctor" says more: DatabaseAwayError ECONNREFUSED',
    ]);
  });

  it('runs by npx on the Node that comes with the packages', async function () {
    this.timeout(60_000);
    const { PATH = '' } = process.env;
    const outside = PATH.split(':').filter((part) => !part.startsWith(root));

    const { stdout } = await promisify(execFile)('npx', ['--offline', 'cordon', '--help'], {
      cwd: root,
      env: { ...process.env, PATH: outside.join(':'), npm_config_update_notifier: 'false' },
    });

    assert.match(stdout, /^Usage:\n/);
  });
});
