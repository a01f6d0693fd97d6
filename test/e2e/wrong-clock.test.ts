import assert from 'node:assert/strict';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { calm } from '../support/rig.ts';
import { freshDatabase } from './fresh-database.ts';
import { leaksOf } from './leaks.ts';
import { createPlay } from './play.ts';
import { alex } from './stage.ts';

const preload = new URL('../support/wrong-clock.ts', import.meta.url);
const expirySeconds = 12;

for (const [minutes, name] of [
  [4, 'ahead'],
  [-4, 'behind'],
] as const) {
  describe(`A process whose clock is four minutes ${name}`, function () {
    this.timeout(90_000);
    let sandbox: Sandbox;
    let drop: () => Promise<void>;
    const play = createPlay(() => sandbox, []);
    before(async () => {
      const database = await freshDatabase();
      drop = () => database.drop();
      sandbox = await startSandbox({
        page: false,
        pace: 0.05,
        databaseUrl: database.url,
        nodeArgs: ['--import', `${preload.href}?minutes=${minutes}`],
        settings: { TRACKING_INTERVAL_SECONDS: '1', REQUEST_EXPIRY: `${expirySeconds}s` },
      });
    });
    beforeEach(() => {
      calm(sandbox);
    });
    after(async () => {
      await sandbox.stop();
      assert.deepEqual(leaksOf(sandbox, []), []);
      await drop();
    });

    it('lets a request expire when its time is over, not before and not later', async () => {
      const started = performance.now();
      const asked = await play.ask({ device: 'ws-reception-02' });

      await play.until(asked, 'Expired', 2_000 * expirySeconds);

      const seconds = (performance.now() - started) / 1_000;
      assert.ok(seconds > expirySeconds - 1 && seconds < expirySeconds + 5, `after ${seconds.toFixed(1)} s`);
      await play.outcome(asked, /nobody decided in time/);
    });

    it('restricts, follows the action to its end and tells of it', async () => {
      // This device is offline: its action stays `Pending` until somebody says otherwise.
      const asked = await play.ask({ device: 'lt-sales-118' });
      await play.press(alex, asked, 'approve');
      await play.until(asked, 'Pending');
      sandbox.defender.finish(sandbox.defender.actions()[0]?.id ?? '', 'Succeeded');

      await play.until(asked, 'Succeeded');

      await play.outcome(asked, /Succeeded/);
      assert.equal(play.submissions(asked).length, 1);
    });

    it('waits as long as Defender asks', async () => {
      const asked = await play.ask({ device: 'ws-design-044' });
      sandbox.faults.set({
        faults: { 'defender.submit': { kind: 'status', status: 429, retryAfterSeconds: 3 } },
      });
      const started = performance.now();
      await play.press(alex, asked, 'approve');

      await play.until(asked, 'Succeeded');

      assert.ok(performance.now() - started > 3_000);
      assert.equal(play.submissions(asked).length, 1);
    });

    it('finds the action of a POST whose answer was lost, and sends no second one', async () => {
      const asked = await play.ask({ device: 'srv-files-01' });
      sandbox.faults.set({ faults: { 'defender.submit': { kind: 'reset-after' } } });
      await play.press(alex, asked, 'approve');

      await play.until(asked, 'Succeeded');

      assert.equal(play.submissions(asked).length, 1);
    });

    it('answers who is who: tokens are neither too old nor too new for it', () => {
      assert.doesNotMatch(sandbox.bot.output(), /refused an inbound request/);
    });
  });
}
