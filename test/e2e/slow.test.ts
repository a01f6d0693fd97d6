import assert from 'node:assert/strict';
import { told } from './play.ts';
import { alex, priya, sam, setStage } from './stage.ts';

/** The contract's promise for any answer to a button. */
const answerWithinMs = 5_000;

describe('A click while Defender or Entra is slow', () => {
  const stage = setStage();

  async function timed<T>(work: Promise<T>): Promise<T> {
    const started = performance.now();
    const result = await work;
    const ms = performance.now() - started;
    assert.ok(ms < answerWithinMs, `answered after ${Math.round(ms)} ms`);
    return result;
  }

  it('is recorded within 5 s, said on the card, and approved by a job', async () => {
    const asked = await stage.ask();
    stage.sandbox.faults.set({ faults: { 'defender.device': { kind: 'delay', ms: 4_000, times: 2 } } });
    const answer = await timed(stage.pressAnyway(alex, asked, 'approve', { comment: 'Go' }));
    assert.match(told(answer), /^Recorded\. Defender is checking your rights/);
    await stage.until(asked, /Alex Moreno pressed Approve \d\d:\d\d( UTC)?, checking/);
    assert.equal(stage.label(asked), 'Awaiting approval');
    await stage.until(asked, 'Succeeded');
    assert.match(stage.text(asked), /Approved by\nAlex Moreno/);
    assert.equal(stage.submissions(asked).length, 1);
  });

  it('is void when the job learns that the person may not; they are told alone and it stays open', async () => {
    const asked = await stage.ask();
    stage.sandbox.faults.set({ faults: { 'defender.device': { kind: 'hang' } } });
    assert.match(told(await timed(stage.pressAnyway(sam, asked, 'approve'))), /^Recorded/);
    await stage.privateMessage(
      sam,
      new RegExp(`${asked.number} did not hold: in Defender the device is not found`),
    );
    await stage.until(asked, /Sam Okafor’s approval did not hold/);
    assert.equal(stage.label(asked), 'Awaiting approval');
    assert.doesNotMatch(stage.text(asked), /checking/);
    assert.equal(stage.submissions(asked).length, 0);
  });

  it('loses against a denial meanwhile, and its person is told', async () => {
    const asked = await stage.ask();
    stage.sandbox.faults.set({ faults: { 'defender.device': { kind: 'hang', times: null } } });
    assert.match(told(await timed(stage.pressAnyway(alex, asked, 'approve'))), /^Recorded/);
    await stage.press(priya, asked, 'deny', { comment: 'Known tool' });
    stage.sandbox.faults.set({ faults: { 'defender.device': null } });
    await stage.until(asked, 'Denied');
    await stage.privateMessage(alex, new RegExp(`${asked.number} did not hold: Priya Nair denied`));
    assert.equal(stage.submissions(asked).length, 0);
  });

  it('that hangs at Entra’s exchange is recorded and goes on', async () => {
    const asked = await stage.ask({ device: 'ws-design-044' });
    stage.sandbox.faults.set({ faults: { 'entra.obo': { kind: 'hang' } } });
    assert.match(told(await timed(stage.pressAnyway(alex, asked, 'approve'))), /^Recorded/);
    await stage.until(asked, 'Succeeded');
    assert.equal(stage.submissions(asked).length, 1);
  });

  it('is not recorded when the token service cannot prove the identity in time; the person presses again', async () => {
    const asked = await stage.ask();
    stage.sandbox.faults.set({ faults: { 'tokenservice.get': { kind: 'hang', times: null } } });
    const answer = await timed(stage.pressAnyway(alex, asked, 'approve'));
    assert.match(told(answer), /press again/i);
    assert.match(told(answer), /Nothing was recorded/);
    stage.sandbox.faults.set({
      faults: { 'tokenservice.get': { kind: 'status', status: 503, times: null } },
    });
    assert.match(told(await timed(stage.pressAnyway(alex, asked, 'approve'))), /Nothing was recorded/);
    stage.sandbox.faults.set({ faults: { 'tokenservice.get': null } });
    assert.doesNotMatch(stage.text(asked), /pressed Approve/);
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
  });
});
