import assert from 'node:assert/strict';
import { cardButtons } from '../../sandbox/card-reading.ts';
import { until } from '../support/until.ts';
import { setBoxStage } from './box-stage.ts';
import { alex, general, priya, riley } from './stage.ts';

const hour = 3_600;

describe('A restriction for a time on a device that others restrict, too', function () {
  this.timeout(120_000);
  const stage = setBoxStage();

  it('is not lifted by itself after a newer restriction, but by whoever has read of that', async () => {
    const asked = await stage.boxed();
    await stage.pass(hour);
    const { id } = stage.sandbox.defender.addAction({
      deviceId: asked.device.id,
      type: 'RestrictCodeExecution',
    });
    stage.sandbox.defender.finish(id, 'Succeeded');
    await stage.pass(3 * hour + 5);
    const lift = await stage.liftOf(asked);
    await stage.until(lift, 'Awaiting approval');
    await stage.privateMessage(alex, /something else restricts the device/);
    await stage.until(lift, /Also restricted.* since .*; approving lifts that, too/);
    await stage.outcome(asked, /Beware: the device is also restricted .*approving lifts that, too/);
    assert.equal(stage.submissions(lift).length, 0);

    await stage.pass(10);
    await stage.press(priya, lift, 'approve');
    await stage.until(lift, 'Succeeded');
    assert.equal(stage.submissions(lift).length, 1);
    await stage.until(asked, /Released by Priya Nair/);
  });

  it('is not lifted unawares by somebody who approves in the place of a lost sign-in', async () => {
    const asked = await stage.boxed();
    stage.sandbox.tokenService.signOut(alex);
    await stage.pass(4 * hour + 5);
    const lift = await stage.liftOf(asked);
    await stage.until(lift, 'Awaiting approval');
    await stage.outcome(asked, /needs an approval/);
    const old = stage.card(lift);
    const { id } = stage.sandbox.defender.addAction({
      deviceId: asked.device.id,
      type: 'RestrictCodeExecution',
    });
    stage.sandbox.defender.finish(id, 'Succeeded');
    await stage.press(priya, lift, 'approve');
    await stage.privateMessage(priya, /something else restricts the device/);
    await stage.until(lift, /Also restricted/);
    await stage.outcome(asked, /Beware: the device is also restricted/);
    assert.equal(stage.submissions(lift).length, 0);

    // A card that was not drawn anew, however long ago that should have been.
    await stage.pass(120);
    const failedAt = () => /did not hold \((\d\d:\d\d) UTC/.exec(stage.text(lift))?.[1];
    const before = failedAt();
    const button = cardButtons(old.card ?? {}).find(({ verb }) => verb === 'approve') ?? assert.fail();
    const { conversationId, id: messageId } = old;
    const press = { conversationId, messageId, verb: 'approve', data: { ...button.data } };
    await stage.sandbox.teams.invoke(priya, press);
    await until(() => failedAt() !== undefined && failedAt() !== before);
    assert.equal(stage.submissions(lift).length, 0);

    await stage.press(priya, lift, 'approve');
    await stage.until(lift, 'Succeeded');
  });

  it('does not end a restriction without an end that another conversation asked for', async () => {
    const device = stage.newDevice();
    const open = await stage.ask({ device, where: general, by: riley });
    await stage.press(priya, open, 'approve');
    await stage.until(open, 'Succeeded');
    const asked = await stage.ask({ device, reason: 'for 1h Beacon seen' });
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
    await stage.outcome(asked, new RegExp(`${asked.number} Succeeded`));
    await stage.pass(hour + 5);
    const lift = await stage.liftOf(asked);
    await stage.until(lift, /Also restricted.* by .*Priya Nair/);
    assert.equal(stage.submissions(lift).length, 0);
    assert.doesNotMatch(stage.text(open), /Released/);
  });
});
