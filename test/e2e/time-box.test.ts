import assert from 'node:assert/strict';
import { setBoxStage } from './box-stage.ts';
import { told } from './play.ts';
import { alex, general, incident, jordan, priya, riley, sam } from './stage.ts';

const hour = 3_600;

describe('A restriction for a time', function () {
  this.timeout(120_000);
  const stage = setBoxStage();

  it('says so before the click, asks before its end, and is lifted with the approver’s own token', async () => {
    const asked = await stage.ask({ device: stage.newDevice(), reason: 'for 4h Beacon seen' });
    assert.match(stage.text(asked), /Time box\n4 h.*\nApproving also approves its end/);
    assert.deepEqual(stage.verbs(asked), ['approve', 'deny', 'cancel']);
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
    await stage.until(asked, /In force until .* UTC/);
    assert.deepEqual(stage.verbs(asked), ['release', 'extend']);
    await stage.outcome(asked, new RegExp(`${asked.number} Succeeded.*time box of 4 h ends at`));

    await stage.pass(4 * hour - 800);
    const warning = await stage.outcome(asked, new RegExp(`${asked.number}: .*Extend or release it`));
    assert.deepEqual(
      warning.mentions?.map(({ id }) => id).toSorted(),
      [alex.teamsId, riley.teamsId].toSorted(),
    );
    assert.equal(stage.lifts(asked), 0);

    await stage.pass(810);
    const lift = await stage.liftOf(asked);
    assert.match(stage.text(lift), /Lift app execution restriction/);
    await stage.until(lift, 'Succeeded');
    const [submission, ...more] = stage.submissions(lift);
    assert.deepEqual(more, []);
    assert.equal(submission?.by, alex.upn);
    assert.equal(submission.action, 'UnrestrictCodeExecution');
    assert.match(submission.comment, new RegExp(`time box of 4h set by ${asked.number}`));
    assert.match(stage.text(lift), /Approved by\nAlex Moreno.*\nin advance, with the time box/);
    await stage.until(asked, /Released by Alex Moreno at .* UTC/);
    assert.equal(stage.label(asked), 'Succeeded');
    assert.deepEqual(stage.verbs(asked), []);
  });

  it('without the approver’s sign-in asks the thread, then more people, and anybody entitled lifts it', async () => {
    const earlier = await stage.ask({ device: stage.newDevice() });
    await stage.press(priya, earlier, 'deny', { comment: 'A drill' });
    const asked = await stage.boxed();
    stage.sandbox.tokenService.signOut(alex);
    await stage.pass(4 * hour + 5);
    const lift = await stage.liftOf(asked);
    const wanted = await stage.outcome(
      asked,
      new RegExp(`${asked.number}: the time is over.*needs an approval`),
    );
    assert.deepEqual(
      wanted.mentions?.map(({ id }) => id).toSorted(),
      [alex.teamsId, riley.teamsId].toSorted(),
    );
    await stage.until(lift, 'Awaiting approval');
    assert.doesNotMatch(stage.text(lift), /sign-in does not hold/);
    await stage.privateMessage(alex, new RegExp(`${lift.number} did not hold: your sign-in`));
    await stage.until(asked, /still in force/);
    assert.deepEqual(stage.verbs(asked), []);

    await stage.pass(15 * 60 + 5);
    const called = await stage.outcome(asked, new RegExp(`nobody has decided on ${lift.number}`));
    assert.ok(called.mentions?.some(({ id }) => id === priya.teamsId));
    await stage.press(priya, lift, 'approve');
    await stage.until(lift, 'Succeeded');
    assert.deepEqual(
      stage.submissions(lift).map(({ by }) => by),
      [priya.upn],
    );
    await stage.until(asked, /Released by Priya Nair/);
  });

  it('is released early by somebody else, with their own token, once', async () => {
    const asked = await stage.boxed();
    assert.match(told(await stage.press(riley, asked, 'release')), /your own request/);
    for (const stranger of [sam, jordan])
      assert.match(told(await stage.press(stranger, asked, 'release')), /Your Release on #\d+ did not count/);
    assert.equal(stage.lifts(asked), 0);
    await Promise.all([
      stage.press(priya, asked, 'release', { comment: 'Cleaned' }),
      stage.pressAnyway(alex, asked, 'release'),
      stage.pressAnyway(priya, asked, 'release'),
    ]);
    const lift = await stage.liftOf(asked);
    await stage.until(lift, 'Succeeded');
    assert.equal(stage.submissions(lift).length, 1);
    await stage.until(asked, /Released by/);
    assert.match(told(await stage.pressAnyway(alex, asked, 'release')), /no time box/);
    await stage.pass(4 * hour);
    assert.equal(stage.lifts(asked), 1);
  });

  it('is extended by whoever may approve, and ends with the extender’s token', async () => {
    const asked = await stage.boxed('1h');
    for (const duration of ['0m', '-1h', '1y', '4 h', '4', 'soon'])
      assert.match(
        told(await stage.press(priya, asked, 'extend', { inputs: { duration } })),
        /That is not a duration/,
        duration,
      );
    assert.match(
      told(await stage.press(priya, asked, 'extend', { inputs: { duration: '5m' } })),
      /not later/,
    );
    assert.match(told(await stage.press(riley, asked, 'extend')), /your own request/);
    assert.match(
      told(await stage.press(jordan, asked, 'extend', { inputs: { duration: '2h' } })),
      /did not count/,
    );
    await stage.pass(1_800);
    // The untouched field is the duration that was asked for at first.
    assert.match(told(await stage.press(priya, asked, 'extend')), /Extended by Priya Nair at .* until /);
    await stage.until(asked, /Extended by Priya Nair at .* until .* instead of/);
    assert.match(stage.text(asked), /with the sign-in of Priya Nair/);
    await stage.pass(1_900);
    assert.equal(stage.lifts(asked), 0);
    await stage.pass(1_800);
    const lift = await stage.liftOf(asked);
    await stage.until(lift, 'Succeeded');
    assert.deepEqual(
      stage.submissions(lift).map(({ by }) => by),
      [priya.upn],
    );
  });

  it('ends also when no process was there at its end', async () => {
    const asked = await stage.boxed();
    await stage.sandbox.bot.stop();
    await stage.pass(6 * hour);
    await stage.sandbox.bot.start();
    const lift = await stage.liftOf(asked);
    await stage.until(lift, 'Succeeded');
    assert.deepEqual(
      stage.submissions(lift).map(({ by }) => by),
      [alex.upn],
    );
    await stage.until(asked, /Released by Alex Moreno/);
  });

  it('stays in force when its lift is denied, and may be released again', async () => {
    const asked = await stage.boxed();
    stage.sandbox.tokenService.signOut(alex);
    await stage.pass(4 * hour + 5);
    const lift = await stage.liftOf(asked);
    await stage.until(lift, 'Awaiting approval');
    await stage.press(priya, lift, 'deny', { comment: 'Still beaconing' });
    await stage.until(asked, /still in force\. #\d+, which was to lift it, is “Denied”/);
    assert.deepEqual(stage.verbs(asked), ['release', 'extend']);
    await stage.press(priya, asked, 'release');
    await stage.until(asked, /Released by Priya Nair/);
    assert.equal(stage.lifts(asked), 2);
  });

  it('stays in force when its lift fails, and may be extended', async () => {
    const asked = await stage.boxed();
    stage.sandbox.faults.set({ defenderEnd: 'TimeOut' });
    await stage.pass(4 * hour + 5);
    const lift = await stage.liftOf(asked);
    await stage.until(lift, 'Timed out');
    await stage.until(asked, /still in force/);
    stage.sandbox.faults.set({ defenderEnd: 'Succeeded' });
    await stage.press(priya, asked, 'extend', { inputs: { duration: '30m' } });
    await stage.until(asked, /In force until/);
    await stage.pass(1_805);
    await stage.until(asked, /Released by Priya Nair/);
  });

  it('is known as released by a lift from another conversation, and is lifted no more', async () => {
    const asked = await stage.boxed();
    const other = await stage.ask({ action: 'unrestrict', device: asked.device, where: general, by: riley });
    await stage.press(priya, other, 'approve');
    await stage.until(other, 'Succeeded');
    await stage.until(asked, /Released by Priya Nair at .*/);
    await stage.pass(5 * hour);
    const next = await stage.ask({ device: stage.newDevice() });
    await stage.until(next, 'Awaiting approval');
    assert.equal(stage.lifts(asked), 0);
  });

  it('points to a lift that is asked for in the conversation already', async () => {
    const asked = await stage.boxed();
    const own = await stage.ask({ action: 'unrestrict', device: asked.device, where: incident, by: sam });
    const answer = told(await stage.press(priya, asked, 'release'));
    assert.match(answer, new RegExp(`asked for already, as ${own.number}.* approve it there`));
    await stage.until(asked, new RegExp(`${own.number} asks to lift it`));
    assert.equal(stage.label(own), 'Awaiting approval');
    assert.equal(stage.lifts(asked), 0);
    await stage.press(alex, own, 'approve');
    await stage.until(asked, /Released by Alex Moreno/);
  });
});
