import assert from 'node:assert/strict';
import { alex } from '../e2e/stage.ts';
import { type Rig, openRig } from '../support/rig.ts';
import { until } from '../support/until.ts';

/** Within these the process is gone, and what it had in hand is somebody else's. */
const goneWithinMs = 10_000;
const takenWithinMs = 12_000;

describe('A replica that is told to stop', function () {
  this.timeout(90_000);
  let rig: Rig;
  before(async () => {
    rig = await openRig({ bots: 2, devices: 2, settings: { LOG_LEVEL: 'trace' } });
  });
  after(async () => {
    assert.deepEqual(await rig.stop(), []);
  });

  it('hands over at once what it could not end, and nothing happens twice', async () => {
    const asked = await rig.ask({ device: rig.devices[0] ?? '' });
    // Alex's own: that the requestor's look at the device reads the list as well is another call.
    rig.sandbox.faults.aim({ target: 'defender.list', about: alex.upn, fault: { kind: 'hang' } });
    await rig.pressAnyway(alex, asked, 'approve');
    const hasIt = (output: string) =>
      output.split('\n').some((line) => line.includes('submission-taken') && line.includes(asked.requestId));
    const holderNow = () => rig.sandbox.bots.find((bot) => hasIt(bot.output()));
    await until(() => holderNow() !== undefined);
    const holder = holderNow() ?? assert.fail();

    const told = performance.now();
    const exit = await holder.stop('SIGTERM');
    const goneAfter = performance.now() - told;
    await until(() => rig.label(asked) === 'Succeeded');
    const takenAfter = performance.now() - told;

    assert.deepEqual(exit, { code: 0, signal: null });
    // By itself the call would have ended after ten seconds.
    assert.ok(goneAfter > 6_000);
    assert.ok(goneAfter < goneWithinMs, `gone after ${Math.round(goneAfter)} ms`);
    assert.ok(takenAfter < takenWithinMs, `succeeded after ${Math.round(takenAfter)} ms`);
    assert.equal(rig.submissions(asked).length, 1);
    await holder.start();
  });

  it('ends at once when it has nothing in hand', async () => {
    const [bot] = rig.sandbox.bots;
    const told = performance.now();

    const exit = await bot?.stop('SIGTERM');

    assert.deepEqual(exit, { code: 0, signal: null });
    assert.ok(performance.now() - told < 3_000);
    await bot?.start();
  });
});
