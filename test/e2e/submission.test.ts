import assert from 'node:assert/strict';
import type { FaultAction } from '../../sandbox/faults.ts';
import type { Asked, Wish } from './play.ts';
import { told } from './play.ts';
import { alex, priya, setStage } from './stage.ts';

const portalOperator = 'portal.operator@contoso.example';

describe('The POST to Defender', () => {
  const stage = setStage();

  const posts = (asked: Asked): number =>
    stage.wire.filter(({ to, what, detail }) => {
      const path = (detail as { path?: string } | undefined)?.path ?? '';
      return to === 'defender' && what === 'POST restrictCodeExecution' && path.includes(asked.device.id);
    }).length;

  async function approveUnder(
    fault: FaultAction,
    wish: Wish = {},
  ): Promise<{ asked: Asked; before: number }> {
    const asked = await stage.ask(wish);
    const before = posts(asked);
    stage.sandbox.faults.set({ faults: { 'defender.submit': fault } });
    await stage.press(alex, asked, 'approve');
    return { asked, before };
  }

  it('that Defender accepted before the line was cut is adopted, not repeated', async () => {
    const { asked } = await approveUnder({ kind: 'reset-after' });
    await stage.until(asked, 'Succeeded');
    assert.equal(stage.submissions(asked).length, 1);
    assert.match(stage.text(asked), new RegExp(stage.submissions(asked)[0]?.actionId ?? '-'));
  });

  it('is not repeated either when its action shows up in lists only later', async () => {
    stage.sandbox.faults.set({ defenderLagMs: 4_000 });
    const { asked } = await approveUnder({ kind: 'reset-after' }, { device: 'lt-sales-118' });
    await stage.until(asked, 'Pending');
    assert.equal(stage.submissions(asked).length, 1);
  });

  it('that was cut, broken or failed with 500 is looked for, never blindly repeated', async function () {
    this.timeout(40_000);
    const faults: [string, FaultAction][] = [
      ['ws-finance-017', { kind: 'reset' }],
      ['ws-reception-02', { kind: 'status', status: 500 }],
      ['ws-design-044', { kind: 'malformed' }],
    ];
    const all: { asked: Asked; before: number }[] = [];
    for (const [device, fault] of faults) {
      const one = await approveUnder(fault, { device });
      all.push(one);
      await stage.until(one.asked, /Checking with Defender whether it took the action/);
      assert.equal(stage.label(one.asked), 'Submitting');
    }
    for (const { asked } of all) {
      // As if Defender had taken it after all and its lists had lagged.
      stage.sandbox.defender.addAction({
        deviceId: asked.device.id,
        type: 'RestrictCodeExecution',
        requestor: alex.upn,
        comment: `Beacon seen cordon:${asked.requestId}`,
        source: 'PublicApi',
      });
    }
    for (const { asked, before } of all) {
      await stage.until(asked, 'Succeeded');
      assert.equal(posts(asked) - before, 1);
      assert.doesNotMatch(stage.text(asked), /Following/);
    }
  });

  it('is not made when an action of somebody else runs already; that one is followed and named', async () => {
    const asked = await stage.ask({ device: 'lt-sales-118' });
    const { defender } = stage.sandbox;
    const running = defender.addAction({ deviceId: asked.device.id, type: 'RestrictCodeExecution' });
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Pending');
    assert.match(stage.text(asked), new RegExp(`Following the action that ${portalOperator} started`));
    assert.match(stage.text(asked), new RegExp(running.id));
    assert.equal(defender.submissions().length, 0);
    defender.finish(running.id, 'Succeeded');
    await stage.until(asked, 'Succeeded');
    await stage.outcome(asked, /Cordon followed it/);
  });

  for (const defenderDuplicate of ['400', 'existing'] as const) {
    it(`that meets an action nobody could list is answered (${defenderDuplicate}) and that one is followed`, async () => {
      const asked = await stage.ask({ device: 'lt-sales-118' });
      const { defender, faults } = stage.sandbox;
      faults.set({ defenderDuplicate });
      faults.aim({ target: 'defender.list', about: alex.upn, fault: { kind: 'status', status: 500 } });
      defender.addAction({ deviceId: asked.device.id, type: 'RestrictCodeExecution' });
      await stage.press(alex, asked, 'approve');
      await stage.until(asked, 'Pending');
      assert.match(stage.text(asked), new RegExp(`Following the action that ${portalOperator} started`));
      assert.deepEqual(
        stage.submissions(asked).map(({ accepted }) => accepted),
        [false],
      );
    });
  }

  it('waits as long as 429 says and then is made once', async () => {
    const { asked, before } = await approveUnder({ kind: 'status', status: 429, retryAfterSeconds: 1 });
    await stage.until(asked, /Defender asked to wait until/);
    await stage.until(asked, 'Succeeded');
    assert.equal(posts(asked) - before, 2);
    assert.equal(stage.submissions(asked).length, 1);
  });

  it('forgives one passing 404', async () => {
    const { asked, before } = await approveUnder({ kind: 'status', status: 404 });
    await stage.until(asked, 'Succeeded');
    assert.equal(posts(asked) - before, 2);
    assert.equal(stage.submissions(asked).length, 1);
  });

  const lasting = [
    { status: 401, code: 'Unauthorized', says: /did not accept your sign-in/ },
    { status: 403, code: 'Forbidden', says: /your Defender role does not allow/ },
    { status: 403, code: 'DisabledFeature', says: /feature is switched off/ },
  ] as const;
  for (const { status, code, says } of lasting) {
    it(`refused for good with ${status} ${code} voids the approval; the approver alone learns why`, async () => {
      const { asked } = await approveUnder({ kind: 'status', status, code, times: null });
      const { text = '' } = await stage.privateMessage(alex, new RegExp(`${asked.number} did not hold`));
      assert.match(text, says);
      await stage.until(asked, /Alex Moreno’s approval did not hold/);
      assert.equal(stage.label(asked), 'Awaiting approval');
      assert.ok(stage.verbs(asked).includes('approve'));
      assert.doesNotMatch(stage.text(asked), says);
    });
  }

  const hopeless = [
    { code: 'OsPlatformNotSupported', says: /operating system/ },
    { code: 'ClientVersionNotSupported', says: /client .* is too old/ },
    { code: 'BadRequest', says: /Defender refused/ },
  ] as const;
  for (const { code, says } of hopeless) {
    it(`refused with 400 ${code} needs attention and is told in the thread`, async () => {
      const { asked } = await approveUnder({ kind: 'status', status: 400, code });
      await stage.until(asked, 'Needs attention');
      await stage.outcome(asked, says);
      assert.ok(!stage.verbs(asked).includes('approve'));
    });
  }

  it('whose comment was cut lowers the length of the next ones', async () => {
    stage.sandbox.faults.set({ commentCut: 400 });
    const first = await stage.ask({ reason: 'x '.repeat(900) });
    await stage.press(alex, first, 'approve');
    await stage.until(first, 'Succeeded');
    assert.doesNotMatch(stage.text(first), /Following/);
    assert.ok((stage.submissions(first)[0]?.comment.length ?? 0) <= 1_000);
    const second = await stage.ask({ reason: 'y '.repeat(900), device: 'ws-design-044' });
    assert.match(told(await stage.press(priya, second, 'approve')), /Approved/);
    await stage.until(second, 'Succeeded');
    const [sent] = stage.submissions(second);
    assert.ok((sent?.comment.length ?? 0) <= 400);
    assert.equal(sent?.by, priya.upn);
  });
});
