import assert from 'node:assert/strict';
import { asObject, asText } from '../../sandbox/http.ts';
import type { Device } from '../../sandbox/world.ts';
import { setBoxStage } from './box-stage.ts';
import { type Asked, told } from './play.ts';
import { until } from '../support/until.ts';
import { alex, general, incident, priya, riley, sam } from './stage.ts';

const hour = 3_600;
const operator = 'portal\\.operator@contoso\\.example';

describe('What was changed outside Cordon', function () {
  this.timeout(180_000);
  const stage = setBoxStage();

  function inPortal(device: Device, type: 'RestrictCodeExecution' | 'UnrestrictCodeExecution'): void {
    stage.sandbox.defender.addAction({ deviceId: device.id, type, status: 'Succeeded' });
  }

  /** Lists of what succeeded, whoever read them. */
  let lists = 0;
  before(() => {
    stage.sandbox.wire.onEntry(({ to, detail }) => {
      const query = asObject(asObject(detail)?.['query']);
      const filter = asText(query?.['$filter']) ?? '';
      if (to === 'defender' && filter.includes(`status eq 'Succeeded'`)) lists += 1;
    });
  });

  /** One sweep at least has begun after the call. */
  async function afterSweep(): Promise<void> {
    const before = lists;
    // The first one is due a whole interval after a start: whatever passed before that does not count.
    for (let tries = 0; tries < 4 && lists === before; tries += 1) {
      await stage.pass(601);
      await until(() => lists > before, 9_000).catch(() => undefined);
    }
    assert.ok(lists > before, 'nobody looked');
  }

  const words = ({ conversation, number }: Asked): readonly string[] =>
    stage.sandbox.teams.messages
      .list(conversation.id)
      .flatMap(({ text = '' }) => (text.includes(`${number}: Defender reports that`) ? [text] : []));

  async function restricted(wish: Parameters<typeof stage.ask>[0] = {}, approver = alex): Promise<Asked> {
    const asked = await stage.ask({ device: stage.newDevice(), ...wish });
    await stage.press(approver, asked, 'approve');
    await stage.until(asked, 'Succeeded');
    await stage.outcome(asked, new RegExp(`${asked.number} Succeeded`));
    return asked;
  }

  it('is told once in the thread that owns it, is on its card, and ends the time box', async () => {
    const asked = await stage.boxed('1d');
    const other = await restricted();
    inPortal(asked.device, 'UnrestrictCodeExecution');
    await afterSweep();

    const message = await stage.outcome(
      asked,
      new RegExp(`${asked.number}: Defender reports .* was lifted outside Cordon by ${operator} at .* UTC`),
    );
    assert.deepEqual(
      message.mentions?.map(({ id }) => id).toSorted(),
      [alex.teamsId, riley.teamsId].toSorted(),
    );
    await stage.until(asked, new RegExp(`Lifted outside Cordon by ${operator} at .* UTC`));
    assert.equal(stage.label(asked), 'Succeeded');
    assert.deepEqual(stage.verbs(asked), []);
    for (const verb of ['release', 'extend'])
      assert.match(told(await stage.pressAnyway(priya, asked, verb)), /no time box/);
    const active = await stage.answerTo(riley, incident, '/active');
    assert.doesNotMatch(active, new RegExp(`${asked.number}\\b`));
    assert.match(active, new RegExp(`${other.number}\\b`));
    assert.match(
      await stage.answerTo(riley, incident, `/status ${asked.device.id}`),
      /Restriction lifted[\s\S]*Lifted outside Cordon by/,
    );

    await afterSweep();
    await stage.pass(24 * hour);
    await afterSweep();
    assert.equal(stage.lifts(asked), 0);
    assert.equal(words(asked).length, 1);
    assert.deepEqual(words(other), []);
  });

  it('is told also when it was restricted anew, which is nobody’s here to lift', async () => {
    const asked = await restricted();
    inPortal(asked.device, 'UnrestrictCodeExecution');
    await stage.pass(60);
    inPortal(asked.device, 'RestrictCodeExecution');
    await afterSweep();

    await stage.until(asked, new RegExp(`Restricted again outside Cordon by ${operator}`));
    const message = await stage.outcome(
      asked,
      /was lifted outside Cordon .* was restricted again outside Cordon/,
    );
    assert.match(message.text ?? '', /Cordon does not lift it by itself/);
    assert.equal(words(asked).length, 1);
    assert.doesNotMatch(await stage.answerTo(riley, incident, '/active'), new RegExp(`${asked.number}\\b`));
  });

  it('is told in the thread of the lift when what was lifted here is restricted again, and where that was asked for', async () => {
    const asked = await restricted();
    const lift = await restricted({ action: 'unrestrict', device: asked.device, where: general }, priya);
    inPortal(asked.device, 'RestrictCodeExecution');
    await afterSweep();

    await stage.outcome(
      lift,
      new RegExp(`${lift.number}: .* was restricted again outside Cordon by ${operator}`),
    );
    await stage.until(lift, /Restricted again outside Cordon/);
    // People of another conversation heard that it was lifted, and are not in that thread.
    await stage.until(asked, /later that app execution was restricted again outside Cordon/);
    await stage.outcome(asked, /was restricted again outside Cordon/);
    assert.equal(words(asked).length, 1);
    assert.equal(words(lift).length, 1);
  });

  it('is no claim of anybody who does not see the device: their list says nothing of it', async () => {
    const asked = await restricted();
    const ofSam = await restricted({ device: 'srv-files-01' }, sam);
    inPortal(asked.device, 'UnrestrictCodeExecution');
    for (const person of [alex, priya]) stage.sandbox.tokenService.signOut(person);
    await afterSweep();
    await afterSweep();
    const before = [words(asked).length, stage.text(asked).includes('outside Cordon')];

    for (const person of [alex, priya]) stage.sandbox.tokenService.signIn(person);
    await afterSweep();
    await stage.until(asked, /Lifted outside Cordon/);
    assert.deepEqual(before, [0, false]);
    assert.deepEqual(words(ofSam), []);
  });

  it('is told of the one of several devices that it was made on', async () => {
    const [first, second] = [stage.newDevice(), stage.newDevice()];
    const asked = await stage.ask({ typed: `${first.id},${second.id}` });
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Succeeded');
    await stage.outcome(asked, new RegExp(`${asked.number} Succeeded: 2 devices`));
    await afterSweep();
    assert.deepEqual(words(asked), [], 'what Cordon did itself is no change');
    inPortal(second, 'UnrestrictCodeExecution');
    await afterSweep();

    await stage.outcome(asked, new RegExp(`${asked.number}: Defender reports .* was lifted outside Cordon`));
    await stage.until(asked, new RegExp(`Lifted outside Cordon by ${operator} at .* UTC`));
    assert.match(stage.text(asked), /for 1 device that was lifted since/);
    assert.equal(stage.label(asked), 'Succeeded');
    await afterSweep();
    await stage.pass(60);
    assert.equal(words(asked).length, 1);
    assert.match(await stage.answerTo(riley, incident, `/status ${first.id}`), /Restriction in force/);
    assert.match(await stage.answerTo(riley, incident, `/status ${second.id}`), /Restriction lifted/);
  });

  it('is nothing that Cordon did itself, whatever it was', async () => {
    const asked = await stage.boxed('1d');
    await stage.press(priya, asked, 'release');
    const lift = await stage.liftOf(asked);
    await stage.until(lift, 'Succeeded');
    const again = await restricted({ device: asked.device });
    await afterSweep();
    await afterSweep();

    for (const one of [asked, lift, again]) assert.doesNotMatch(stage.text(one), /outside Cordon/);
    assert.match(await stage.answerTo(riley, incident, '/active'), new RegExp(`${again.number}\\b`));
  });
});
