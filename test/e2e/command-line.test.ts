import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cordon } from '../support/cordon-command.ts';
import { alex, setStage } from './stage.ts';

/** On a server the tools work beside the running bot: test/postgres/pause.test.ts. */
const embedded = process.env['TEST_POSTGRES_URL'] === undefined;

describe('cordon beside the bot', function () {
  this.timeout(90_000);
  const stage = setStage();
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cordon-beside-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const run = async (...words: string[]) => {
    const end = await cordon(words, { folder, settings: stage.sandbox.settings });
    // Found out at the end, like all output of the bot.
    stage.sandbox.issued.read([...end.out, ...end.err].join('\n'));
    return end;
  };

  it('proves consent by the approval that somebody gave', async () => {
    const asked = await stage.ask();
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
    if (embedded) await stage.sandbox.bot.stop();

    const { code, out } = await run('doctor');

    assert.ok(out.some((line) => /^ok +consent: proven by the on-behalf-of answer on /.test(line)));
    assert.equal(code, 0);
  });

  if (!embedded) return;

  it('changes nothing while the bot has the embedded database, and says so', async () => {
    for (const words of [['pause', 'Drill'], ['resume'], ['doctor']]) {
      const { code, out, err } = await run(...words);

      assert.equal(code, 75, words[0]);
      assert.match([...out, ...err].join('\n'), /in use by process \d+ on .*: stop that one first/);
    }
    const ready = await fetch(`${stage.sandbox.bot.url}/readyz`);
    assert.equal(((await ready.json()) as { paused?: boolean }).paused, undefined);
  });

  it('pauses and resumes a bot that is stopped', async () => {
    const { bot } = stage.sandbox;
    const asked = await stage.ask();
    await bot.stop();

    const paused = await run('pause', 'Drill');
    await bot.start();

    assert.equal(paused.code, 0);
    await stage.until(asked, /paused since .*: Drill/);
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, /Approved|Submitting/);
    assert.equal(stage.submissions(asked).length, 0);
    await bot.stop();
    assert.equal((await run('resume')).code, 0);
    await bot.start();
    await stage.until(asked, 'Succeeded');
    assert.equal(stage.submissions(asked).length, 1);
  });
});
