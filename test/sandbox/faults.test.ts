import assert from 'node:assert/strict';
import { calm, createFaults } from '../../sandbox/faults.ts';
import { presets } from '../../sandbox/presets.ts';

describe('The fault board', () => {
  it('hands a fault out once unless told otherwise', () => {
    const faults = createFaults();
    faults.set({ faults: { 'entra.obo': { kind: 'reset' }, 'entra.token': { kind: 'hang', times: 2 } } });

    const taken = (['entra.obo', 'entra.obo', 'entra.token', 'entra.token', 'entra.token'] as const).map(
      (target) => faults.take(target)?.kind,
    );

    assert.deepEqual(taken, ['reset', undefined, 'hang', 'hang', undefined]);
    assert.deepEqual(faults.get(), calm);
  });

  for (const times of [Infinity, null]) {
    it(`hands a fault with times ${String(times)} out until it is cleared`, () => {
      const faults = createFaults();
      faults.set({ faults: { 'connector.send': { kind: 'reset', times } } });
      for (let call = 0; call < 5; call += 1) assert.ok(faults.take('connector.send'));

      faults.set({ faults: { 'connector.send': null } });

      assert.equal(faults.take('connector.send'), undefined);
    });
  }

  it('changes only what a patch names, and takes a switch back with null', () => {
    const faults = createFaults();
    faults.set({ commentCut: 10, defenderEnd: 'Failed' });
    faults.set({ defenderLagMs: 5 });
    assert.deepEqual(faults.get(), { ...calm, commentCut: 10, defenderEnd: 'Failed', defenderLagMs: 5 });

    faults.set({ commentCut: null, defenderEnd: null, defenderLagMs: null });

    assert.equal(faults.get().commentCut, undefined);
    assert.equal(faults.get().defenderEnd, 'Succeeded');
  });

  it('tells each listener of each change until it stops listening', () => {
    const faults = createFaults();
    const heard: string[] = [];
    const stop = faults.onChange((state) => heard.push(state.defenderEnd));

    faults.set({ defenderEnd: 'Failed' });
    faults.reset();
    stop();
    faults.set({ defenderEnd: 'TimeOut' });

    assert.deepEqual(heard, ['Failed', 'Succeeded']);
  });
});

describe('The presets of the fault board', () => {
  for (const { key, apply, clear, active } of presets) {
    it(`${key} can be switched on, seen, and switched off without a trace`, () => {
      const faults = createFaults();
      assert.equal(active(faults.get()), false);

      apply(faults);
      assert.equal(active(faults.get()), true);

      clear(faults);
      assert.equal(active(faults.get()), false);
      assert.deepEqual(faults.get(), calm);
    });
  }

  it('have keys of their own', () => {
    assert.equal(new Set(presets.map(({ key }) => key)).size, presets.length);
  });

  it('stay switched on while a repeated fault has strikes left', () => {
    const faults = createFaults();
    const preset = presets.find(({ key }) => key === 'teams-throttles-updates');
    assert.ok(preset);
    preset.apply(faults);
    faults.take('connector.update');
    assert.equal(preset.active(faults.get()), true);

    for (let call = 0; call < 4; call += 1) faults.take('connector.update');

    assert.equal(preset.active(faults.get()), false);
  });
});

describe('A fault that is aimed', () => {
  it('strikes the calls that bear its text only, before any other, and says when', async () => {
    const faults = createFaults();
    faults.set({ faults: { 'connector.send': { kind: 'reset', times: null } } });
    const aimed = faults.aim({ target: 'connector.send', about: 'Beacon 7', fault: { kind: 'hang' } });

    const taken = ['Beacon 8', 'Beacon 7', 'Beacon 7'].map(
      (text) => faults.take('connector.send', () => text)?.kind,
    );

    assert.deepEqual(taken, ['reset', 'hang', 'reset']);
    await aimed.struck;
  });

  it('strikes until it is cleared when it has no number', () => {
    const faults = createFaults();
    const aim = { target: 'entra.obo', about: 'oid', fault: { kind: 'reset', times: null } } as const;
    const aimed = faults.aim(aim);
    for (let call = 0; call < 5; call += 1) assert.ok(faults.take('entra.obo', () => 'an oid'));

    aimed.clear();
    assert.equal(
      faults.take('entra.obo', () => 'an oid'),
      undefined,
    );

    faults.aim(aim);
    faults.reset();
    assert.equal(
      faults.take('entra.obo', () => 'an oid'),
      undefined,
    );
  });
});
