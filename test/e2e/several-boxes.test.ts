import assert from 'node:assert/strict';
import { setBoxStage } from './box-stage.ts';
import { type Asked, told } from './play.ts';
import { alex, priya, riley } from './stage.ts';

const hour = 3_600;

describe('Several devices restricted for a time', function () {
  this.timeout(120_000);
  const stage = setBoxStage();

  async function restricted(duration = '4h', count = 3): Promise<Asked> {
    const some = Array.from({ length: count }, () => stage.newDevice());
    const typed = some.map(({ id }) => id).join(',');
    const asked = await stage.ask({ typed, reason: `for ${duration} Beacon seen` });
    assert.match(stage.text(asked), /Approving also approves the end for each device/);
    assert.deepEqual(stage.verbs(asked), ['approve', 'deny', 'cancel']);
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
    await stage.until(asked, new RegExp(`${count} devices: ${count} Succeeded`));
    assert.deepEqual(stage.verbs(asked), ['release', 'extend']);
    return asked;
  }
  const idsIn = (asked: Asked): string[] =>
    stage
      .submissions(asked)
      .map(({ deviceId }) => deviceId)
      .toSorted();

  it('end together: one request lifts them, with the approver’s own token, and the first card says so', async () => {
    const asked = await restricted();
    await stage.outcome(asked, new RegExp(`${asked.number} Succeeded: 3 devices.*time box of 4 h.*ends at`));
    // They end at a full step of five minutes, and the thread is asked a quarter of an hour before.
    await stage.pass(4 * hour - 590);
    await stage.outcome(asked, new RegExp(`${asked.number}: .*Extend or release it`));
    assert.equal(stage.lifts(asked), 0);

    await stage.pass(590 + 310);
    const lift = await stage.liftOf(asked);
    await stage.until(lift, 'Succeeded');
    await stage.until(lift, /3 devices: 3 Succeeded/);
    assert.deepEqual(idsIn(lift), idsIn(asked));
    assert.ok(
      stage
        .submissions(lift)
        .every(({ by, action }) => by === alex.upn && action === 'UnrestrictCodeExecution'),
    );
    assert.match(stage.text(lift), /in advance, with the time box/);
    assert.equal(stage.lifts(asked), 1);
    await stage.until(asked, /and later that the restriction was lifted/);
    assert.match(stage.text(asked), /Released by Alex Moreno at .* UTC/);
    assert.equal(stage.label(asked), 'Succeeded');
    assert.deepEqual(stage.verbs(asked), []);
  });

  it('are released early by one press, those that were chosen', async () => {
    const asked = await restricted();
    assert.match(told(await stage.press(riley, asked, 'release')), /your own request/);
    assert.equal(stage.lifts(asked), 0);
    const chosen = idsIn(asked).slice(0, 2);
    const inputs = { devices: chosen.join(',') };
    assert.match(
      told(await stage.press(priya, asked, 'release', { inputs })),
      /#\d+ is to lift the restriction of /,
    );
    const lift = await stage.liftOf(asked);
    await stage.until(lift, 'Succeeded');
    await stage.until(lift, /2 devices: 2 Succeeded/);
    assert.deepEqual(idsIn(lift), chosen);
    assert.ok(stage.submissions(lift).every(({ by }) => by === priya.upn));
    await stage.until(asked, /for 2 devices that was lifted since/);
    assert.match(stage.text(asked), /1 device is restricted until /);
    assert.deepEqual(stage.verbs(asked), ['release', 'extend']);
    assert.equal(stage.lifts(asked), 1);
  });

  it('are extended by one press, and end with the extender’s token', async () => {
    const asked = await restricted('1h');
    await stage.pass(1_800);
    assert.match(
      told(await stage.press(priya, asked, 'extend', { inputs: { duration: '2h' } })),
      /The restriction of 3 devices is in force until /,
    );
    await stage.until(asked, /Extended by Priya Nair at .* until .*: 3 devices/);
    await stage.pass(2_400);
    assert.equal(stage.lifts(asked), 0);
    await stage.pass(2 * hour);
    const lift = await stage.liftOf(asked);
    await stage.until(lift, /3 devices: 3 Succeeded/);
    assert.ok(stage.submissions(lift).every(({ by }) => by === priya.upn));
  });
});
