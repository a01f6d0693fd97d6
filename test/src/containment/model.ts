import fc from 'fast-check';
import { decide } from '../../../src/containment/decide.ts';
import { type Decision, later } from '../../../src/containment/decision.ts';
import type { Event } from '../../../src/containment/event.ts';
import type { Instant } from '../../../src/containment/person.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import type { State } from '../../../src/containment/state.ts';
import { aMachineAction, aNamedRequest, aRequest, anApproval } from '../../support/requests.ts';
import { deepFreeze } from './deep-freeze.ts';
import { type Step, histories } from './histories.ts';

/** One event of a history, and what it did. */
export interface Moment {
  readonly before: ContainmentRequest;
  readonly event: Event;
  readonly now: Instant;
  readonly decision: Decision;
}

const states: readonly State[] = [
  { status: 'awaiting', clicks: [] },
  { status: 'approved', approval: anApproval() },
  {
    status: 'running',
    approval: anApproval(),
    machineAction: aMachineAction({ id: 'action-1', status: 'InProgress' }),
    submittedAt: '2026-11-23T03:10:30.000Z',
    confirmedAt: '2026-11-23T03:10:30.000Z',
  },
  {
    status: 'attention',
    reason: { code: 'sign-in-needed' },
    at: '2026-11-23T03:11:00.000Z',
    approval: anApproval(),
  },
];

const beginnings: readonly ContainmentRequest[] = [
  ...states.map((state) => aRequest({ state })),
  aNamedRequest(),
];

/** 600 in every run; more when asked, such as `MODEL_RUNS=50000`. */
const numRuns = Number(process.env['MODEL_RUNS'] ?? 600);

/** Every moment of every history, from requests in several states. */
export function always(check: (moments: readonly Moment[]) => void): void {
  fc.assert(
    fc.property(histories, fc.constantFrom(...beginnings), (steps, first) => {
      check(play(steps, first));
    }),
    { numRuns },
  );
}

function play(steps: readonly Step[], first: ContainmentRequest): readonly Moment[] {
  const moments: Moment[] = [];
  let request = first;
  let now = later(request.createdAt, 60);
  for (const [index, { seconds, eventIn }] of steps.entries()) {
    now = later(now, seconds);
    const before = deepFreeze(request);
    const event = deepFreeze(eventIn(before.state, index));
    const decision = decide(before, event, now);
    moments.push({ before, event, now, decision });
    request = decision.request;
  }
  return moments;
}
