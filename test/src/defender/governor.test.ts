import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decideBudget, hourMs, minuteMs } from '../../../src/defender/governor.ts';
import type { BudgetState, CallPriority } from '../../../src/defender/governor.ts';

const now = 1_800_000_000_000;
const idle: BudgetState = {
  now,
  perMinute: 100,
  perHour: 1_500,
  priority: 'interactive',
  callsInLastMinute: 0,
  callsInLastHour: 0,
};

describe('the call budget', () => {
  it('grants while both windows have room', () => {
    assert.deepEqual(decideBudget(idle), { granted: true });
    const almostFull = { callsInLastMinute: 99, callsInLastHour: 1_499 };
    assert.deepEqual(decideBudget({ ...idle, ...almostFull, priority: 'fresh' }), { granted: true });
  });

  it('refuses until the oldest call leaves the full minute', () => {
    const state = { ...idle, callsInLastMinute: 100, callsInLastHour: 100, oldestInMinuteAt: now - 45_000 };

    assert.deepEqual(decideBudget(state), { granted: false, retryAfterMs: 15_000 });
  });

  it('refuses until the oldest call leaves the full hour, although the minute has room', () => {
    const state = { ...idle, callsInLastHour: 1_500, oldestInHourAt: now - 3_000_000 };

    assert.deepEqual(decideBudget(state), { granted: false, retryAfterMs: 600_000 });
  });

  it('waits for whatever takes longest', () => {
    const full = {
      ...idle,
      callsInLastMinute: 100,
      callsInLastHour: 1_500,
      oldestInMinuteAt: now - 50_000,
      oldestInHourAt: now - 3_590_000,
      pausedUntil: now + 25_000,
    };

    assert.deepEqual(decideBudget(full), { granted: false, retryAfterMs: 25_000 });
  });

  it('keeps a tenth from people who wait, for what is approved already', () => {
    for (const [priority, granted] of [
      ['interactive', false],
      ['fresh', true],
    ] as const) {
      const minute = decideBudget({ ...idle, priority, callsInLastMinute: 90, callsInLastHour: 90 });
      const hour = decideBudget({ ...idle, priority, callsInLastHour: 1_350 });

      assert.deepEqual([minute.granted, hour.granted], [granted, granted], priority);
    }
    assert.equal(decideBudget({ ...idle, callsInLastMinute: 89 }).granted, true);
  });

  it('leaves no person more than three fifths of a minute and half of an hour', () => {
    const of = (callsInLastMinute: number, callsInLastHour: number) =>
      decideBudget({
        ...idle,
        callsInLastMinute,
        callsInLastHour,
        ofPerson: {
          callsInLastMinute,
          callsInLastHour,
          oldestInMinuteAt: now - 50_000,
          oldestInHourAt: now - 3_000_000,
        },
      });

    assert.deepEqual(of(59, 59), { granted: true });
    assert.deepEqual(of(60, 60), { granted: false, retryAfterMs: 10_000 });
    assert.deepEqual(of(0, 749), { granted: true });
    assert.deepEqual(of(0, 750), { granted: false, retryAfterMs: 600_000 });
  });

  it('keeps a fifth from routine calls', () => {
    for (const [priority, granted] of [
      ['routine', false],
      ['fresh', true],
      ['interactive', true],
    ] as const) {
      const minute = decideBudget({ ...idle, priority, callsInLastMinute: 80, callsInLastHour: 80 });
      const hour = decideBudget({ ...idle, priority, callsInLastHour: 1_200 });

      assert.deepEqual([minute.granted, hour.granted], [granted, granted], priority);
    }
    assert.equal(decideBudget({ ...idle, priority: 'routine', callsInLastMinute: 79 }).granted, true);
  });

  it('keeps half of it from what nobody waits for', () => {
    const background = { ...idle, priority: 'background' } as const;
    const half = { callsInLastMinute: 50, oldestInMinuteAt: now - 45_000 };
    assert.equal(decideBudget({ ...background, callsInLastMinute: 49 }).granted, true);
    assert.deepEqual(decideBudget({ ...background, ...half }), { granted: false, retryAfterMs: 15_000 });
    assert.equal(decideBudget({ ...background, perMinute: 1 }).granted, true);
    assert.equal(decideBudget({ ...background, perMinute: 0 }).granted, false);
  });

  it('leaves routine calls one of a tiny budget, and none of none', () => {
    assert.equal(decideBudget({ ...idle, priority: 'routine', perMinute: 1 }).granted, true);
    assert.equal(decideBudget({ ...idle, priority: 'routine', perMinute: 0 }).granted, false);
  });

  it('grants nothing while paused, and again when the pause is over', () => {
    assert.deepEqual(decideBudget({ ...idle, pausedUntil: now + 7_000 }), {
      granted: false,
      retryAfterMs: 7_000,
    });
    assert.deepEqual(decideBudget({ ...idle, pausedUntil: now }), { granted: true });
  });

  it('never lets more through a window than its limit, and always some time later', () => {
    const priority = fc.constantFrom<CallPriority>('interactive', 'fresh', 'routine', 'background');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), priority, (perMinute, kind) => {
        const made: number[] = [];
        let clock = now;
        for (let attempt = 0; attempt < 200; attempt += 1) {
          const recent = made.filter((at) => at > clock - minuteMs);
          const lastHour = made.filter((at) => at > clock - hourMs);
          const decision = decideBudget({
            now: clock,
            perMinute,
            perHour: 60,
            priority: kind,
            callsInLastMinute: recent.length,
            callsInLastHour: lastHour.length,
            ...(recent[0] === undefined ? {} : { oldestInMinuteAt: recent[0] }),
            ...(lastHour[0] === undefined ? {} : { oldestInHourAt: lastHour[0] }),
          });
          if (decision.granted) made.push(clock);
          else {
            assert.ok(decision.retryAfterMs > 0 && decision.retryAfterMs <= hourMs);
            clock += decision.retryAfterMs;
          }
          assert.ok(made.filter((at) => at > clock - minuteMs).length <= perMinute);
          assert.ok(made.filter((at) => at > clock - hourMs).length <= 60);
        }
        assert.ok(made.length > 60, 'the budget never opens again');
      }),
      { numRuns: 30 },
    );
  });
});
