import assert from 'node:assert/strict';
import { signInByBrowser } from '../../sandbox/sign-in-by-browser.ts';
import type { Asked, Wish } from './play.ts';
import { told } from './play.ts';
import { alex, incident, jordan, nightShift, priya, riley, sam, setStage } from './stage.ts';

describe('A request that needs attention', () => {
  const stage = setStage();

  /** Alex approves and signs out while Defender is asked for the device: the approval stands, its sign-in does not. */
  async function withoutSignIn(wish: Wish = {}): Promise<Asked> {
    const asked = await stage.ask(wish);
    const fault = { kind: 'delay', ms: 1_000 } as const;
    const { struck } = stage.sandbox.faults.aim({ target: 'defender.device', about: asked.device.id, fault });
    const answer = stage.press(alex, asked, 'approve', { comment: 'Go' });
    await struck;
    stage.sandbox.tokenService.signOut(alex);
    await answer;
    await stage.until(asked, 'Needs attention');
    return asked;
  }

  it('waits for its approver, whose own sign-in alone brings it on, with one POST', async () => {
    const asked = await withoutSignIn();
    assert.match(stage.text(asked), /Waiting for Alex Moreno to sign in/);
    assert.match(stage.text(asked), /Nothing was sent to Defender/);
    assert.deepEqual(stage.verbs(asked), ['retry', 'close']);
    await stage.outcome(asked, new RegExp(`${asked.number} Needs attention: the approver has to sign in`));

    for (const person of [priya, riley]) {
      const refused = told(await stage.press(person, asked, 'retry'));
      assert.match(refused, /^Only Alex Moreno can retry/);
      assert.match(refused, /Nothing was changed\..*Close with a remark.*new request/);
    }
    assert.equal(stage.submissions(asked).length, 0);

    const first = await stage.press(alex, asked, 'retry');
    assert.ok(first.login, 'the sign-in belongs to the turn');
    assert.equal(stage.label(asked), 'Needs attention');
    const code = await signInByBrowser(first.login.link, alex);
    const answer = told(await stage.press(alex, asked, 'retry', { code }));

    assert.match(answer, /Recorded\. Cordon now hands the action to Defender with your rights/);
    await stage.until(asked, 'Succeeded');
    assert.deepEqual(
      stage.submissions(asked).map(({ by, accepted }) => ({ by, accepted })),
      [{ by: alex.upn, accepted: true }],
    );
    assert.doesNotMatch(stage.text(asked), /Waiting for|Closed by/);
    const late = told(await stage.pressAnyway(alex, asked, 'retry'));
    assert.match(late, /There is nothing to retry in #\d+, its status is “Succeeded”/);
  });

  const revoked = { kind: 'aadsts', number: 50173, error: 'invalid_grant', times: null } as const;

  it('is brought on by a new sign-in when Entra refused the old one, which is not used again', async () => {
    const asked = await stage.ask({ where: nightShift, device: 'ws-reception-02' });
    const fault = { kind: 'delay', ms: 1_000 } as const;
    const { struck } = stage.sandbox.faults.aim({ target: 'defender.device', about: asked.device.id, fault });
    const approved = stage.press(alex, asked, 'approve');
    await struck;
    stage.sandbox.faults.set({ faults: { 'entra.obo': revoked } });
    await approved;
    await stage.until(asked, 'Needs attention');
    stage.sandbox.faults.reset();

    const { login } = await stage.press(alex, asked, 'retry');
    assert.ok(login, 'neither what lay in the token service nor a silent sign-in is taken');
    const code = await signInByBrowser(login.link, alex);
    await stage.press(alex, asked, 'retry', { code });

    await stage.until(asked, 'Succeeded');
    assert.equal(stage.submissions(asked).length, 1);
  });

  it('is spared to who is asked to sign in anew at the click, and does', async () => {
    const asked = await stage.ask({ where: nightShift, device: 'ws-reception-02' });
    stage.sandbox.faults.set({ faults: { 'entra.obo': revoked } });
    assert.match(told(await stage.press(alex, asked, 'approve')), /Press Approve again and sign in/);
    stage.sandbox.faults.reset();

    const { login } = await stage.press(alex, asked, 'approve');
    assert.ok(login);
    const code = await signInByBrowser(login.link, alex);
    assert.match(told(await stage.press(alex, asked, 'approve', { code })), /Approved/);

    await stage.until(asked, 'Succeeded');
  });

  it('is closed with a remark by anybody but its requestor, and the thread learns of it', async () => {
    const asked = await withoutSignIn({ device: 'ws-reception-02' });

    assert.match(
      told(await stage.press(riley, asked, 'close', { comment: 'Never mind' })),
      /own request, so you cannot close it/,
    );
    assert.match(
      told(await stage.press(jordan, asked, 'close', { comment: ' ' })),
      /^Closing needs a remark/,
    );
    assert.match(stage.text(asked), /Waiting for Alex Moreno/);
    const answer = told(await stage.press(jordan, asked, 'close', { comment: 'Unplugged by hand' }));

    assert.match(answer, /Closed by\nJordan [^\n]+\n“Unplugged by hand”/);
    await stage.until(asked, /Closed\. Nothing was changed on the device\./);
    assert.equal(stage.label(asked), 'Needs attention');
    assert.deepEqual(stage.verbs(asked), []);
    const { mentions = [] } = await stage.outcome(asked, /Jordan .* closed the request.*“Unplugged by hand”/);
    assert.deepEqual(new Set(mentions.map(({ id }) => id)), new Set([riley.teamsId, alex.teamsId]));

    const again = told(await stage.pressAnyway(sam, asked, 'close', { comment: 'Me too' }));
    assert.match(again, /has closed #\d+ already/);
    stage.sandbox.tokenService.signIn(alex);
    assert.match(told(await stage.pressAnyway(alex, asked, 'retry')), /nothing to retry/);
    assert.equal(stage.submissions(asked).length, 0);

    const next = await stage.ask({ device: 'ws-reception-02', reason: 'Asked anew' });
    assert.notEqual(next.number, asked.number);
    await stage.press(priya, next, 'approve');
    await stage.until(next, 'Succeeded');
    assert.equal(stage.submissions(next)[0]?.by, priya.upn);
  });

  it('can be taken back by its requestor while nothing was sent', async () => {
    const asked = await withoutSignIn({ device: 'ws-design-044' });

    await stage.sandbox.teams.say(riley, incident, `/cancel ${asked.number} Wrong device`);

    await stage.until(asked, 'Withdrawn');
    assert.match(told(await stage.pressAnyway(alex, asked, 'retry')), /nothing to retry/);
    assert.equal(stage.submissions(asked).length, 0);
  });

  it('for a device that cannot be restricted is closed as well', async () => {
    const asked = await stage.ask({ device: 'mb-studio-05' });
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Needs attention');
    assert.deepEqual(stage.verbs(asked), ['close']);

    await stage.press(sam, asked, 'close', { comment: 'Taken off the network' });

    await stage.until(asked, /Closed by\nSam Okafor/);
  });
});
