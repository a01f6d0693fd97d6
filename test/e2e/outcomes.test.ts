import assert from 'node:assert/strict';
import type { Label } from '../../sandbox/card-reading.ts';
import { told } from './play.ts';
import { alex, incident, jordan, priya, riley, sam, setStage } from './stage.ts';

describe('The end of a machine action', () => {
  const stage = setStage();
  const ends = [
    { device: 'ws-finance-017', end: 'Succeeded', label: 'Succeeded' },
    { device: 'ws-reception-02', end: 'Failed', label: 'Failed' },
    { device: 'ws-design-044', end: 'TimeOut', label: 'Timed out' },
    { device: 'srv-files-01', end: 'Cancelled', label: 'Cancelled' },
  ] as const;

  it('is shown as Defender reports it, and told once in the thread', async () => {
    await Promise.all(
      ends.map(async ({ device, end, label }) => {
        const asked = await stage.ask({ device });
        const { faults } = stage.sandbox;
        const { defenderEndByDevice } = faults.get();
        faults.set({ defenderEndByDevice: { ...defenderEndByDevice, [asked.device.id]: end } });
        await stage.press(alex, asked, 'approve');
        await stage.until(asked, label satisfies Label);
        await stage.outcome(asked, new RegExp(`${asked.number} ${label}`));
        if (end === 'Failed') assert.match(stage.text(asked), /0x80070005/);
        assert.equal(stage.submissions(asked).length, 1);
      }),
    );
    const notices = stage.sandbox.teams.messages
      .list(incident.id)
      .filter(({ text = '' }) => / (Succeeded|Failed|Timed out|Cancelled): Defender reports/.test(text));
    const perThread = new Map<string, number>();
    for (const { threadId } of notices) perThread.set(threadId, (perThread.get(threadId) ?? 0) + 1);
    assert.ok([...perThread.values()].every((count) => count === 1));
  });

  it('passes through Pending and In progress on the same card', async () => {
    const asked = await stage.ask({ device: 'lt-sales-118' });
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Pending');
    const [action] = stage.sandbox.defender.actions();
    assert.ok(action);
    stage.sandbox.defender.finish(action.id, 'InProgress');
    await stage.until(asked, 'In progress');
    stage.sandbox.defender.finish(action.id, 'Succeeded');
    await stage.until(asked, 'Succeeded');
  });
});

describe('A refused click', () => {
  const stage = setStage();

  it('of Deny without a comment is told privately; with one it ends the request', async () => {
    const asked = await stage.ask();
    for (const comment of ['', '   ']) {
      const answer = await stage.press(priya, asked, 'deny', { comment });
      assert.match(told(answer), /denial needs a reason/i);
    }
    assert.equal(stage.label(asked), 'Awaiting approval');
    await stage.press(priya, asked, 'deny', { comment: 'False positive, see ticket' });
    await stage.until(asked, 'Denied');
    assert.match(stage.text(asked), /Priya Nair/);
    assert.match(stage.text(asked), /False positive, see ticket/);
    assert.deepEqual(stage.verbs(asked), []);
    await stage.outcome(asked, /Denied/);
    assert.equal(stage.submissions(asked).length, 0);
    assert.match(told(await stage.pressAnyway(alex, asked, 'approve')), /decided already/);
  });

  it('of the own request is refused for Approve and Deny', async () => {
    const asked = await stage.ask();
    assert.match(told(await stage.press(riley, asked, 'approve')), /your own request/);
    assert.match(told(await stage.press(riley, asked, 'deny', { comment: 'no' })), /your own request/);
    assert.equal(stage.label(asked), 'Awaiting approval');
  });

  for (const outOfScope of ['404', '403'] as const) {
    it(`by somebody without the device group is private and leaves it open (Defender says ${outOfScope})`, async () => {
      stage.sandbox.faults.set({ outOfScope });
      const asked = await stage.ask();
      const answer = await stage.press(sam, asked, 'approve');
      assert.match(told(answer), /did not hold/);
      assert.match(told(answer), outOfScope === '404' ? /device groups/ : /Defender role/);
      await stage.until(asked, /Sam Okafor’s approval did not hold/);
      assert.equal(stage.label(asked), 'Awaiting approval');
      assert.doesNotMatch(stage.text(asked), /device groups|Defender role/);
      await stage.press(alex, asked, 'approve');
      await stage.until(asked, 'Succeeded');
      assert.equal(stage.submissions(asked)[0]?.by, alex.upn);
    });
  }

  it('by somebody who may see but not act is void after Defender’s 403, told privately, and stays open', async () => {
    const asked = await stage.ask({ by: alex });
    stage.sandbox.tokenService.signIn(riley);
    await stage.press(riley, asked, 'approve');
    await stage.privateMessage(riley, new RegExp(`${asked.number} did not hold: your Defender role`));
    await stage.until(asked, 'Awaiting approval');
    assert.equal(
      stage.submissions(asked).every(({ accepted }) => !accepted),
      true,
    );
    await stage.press(priya, asked, 'approve');
    await stage.until(asked, 'Succeeded');
  });

  it('by somebody without any role in Defender is private', async () => {
    stage.sandbox.tokenService.signIn(jordan);
    const asked = await stage.ask();
    const answer = await stage.press(jordan, asked, 'approve');
    assert.match(told(answer), /did not hold/);
    assert.equal(stage.label(asked), 'Awaiting approval');
    assert.equal(stage.submissions(asked).length, 0);
  });

  it('names the permission that nobody consented to', async () => {
    const asked = await stage.ask();
    for (const missingScope of ['Machine.Read', 'Machine.RestrictExecution'] as const) {
      stage.sandbox.faults.set({ missingScope });
      const answer = await stage.press(alex, asked, 'approve');
      assert.match(told(answer), new RegExp(`consent is missing for ${missingScope.replace('.', '\\.')}`));
    }
    assert.equal(stage.label(asked), 'Awaiting approval');
  });

  const refusals = [
    { number: 65001, error: 'invalid_grant', says: /admin consent for Cordon is missing/ },
    { number: 50076, error: 'interaction_required', says: /one more sign-in step/ },
    { number: 53003, error: 'interaction_required', says: /Conditional Access policy/ },
    { number: 50105, error: 'invalid_grant', says: /not assigned/ },
  ] as const;
  for (const { number, error, says } of refusals) {
    it(`by Entra with AADSTS${number} is said in its own words, privately`, async () => {
      const asked = await stage.ask();
      const suberror = number === 65001 ? { suberror: 'consent_required' } : {};
      stage.sandbox.faults.set({
        faults: { 'entra.obo': { kind: 'aadsts', number, error, times: null, ...suberror } },
      });
      const answer = await stage.press(alex, asked, 'approve');
      assert.match(told(answer), says);
      assert.equal(stage.label(asked), 'Awaiting approval');
      assert.doesNotMatch(stage.text(asked), /AADSTS/);
    });
  }

  it('because the platform can certainly not do it ends the request, with a word in the thread', async () => {
    await Promise.all(
      (['mb-studio-05', 'vm-build-09', 'srv-legacy-03'] as const).map(async (device) => {
        const asked = await stage.ask({ device });
        await stage.press(alex, asked, 'approve');
        await stage.until(asked, 'Needs attention');
        await stage.outcome(asked, /operating system/);
        assert.deepEqual(stage.verbs(asked), ['close']);
        assert.equal(stage.submissions(asked).length, 0);
      }),
    );
  });
});
