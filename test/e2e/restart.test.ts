import assert from 'node:assert/strict';
import { type Asked, told } from './play.ts';
import { alex, priya, setStage } from './stage.ts';

describe('A restart', () => {
  const stage = setStage();

  /** Waits until the bot has read of the action's end; its card may not say so yet. */
  function seenAtItsEnd({ device }: Asked): Promise<void> {
    const { wire, defender } = stage.sandbox;
    return new Promise((resolve) => {
      const stop = wire.onEntry(({ what }) => {
        const action = defender.actions().find(({ machineId }) => machineId === device.id);
        if (what !== 'GET machineactions' || action?.status !== 'Succeeded') return;
        stop();
        resolve();
      });
    });
  }

  it('after a kill goes on with every request where it was, and sends nothing twice', async function () {
    this.timeout(90_000);
    const { faults, defender, bot } = stage.sandbox;
    const awaiting = await stage.ask({ device: 'ws-reception-02' });
    const pending = await stage.ask({ device: 'lt-sales-118' });
    await stage.press(alex, pending, 'approve');
    await stage.until(pending, 'Pending');
    // Defender takes its time and accepts long after nobody listens any more.
    const submitting = await stage.ask({ device: 'ws-design-044' });
    faults.set({ faults: { 'defender.submit': { kind: 'delay', ms: 8_000 } } });
    await stage.press(alex, submitting, 'approve');
    await stage.until(submitting, 'Submitting');
    const ended = await stage.ask({ device: 'srv-files-01' });
    faults.set({ faults: { 'connector.update': { kind: 'status', status: 503, times: null } } });
    await stage.press(alex, ended, 'approve');
    await seenAtItsEnd(ended);
    assert.equal(stage.label(ended), 'Awaiting approval');
    const checking = await stage.ask({ device: 'ws-finance-017' });
    faults.set({ faults: { 'defender.device': { kind: 'hang', times: null } } });
    assert.match(told(await stage.press(priya, checking, 'approve')), /^Recorded/);

    await bot.kill();
    faults.set({ faults: { 'defender.device': null, 'connector.update': null } });
    await bot.start();

    // What a killed process had in hand goes on when its heartbeat is missed.
    await stage.until(ended, 'Succeeded');
    await stage.until(checking, 'Succeeded');
    await stage.press(alex, awaiting, 'approve');
    await stage.until(awaiting, 'Succeeded');
    const [first] = defender.actions().filter(({ machineId }) => machineId === pending.device.id);
    defender.finish(first?.id ?? '', 'Succeeded');
    await stage.until(pending, 'Succeeded');
    await stage.until(submitting, 'Succeeded');
    for (const asked of [awaiting, pending, submitting, ended, checking]) {
      assert.equal(stage.submissions(asked).length, 1, asked.device.name);
    }
    assert.equal(stage.submissions(checking)[0]?.by, priya.upn);
  });

  it('by SIGTERM ends with exit code 0 within 10 s, also with work under way', async function () {
    this.timeout(60_000);
    const { faults, bot } = stage.sandbox;
    const asked = await stage.ask();
    faults.set({ faults: { 'defender.device': { kind: 'hang', times: null } } });
    assert.match(told(await stage.press(alex, asked, 'approve')), /^Recorded/);
    const started = performance.now();
    const exit = await bot.stop('SIGTERM');
    assert.ok(performance.now() - started < 10_000);
    assert.deepEqual(exit, { code: 0, signal: null });
    faults.set({ faults: { 'defender.device': null } });
    await bot.start();
    await stage.until(asked, 'Succeeded');
    assert.equal(stage.submissions(asked).length, 1);
  });
});
