import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide } from '../../../src/containment/decide.ts';
import { later } from '../../../src/containment/decision.ts';
import { type Duration, parseDuration } from '../../../src/containment/duration.ts';
import { endAfter } from '../../../src/containment/end-together.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { aMachineAction, anApproval, sam } from '../../support/requests.ts';
import { aBatch } from '../../support/several-states.ts';

const start = '2026-11-23T03:11:00.000Z';
const member = { batch: { lead: aBatch([{}]).id, place: 1, size: 2 } };
const moment = fc.integer({ min: 0, max: 400 * 86_400_000 }).map((ms) => later(start, ms / 1_000));
const duration = fc
  .tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom('m', 'h', 'd'))
  .map(([amount, unit]) => parseDuration(`${amount}${unit}`) ?? assert.fail());
const hours = (text: string): Duration => parseDuration(text) ?? assert.fail();
const msBetween = (one: string, other: string) => Date.parse(other) - Date.parse(one);

describe('the ends of the time boxes of several devices', () => {
  it('are never early, and at most five minutes late and a twelfth of the box', () => {
    fc.assert(
      fc.property(moment, duration, (since, box) => {
        const late = msBetween(later(since, box.seconds), endAfter(member, since, box));
        assert.ok(late >= 0 && late < 300_000 && late <= (box.seconds * 1_000) / 12);
      }),
    );
  });

  it('are in the order in which the boxes began, and mostly one', () => {
    fc.assert(
      fc.property(moment, duration, fc.integer({ min: 0, max: 10_000 }), (since, box, ms) => {
        const [one, other] = [since, later(since, ms / 1_000)].map((at) => endAfter(member, at, box));
        assert.ok(one !== undefined && other !== undefined && one <= other);
      }),
    );
    const ends = [0, 1, 40, 100].map((seconds) => endAfter(member, later(start, seconds), hours('4h')));
    assert.deepEqual([...new Set(ends)], ['2026-11-23T07:15:00.000Z']);
  });

  it('are where they were asked for, to the millisecond, of a request for one device', () => {
    fc.assert(
      fc.property(moment, duration, (since, box) => {
        assert.equal(endAfter({}, since, box), later(since, box.seconds));
      }),
    );
  });
});

describe('the time boxes of several devices', () => {
  const running: ContainmentRequest['state'] = {
    status: 'running',
    approval: anApproval(),
    machineAction: aMachineAction({ status: 'InProgress' }),
    submittedAt: start,
    confirmedAt: start,
  };
  const membersAt = (seconds: readonly number[]) =>
    (aBatch(seconds.map(() => ({ state: running, box: { duration: hours('4h') } }))).members ?? []).map(
      (one, index) =>
        decide(
          one,
          { kind: 'action-observed', machineAction: aMachineAction({ status: 'Succeeded' }) },
          later(start, seconds[index] ?? 0),
        ).request,
    );
  const untilOf = ({ box }: ContainmentRequest) => box?.running?.until;

  it('that were confirmed seconds apart end in one moment; one that was confirmed an hour later has its own', () => {
    const [one, other, late] = membersAt([3, 61, 3_600]).map(untilOf);
    assert.deepEqual(
      [one, other, late],
      ['2026-11-23T07:15:00.000Z', '2026-11-23T07:15:00.000Z', '2026-11-23T08:15:00.000Z'],
    );
  });

  it('that one press extends end in one moment again', () => {
    const press = { kind: 'extend-clicked', by: sam, clickId: 'clk', duration: hours('2d') } as const;
    const moved = membersAt([3, 61]).map((one, index) => {
      const pressed = decide(one, press, later(start, 7_200)).request;
      const verified = { kind: 'wish-verified', wish: 'extend', clickId: 'clk' } as const;
      return decide(pressed, verified, later(start, 7_200 + index)).request;
    });
    assert.deepEqual(moved.map(untilOf), ['2026-11-25T05:15:00.000Z', '2026-11-25T05:15:00.000Z']);
  });

  it('are extended to no end that they have already', () => {
    const [one] = membersAt([0]);
    const again = { kind: 'extend-clicked', by: sam, clickId: 'clk', duration: hours('4h') } as const;
    assert.equal(one && decide(one, again, later(start, 200)).refusal?.code, 'not-longer');
  });
});
