import assert from 'node:assert/strict';
import { told } from './play.ts';
import { alex, priya, riley, setStage } from './stage.ts';

/** Both settings in one bot, because each start with a new database takes seconds. */
const settings = { REQUEST_EXPIRY: '3s', TRACKING_IDENTITY: 'application' };

describe('A request that nobody decides in time', () => {
  const stage = setStage({ settings });

  it('expires: label, no buttons, a word in the thread; later clicks are refused, a new request is not', async () => {
    const asked = await stage.ask();
    await stage.until(asked, 'Expired');
    assert.deepEqual(stage.verbs(asked), []);
    const { mentions = [] } = await stage.outcome(asked, /nobody decided in time/);
    assert.deepEqual(
      mentions.map(({ id }) => id),
      [riley.teamsId],
    );
    for (const verb of ['approve', 'deny', 'cancel']) {
      const answer = await stage.pressAnyway(verb === 'cancel' ? riley : alex, asked, verb, {
        comment: 'late',
      });
      assert.equal(answer.statusCode, 200);
      assert.match(told(answer), /Expired/);
    }
    assert.equal(stage.submissions(asked).length, 0);

    const again = await stage.ask();
    assert.notEqual(again.number, asked.number);
    await stage.press(alex, again, 'approve');
    await stage.until(again, 'Succeeded');
  });

  it('expires also while a click is being checked, and that person is told', async () => {
    const asked = await stage.ask();
    stage.sandbox.faults.set({ faults: { 'defender.device': { kind: 'hang', times: null } } });
    assert.match(told(await stage.press(priya, asked, 'approve')), /^Recorded/);
    await stage.until(asked, 'Expired');
    await stage.privateMessage(priya, new RegExp(`${asked.number} did not hold: the request ended`));
    stage.sandbox.faults.set({ faults: { 'defender.device': null } });
    assert.equal(stage.submissions(asked).length, 0);
  });
});

describe('Tracking with the identity of the application', () => {
  const stage = setStage({ settings });

  it('goes on when the approver has signed out, and changes nothing as the application', async () => {
    const asked = await stage.ask({ device: 'lt-sales-118' });
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Pending');
    stage.sandbox.tokenService.signOut(alex);
    stage.sandbox.defender.finish(stage.sandbox.defender.actions()[0]?.id ?? '', 'Succeeded');
    await stage.until(asked, 'Succeeded');
    const toDefender = stage.wire.filter(({ to, as }) => to === 'defender' && as?.includes('app') === true);
    assert.ok(toDefender.length > 0);
    assert.deepEqual([...new Set(toDefender.map(({ what }) => what))], ['GET machineactions']);
    assert.equal(stage.submissions(asked)[0]?.by, alex.upn);
  });
});
