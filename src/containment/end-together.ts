import { later } from './decision.ts';
import type { Duration } from './duration.ts';
import type { Instant } from './person.ts';
import type { ContainmentRequest } from './request.ts';

/** Devices that were asked for together are confirmed one after the other. */
const longestStepSeconds = 300;
const leastStepsInBox = 12;

/** When a time box ends. Those of several devices end at full steps: in one moment, never early, and a twelfth late at most. */
export function endAfter(
  { batch }: Pick<ContainmentRequest, 'batch'>,
  since: Instant,
  { seconds }: Pick<Duration, 'seconds'>,
): Instant {
  const end = later(since, seconds);
  return batch === undefined ? end : nextStep(end, stepSeconds(seconds));
}

function stepSeconds(seconds: number): number {
  return Math.min(longestStepSeconds, Math.max(1, Math.floor(seconds / leastStepsInBox)));
}

function nextStep(moment: Instant, seconds: number): Instant {
  const step = seconds * 1_000;
  return new Date(Math.ceil(Date.parse(moment) / step) * step).toISOString();
}
