import assert from 'node:assert/strict';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { freshDatabase } from '../e2e/fresh-database.ts';
import { createPlay } from '../e2e/play.ts';
import { alex } from '../e2e/stage.ts';
import { type FastClock, installFastClock, openFastClock } from '../support/fast-clock.ts';
import { calm } from '../support/rig.ts';

describe('A lift outside Cordon, with two replicas', function () {
  this.timeout(120_000);
  let sandbox: Sandbox;
  let clock: FastClock;
  let drop: () => Promise<void>;
  const play = createPlay(() => sandbox, []);
  before(async () => {
    const database = await freshDatabase();
    await installFastClock(database.url);
    clock = await openFastClock(database.url);
    sandbox = await startSandbox({
      page: false,
      pace: 0.05,
      bots: 2,
      databaseUrl: database.url,
      defenderNow: () => Date.now() + clock.ahead * 1_000,
    });
    calm(sandbox);
    drop = async () => {
      await clock.close();
      await database.drop();
    };
  });
  after(async () => {
    await sandbox.stop();
    await drop();
  });

  it('is told once', async () => {
    const asked = await play.ask();
    await play.press(alex, asked, 'approve');
    await play.until(asked, 'Succeeded');
    sandbox.defender.addAction({
      deviceId: asked.device.id,
      type: 'UnrestrictCodeExecution',
      status: 'Succeeded',
    });
    const words = () =>
      sandbox.teams.messages
        .list(asked.conversation.id)
        .filter(({ text = '' }) => text.includes(`${asked.number}: Defender reports`));

    for (let tries = 0; tries < 4 && words().length === 0; tries += 1) {
      await clock.advance(601);
      await sandbox.teams.messages.until(() => words()[0], 9_000).catch(() => undefined);
    }
    await play.until(asked, /Lifted outside Cordon/);
    await clock.advance(601);
    const next = await play.ask({ device: 'ws-reception-02' });
    await play.press(alex, next, 'approve');
    await play.until(next, 'Succeeded');

    assert.equal(words().length, 1);
  });
});
