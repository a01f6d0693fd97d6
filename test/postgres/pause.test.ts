import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Asked, told } from '../e2e/play.ts';
import { alex } from '../e2e/stage.ts';
import { cordon } from '../support/cordon-command.ts';
import { type Rig, openRig } from '../support/rig.ts';
import { until } from '../support/until.ts';

/** What the pause promises, from the command to the last card. */
const withinMs = 5_000;

describe('cordon pause with two replicas', function () {
  this.timeout(60_000);
  let rig: Rig;
  let folder: string;
  let awaiting: Asked;
  let tracked: Asked;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cordon-pause-'));
    rig = await openRig({ bots: 2, devices: 1 });
    awaiting = await rig.ask({ device: rig.devices[0] ?? '' });
    // This device is offline: its action stays `Pending` until somebody says otherwise.
    tracked = await rig.ask({ device: 'lt-sales-118' });
    await rig.pressAnyway(alex, tracked, 'approve');
    await until(() => rig.label(tracked) === 'Pending');
  });
  after(async () => {
    assert.deepEqual(await rig.stop(), []);
    await rm(folder, { recursive: true, force: true });
  });

  const run = (...words: string[]) => cordon(words, { folder, settings: rig.sandbox.settings });
  const readiness = () =>
    Promise.all(
      rig.sandbox.bots.map(async ({ url }) => {
        const answer = await fetch(`${url}/readyz`);
        return { status: answer.status, body: (await answer.json()) as { paused?: boolean } };
      }),
    );

  it('shows on the cards and in /readyz within 5 s', async () => {
    const { code, out, err } = await run('pause', 'Defender', 'maintenance');

    const since = performance.now();
    assert.deepEqual({ code, err }, { code: 0, err: [] });
    assert.match(
      out[0] ?? '',
      /^Paused since \d{4}-\d\d-\d\d \d\d:\d\d UTC: nothing is submitted to Defender/,
    );
    assert.match(out[1] ?? '', /^1 open request is not yet submitted; their cards say why/);
    await until(() => /paused since .*: Defender maintenance/.test(rig.text(awaiting)));
    assert.ok(performance.now() - since < withinMs);
    for (const { status, body } of await readiness()) {
      assert.deepEqual({ status, paused: body.paused }, { status: 200, paused: true });
    }
  });

  it('lets an approval count and submits nothing for it', async () => {
    const before = rig.changes.length;

    await rig.pressAnyway(alex, awaiting, 'approve');

    await until(() => /Approved|Submitting/.test(rig.label(awaiting) ?? ''));
    assert.match(rig.text(awaiting), /paused since .*: Defender maintenance/);
    assert.equal(rig.changes.length, before);
  });

  it('also holds back a cancellation', async () => {
    const answer = await rig.pressAnyway(alex, tracked, 'cancel', { comment: 'Wrong device' });

    assert.notEqual(told(answer), '');
    assert.ok(!rig.changes.some(({ what }) => what.includes('cancel')));
  });

  it('keeps tracking what Defender has', async () => {
    const [action] = rig.sandbox.defender
      .actions()
      .filter(({ machineId }) => machineId === tracked.device.id);

    rig.sandbox.defender.finish(action?.id ?? '', 'Succeeded');

    await until(() => rig.label(tracked) === 'Succeeded');
  });

  it('keeps the first reason when somebody pauses again', async () => {
    const { code, out } = await run('pause', 'Another', 'reason');

    assert.equal(code, 0);
    assert.match(out[0] ?? '', /^Paused already, since .* by operator:\S+: Defender maintenance$/);
    assert.match(rig.text(awaiting), /: Defender maintenance/);
  });

  it('is named by the doctor', async () => {
    const { out } = await run('doctor');

    const line = out.find((one) => one.includes('submission:')) ?? '';
    assert.match(
      line,
      /^warning +submission: paused since .*: Defender maintenance; "npx cordon resume" ends it/,
    );
  });

  it('ends with resume: what waited is submitted, once', async () => {
    const { code, out } = await run('resume');

    assert.deepEqual({ code, first: out[0] }, { code: 0, first: 'Resumed: the pause is over.' });
    await until(() => rig.label(awaiting) === 'Succeeded');
    assert.equal(rig.submissions(awaiting).length, 1);
    assert.doesNotMatch(rig.text(awaiting), /paused/);
    for (const { body } of await readiness()) assert.notEqual(body.paused, true);
  });

  it('is nothing to resume twice', async () => {
    const { code, out } = await run('resume');

    assert.deepEqual({ code, out }, { code: 0, out: ['Submission was not paused: nothing was changed.'] });
  });
});
