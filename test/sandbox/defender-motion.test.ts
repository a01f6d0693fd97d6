import assert from 'node:assert/strict';
import sinon from 'sinon';
import { createActionStore } from '../../sandbox/defender/action-store.ts';
import type { ActionStore } from '../../sandbox/defender/action-store.ts';
import { createPresence } from '../../sandbox/defender/presence.ts';
import type { Presence } from '../../sandbox/defender/presence.ts';
import { createFaults } from '../../sandbox/faults.ts';
import type { Faults } from '../../sandbox/faults.ts';
import { devices } from '../../sandbox/world.ts';
import { deviceNamed } from './defender-harness.ts';

const device = deviceNamed('ws-finance');

describe('The motion of machine actions', () => {
  let clock: sinon.SinonFakeTimers;
  let faults: Faults;
  let presence: Presence;
  let store: ActionStore;
  beforeEach(() => {
    clock = sinon.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
    faults = createFaults();
    presence = createPresence(devices, faults);
    store = createActionStore({ presence, faults, pace: 1, now: Date.now });
  });
  afterEach(() => {
    store.stop();
    clock.restore();
  });

  const start = (): string =>
    store.start({ device, type: 'Isolate', requestor: 'r', comment: 'c', source: 'Portal' }).id;
  const statusAfter = (id: string, ms: number): string | undefined => {
    clock.tick(ms);
    return store.find(id)?.status;
  };

  it('takes 2 s to the device and 3 s on it', () => {
    const id = start();

    const seen = [1_999, 1, 2_999, 1, 60_000].map((ms) => statusAfter(id, ms));

    assert.deepEqual(seen, ['Pending', 'InProgress', 'InProgress', 'Succeeded', 'Succeeded']);
    assert.match(String(store.find(id)?.lastUpdateDateTimeUtc), /^2026-01-01T00:00:05\.000\d{4}Z$/);
  });

  it('waits for a device that goes away half-way, and goes on when it is back', () => {
    const id = start();
    clock.tick(2_500);
    presence.set(device.id, false);
    assert.equal(statusAfter(id, 60_000), 'InProgress');

    presence.set(device.id, true);
    store.moveAll();

    assert.equal(statusAfter(id, 2_999), 'InProgress');
    assert.equal(statusAfter(id, 1), 'Succeeded');
  });

  it('decides the end when it comes, not before', () => {
    const id = start();
    clock.tick(4_999);

    faults.set({ defenderEnd: 'Failed' });

    assert.equal(statusAfter(id, 1), 'Failed');
  });

  it('does not restart a step because the board changed', () => {
    const id = start();
    clock.tick(1_500);
    faults.set({ commentCut: 5 });

    assert.equal(statusAfter(id, 500), 'InProgress');
  });

  it('leaves no timer behind after an end, a reset or a stop, and stops twice safely', () => {
    store.change(start(), 'Cancelled');
    assert.equal(clock.countTimers(), 0);
    start();
    store.reset();
    assert.equal(clock.countTimers(), 0);

    start();
    store.stop();
    store.stop();

    assert.equal(clock.countTimers(), 0);
    faults.set({ devicesOffline: false });
    assert.equal(clock.countTimers(), 0);
  });
});
