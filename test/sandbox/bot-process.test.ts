import assert from 'node:assert/strict';
import { access, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { createTempFolder } from '../../sandbox/tls.ts';

const standIn = `
import { createServer } from 'node:http';
console.log('settings', process.env.BOT_APP_ID, process.env.SECRET_OF_THE_DEVELOPER);
createServer((req, res) => res.end('{}')).listen(Number(process.env.PORT), '127.0.0.1');
`;

/** Writes in two goes, as a stream may cut a line anywhere. */
const talkative = (what: string): string => `
import { createServer } from 'node:http';
createServer((req, res) => {
  const line = '{"level":"debug","got":"' + (${what}) + '"}';
  process.stdout.write(line.slice(0, -30), () => process.stdout.write(line.slice(-30) + '\\n', () => res.end('{}')));
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

describe('the bot as a child process', () => {
  it('gets its settings only, restarts, and leaves nothing behind', async () => {
    const folder = await createTempFolder();
    const botEntry = join(folder.path, 'bot.mjs');
    await writeFile(botEntry, standIn);
    process.env['SECRET_OF_THE_DEVELOPER'] = 'leaked';
    const sandbox = await startSandbox({ botEntry, pace: 0.05 });
    delete process.env['SECRET_OF_THE_DEVELOPER'];

    const killed = await sandbox.bot.kill();
    await sandbox.bot.start();
    await sandbox.bot.restart();
    await Promise.all([sandbox.stop(), sandbox.stop()]);

    assert.equal(killed?.signal, 'SIGKILL');
    assert.match(sandbox.bot.output(), /settings 3f2504e0-\S+ undefined/);
    assert.equal(sandbox.bot.running, false);
    await assert.rejects(access(dirname(sandbox.settings['NODE_EXTRA_CA_CERTS'] ?? '')));
    await assert.rejects(fetch(`${sandbox.bot.url}/readyz`));
    await folder.remove();
  });

  it('reports the last words of a bot that does not start', async () => {
    const folder = await createTempFolder();
    const botEntry = join(folder.path, 'bot.mjs');
    await writeFile(botEntry, `console.error('PORT: expected a number'); process.exit(78);`);

    await assert.rejects(startSandbox({ botEntry }), /PORT: expected a number/);

    await folder.remove();
  });

  for (const [told, what, says] of [
    ['the token of an activity', 'req.headers.authorization', 'token of the channel'],
    ['the secret of the application', 'process.env.BOT_APP_SECRET', 'secret of the application'],
  ] as const) {
    it(`is found out when it writes ${told} into its output`, async () => {
      const folder = await createTempFolder();
      const botEntry = join(folder.path, 'bot.mjs');
      await writeFile(botEntry, talkative(what));

      const sandbox = await startSandbox({ botEntry, pace: 0.05 });

      await assert.rejects(sandbox.stop(), new RegExp(`held secrets: ${says}`));
      await folder.remove();
    });
  }
});
