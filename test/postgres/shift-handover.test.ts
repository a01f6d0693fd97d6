import assert from 'node:assert/strict';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { freshDatabase } from '../e2e/fresh-database.ts';
import { createPlay } from '../e2e/play.ts';
import { incident, riley } from '../e2e/stage.ts';
import { type FastClock, installFastClock, openFastClock } from '../support/fast-clock.ts';

describe('A handover that was asked for every day', function () {
  this.timeout(90_000);
  let sandbox: Sandbox;
  let clock: FastClock;
  let drop: () => Promise<void>;
  const play = createPlay(() => sandbox, []);
  before(async () => {
    const database = await freshDatabase();
    await installFastClock(database.url);
    clock = await openFastClock(database.url);
    sandbox = await startSandbox({ page: false, bots: 2, databaseUrl: database.url });
    drop = async () => {
      await clock.close();
      await database.drop();
    };
  });
  after(async () => {
    await sandbox.stop();
    await drop();
  });

  /** Posts of the channel itself; what answers a message stands in its thread. */
  const handovers = () =>
    sandbox.teams.messages
      .list(incident.id)
      .filter(({ id, threadId, summary }) => id === threadId && summary?.startsWith('Handover') === true);

  it('is posted by one of two replicas, in the conversation and in no thread, when its time comes', async () => {
    const asked = await play.ask({ where: incident });
    const soon = new Date(Date.now() + 120_000).toISOString().slice(11, 16);
    const set = await play.answerTo(riley, incident, `/digest at ${soon}`);
    const before = handovers().length;

    await clock.advance(180);
    const posted = await sandbox.teams.messages.until(() => handovers().at(-1), 30_000);
    await clock.advance(60);

    assert.match(set, new RegExp(`every day at ${soon} UTC`));
    assert.deepEqual([before, handovers().length], [0, 1]);
    assert.match(JSON.stringify(posted.card), new RegExp(`${asked.number}\\b`));
  });
});
