import assert from 'node:assert/strict';
import type { Asked } from './play.ts';
import { told } from './play.ts';
import { alex, incident, nightShift, priya, riley, setStage } from './stage.ts';

describe('Cancelling', () => {
  const stage = setStage({ signedIn: [alex, priya, riley] });

  /** Defender has it and the device, being offline, does not fetch it. */
  async function running(device = 'lt-sales-118'): Promise<Asked> {
    stage.sandbox.faults.set({ devicesOffline: true });
    const asked = await stage.ask({ device });
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Pending');
    return asked;
  }

  it('before the approval is for the requester: the request is withdrawn and the thread told', async () => {
    const asked = await stage.ask();
    assert.match(told(await stage.press(alex, asked, 'cancel', { comment: 'no' })), /can take it back/);
    assert.equal(stage.label(asked), 'Awaiting approval');
    await stage.press(riley, asked, 'cancel', { comment: 'Wrong device' });
    await stage.until(asked, 'Withdrawn');
    assert.match(stage.text(asked), /Wrong device/);
    await stage.outcome(asked, /Withdrawn/);
    assert.match(told(await stage.pressAnyway(alex, asked, 'approve')), /decided already/);
    assert.equal(stage.submissions(asked).length, 0);
  });

  it('by a typed command withdraws too, only in its conversation and only by number', async () => {
    const asked = await stage.ask();
    assert.match(
      await stage.answerTo(riley, nightShift, `/cancel ${asked.number} typo`),
      /no request #\d+ in this/,
    );
    assert.match(await stage.answerTo(riley, incident, '/cancel #99999 typo'), /no request #99999/);
    assert.match(await stage.answerTo(riley, incident, `/cancel ${asked.number}`), /reason is missing/);
    assert.match(await stage.answerTo(priya, incident, `/cancel ${asked.number} no`), /can take it back/);
    assert.equal(stage.label(asked), 'Awaiting approval');
    await stage.sandbox.teams.say(riley, incident, `/cancel ${asked.number.slice(1)} Typed in haste`);
    await stage.until(asked, 'Withdrawn');
    assert.match(stage.text(asked), /Typed in haste/);
  });

  it('of a running action by its approver is done with the approver’s own token', async () => {
    const asked = await running();
    const answer = await stage.press(alex, asked, 'cancel', { comment: 'User called back' });
    assert.equal(answer.statusCode, 200);
    await stage.until(asked, 'Cancelled');
    const [action] = stage.sandbox.defender.actions();
    assert.equal(action?.cancellationRequestor, alex.upn);
    assert.match(action.cancellationComment ?? '', /User called back/);
    assert.match(stage.text(asked), /Cancelled by\nAlex Moreno/);
    await stage.outcome(asked, /was cancelled/);
  });

  it('of a running action by a typed command is the canceller’s own call', async () => {
    const asked = await running('ws-reception-02');
    await stage.sandbox.teams.say(priya, incident, `/cancel ${asked.number} Not needed`);
    await stage.until(asked, 'Cancelled');
    assert.equal(stage.sandbox.defender.actions()[0]?.cancellationRequestor, priya.upn);
  });

  it('typed by somebody who is not signed in points to the button and changes nothing', async () => {
    const asked = await running();
    stage.sandbox.tokenService.signOut(priya);
    assert.match(
      await stage.answerTo(priya, incident, `/cancel ${asked.number} stop`),
      /press Cancel action/,
    );
    assert.doesNotMatch(stage.text(asked), /Cancellation/);
  });

  it('of a running action by somebody without the right is refused privately, and it goes on', async () => {
    const asked = await running();
    const answer = await stage.press(riley, asked, 'cancel', { comment: 'Please stop' });
    assert.match(told(answer), /role does not allow cancelling/);
    stage.sandbox.faults.set({ devicesOffline: false });
    const [action] = stage.sandbox.defender.actions();
    stage.sandbox.defender.finish(action?.id ?? '', 'Succeeded');
    await stage.until(asked, 'Succeeded');
    assert.doesNotMatch(stage.text(asked), /Please stop/);
  });

  it('after the end changes nothing and shows the newest card', async () => {
    const asked = await stage.ask();
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
    assert.match(told(await stage.pressAnyway(alex, asked, 'cancel')), /nothing left to cancel/);
    assert.match(
      await stage.answerTo(alex, incident, `/cancel ${asked.number} late`),
      /nothing left to cancel/,
    );
  });

  it('while Defender is slow is recorded and done by a job', async () => {
    const asked = await running();
    stage.sandbox.faults.set({ faults: { 'defender.cancel': { kind: 'hang' } } });
    await stage.press(alex, asked, 'cancel', { comment: 'Stop' });
    await stage.until(asked, 'Cancelled');
  });

  for (const who of [alex, riley]) {
    it(`what was surely not sent yet withdraws it (${who === alex ? 'approver' : 'requester'})`, async () => {
      const asked = await stage.ask();
      stage.sandbox.faults.set({
        faults: { 'defender.submit': { kind: 'status', status: 429, retryAfterSeconds: 3 } },
      });
      await stage.press(alex, asked, 'approve');
      await stage.until(asked, /Defender asked to wait until/);
      await stage.press(who, asked, 'cancel', { comment: 'Stop' });
      await stage.until(asked, 'Withdrawn', 8_000);
      assert.equal(stage.submissions(asked).length, 0);
    });
  }
});
