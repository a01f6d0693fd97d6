import assert from 'node:assert/strict';
import type { Asked } from './play.ts';
import { told } from './play.ts';
import { alex, priya, setStage } from './stage.ts';

describe('Tracking', () => {
  const stage = setStage();

  async function running(device = 'ws-design-044'): Promise<Asked> {
    stage.sandbox.faults.set({ devicesOffline: true });
    const asked = await stage.ask({ device });
    await stage.press(alex, asked, 'approve');
    await stage.until(asked, 'Pending');
    return asked;
  }

  const lists = () => stage.wire.filter(({ what }) => what === 'GET machineactions');

  /** Resolves once so many more list calls were made. */
  function moreLists(count: number): Promise<void> {
    return new Promise((resolve) => {
      let left = count;
      const stop = stage.sandbox.wire.onEntry(({ what }) => {
        if (what === 'GET machineactions') left -= 1;
        if (left > 0) return;
        stop();
        resolve();
      });
    });
  }

  it('outlasts a while in which Defender answers no list', async () => {
    const asked = await running();
    stage.sandbox.faults.set({ faults: { 'defender.list': { kind: 'status', status: 503 } } });
    stage.sandbox.faults.set({ devicesOffline: false });
    await stage.until(asked, 'Succeeded');
    assert.doesNotMatch(stage.text(asked), /Not confirmed/);
  });

  it('says since when nobody’s token could read, and any entitled person confirms again', async () => {
    const asked = await running();
    stage.sandbox.tokenService.signOut(alex);
    await stage.until(asked, /Not confirmed since/);
    assert.equal(stage.label(asked), 'Pending');
    assert.ok(stage.verbs(asked).includes('recheck'));
    const confirmed = await stage.press(priya, asked, 'recheck');
    assert.doesNotMatch(told(confirmed), /Not confirmed/);
    stage.sandbox.defender.finish(stage.sandbox.defender.actions()[0]?.id ?? '', 'Succeeded');
    await stage.pressAnyway(priya, asked, 'recheck');
    await stage.until(asked, 'Succeeded');
    stage.sandbox.tokenService.signIn(alex);
  });

  it('confirms by the automatic refresh of somebody who is signed in, and asks nobody to sign in for it', async () => {
    const asked = await running();
    stage.sandbox.tokenService.signOut(alex);
    await stage.until(asked, /Not confirmed since/);
    stage.sandbox.defender.finish(stage.sandbox.defender.actions()[0]?.id ?? '', 'Failed');
    stage.sandbox.tokenService.signOut(priya);
    const unknown = await stage.sandbox.teams.refresh(priya, stage.card(asked));
    assert.equal(unknown.login, undefined);
    assert.match(told(unknown), /Not confirmed since/);
    stage.sandbox.tokenService.signIn(priya);
    assert.match(told(await stage.sandbox.teams.refresh(priya, stage.card(asked))), /^Failed$/m);
    await stage.until(asked, 'Failed');
  });

  it('makes as many list calls for ten open actions as for one', async function () {
    this.timeout(60_000);
    stage.sandbox.faults.set({ devicesOffline: true });
    const names = ['ws-finance-017', 'ws-reception-02', 'ws-design-044', 'lt-sales-118', 'srv-files-01'];
    const wishes = names.flatMap((device) => [
      { device, action: 'restrict' as const },
      { device, action: 'unrestrict' as const },
    ]);
    const all = await Promise.all(
      wishes.map(async (wish) => {
        const asked = await stage.ask(wish);
        await stage.press(alex, asked, 'approve');
        await stage.until(asked, 'Pending');
        return asked;
      }),
    );
    // The reconciling looks before the POSTs are over; from here on only tracking lists.
    await moreLists(1);
    const before = lists().length;
    const started = performance.now();
    await moreLists(3);
    const seconds = (performance.now() - started) / 1000;
    const calls = lists().length - before;
    assert.ok(
      calls <= 2 * (seconds + 1),
      `${calls} calls in ${seconds.toFixed(1)} s for ${all.length} actions`,
    );
    const reads = stage.wire.filter(({ what }) => what === 'GET machineaction');
    assert.equal(reads.length, 0, 'no action is read one by one');
  });
});
