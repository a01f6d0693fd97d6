import { boxInForce } from '../../src/containment/box-in-force.ts';
import type { Instant } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { timeSpan } from '../render/time-span.ts';
import { utcShort } from '../render/utc.ts';

/** When a restriction in force comes to its end, in words that stand on a list. Without a time box only a lift ends one. */
export function timeLeft(restriction: ContainmentRequest, now: Instant): string {
  const box = boxInForce(restriction);
  if (box === undefined) return 'no end set';
  const { until, ended, lift } = box;
  if (lift !== undefined) return `#${lift.number} asks to lift it`;
  const isOver = ended === true || Date.parse(until) <= Date.parse(now);
  return isOver
    ? `its time was over ${utcShort(until, now)}`
    : `${timeSpan(now, until)} left, until ${utcShort(until, now)}`;
}
