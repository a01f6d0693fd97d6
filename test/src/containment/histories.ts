import fc from 'fast-check';
import type { Event } from '../../../src/containment/event.ts';
import { type OfAttempt, ofNoAttempt } from '../../../src/containment/of-attempt.ts';
import type { Person } from '../../../src/containment/person.ts';
import type { State } from '../../../src/containment/state.ts';
import { aDeviceId, aMachineAction, aPerson, alex, riley, sam } from '../../support/requests.ts';

/** One event of a history; which attempt it is about is known only when it happens. */
export interface Step {
  readonly seconds: number;
  readonly eventIn: (state: State, index: number) => Event;
}

const person = fc.constantFrom<Person>(riley, alex, sam, aPerson('Priya Nair'));
const clickId = fc.constantFrom('click-1', 'click-2', 'click-3');
const comment = fc.constantFrom('', 'because');
const device = fc.constantFrom(
  { osPlatform: 'Windows11' },
  { osPlatform: 'Windows11' },
  { osPlatform: 'macOS' },
);
const tell = fc.constantFrom(true, false, { unlessTold: '0199a5c0-0000-7000-8000-000000000001' });
const deviceId = fc.constantFrom(aDeviceId(), aDeviceId('b'.repeat(40)));
const openHere = fc.constantFrom(undefined, undefined, 7);
const why = fc.constantFrom({ code: 'not-permitted' } as const, { code: 'sign-in-gone' } as const);
const open = ['Pending', 'InProgress', 'Pending', 'InProgress'] as const;
const status = fc.constantFrom(...open, 'Succeeded', 'Failed', 'TimeOut', 'Cancelled');
const machineAction = fc
  .record({ id: fc.constantFrom('action-1', 'action-1', 'action-2'), status })
  .map((given) => aMachineAction(given));
/** Mostly the attempt of the moment, sometimes a stale or no attempt. */
const whichAttempt = fc.constantFrom('current', 'current', 'stale', 'none');
const moment = '2026-11-23T03:30:00.000Z';
const longAgo = '2026-11-23T03:00:00.000Z';

const hold = fc.constantFrom(
  { reason: 'a drill', since: '2026-11-23T03:11:00.000Z' },
  { reason: 'a rule went wild', since: '2026-11-23T03:40:00.000Z' },
);

/** What stands in the way, and what people, administrators and the job engine do about it. */
const obstacles = fc
  .oneof<fc.Arbitrary<Event>[]>(
    fc.record({ kind: fc.constant('retry-clicked'), by: person }),
    fc.record({ kind: fc.constant('close-clicked'), by: person, comment }),
    fc.record({
      kind: fc.constant('job-died'),
      job: fc.constantFrom('submit', 'check-approval', 'cancel-action'),
      clickId: fc.option(clickId, { nil: undefined }),
      since: fc.constantFrom(undefined, longAgo),
    }),
    fc.record({ kind: fc.constant('submission-paused'), hold }),
    fc.constant({ kind: 'submission-resumed' }),
  )
  .map(
    (event): Step['eventIn'] =>
      () =>
        event,
  );

const plain = fc
  .oneof<fc.Arbitrary<Event>[]>(
    fc.record({ kind: fc.constant('device-read'), device }),
    fc.record({ kind: fc.constant('device-read'), device, deviceId, openHere, openElsewhere: openHere }),
    fc.record({ kind: fc.constant('approve-clicked'), by: person, clickId }),
    fc.record({ kind: fc.constant('approve-verified'), clickId, device }),
    fc.record({
      kind: fc.constant('approve-verified'),
      clickId,
      device,
      deviceId,
      openHere,
      tell,
    }),
    fc.record({
      kind: fc.constant('approve-verified'),
      clickId,
      device,
      steppedUp: fc.option(fc.boolean(), { nil: undefined }),
    }),
    fc.record({ kind: fc.constant('approve-needs-sign-in'), clickId, until: fc.constant(moment) }),
    fc.record({ kind: fc.constant('approve-refused'), clickId, why, tell }),
    fc.record({ kind: fc.constant('deny-clicked'), by: person, comment }),
    fc.record({ kind: fc.constant('cancel-clicked'), by: person, comment }),
    fc.record({ kind: fc.constant('cancel-accepted'), by: person }),
    fc.record({ kind: fc.constant('cancel-accepted'), by: person, wishedAt: fc.constant(longAgo) }),
    fc.record({
      kind: fc.constant('cancel-refused'),
      by: person,
      why: fc.constant({ code: 'failed' }),
      tell,
    }),
    fc.constant({ kind: 'time-passed' }),
    fc.record({ kind: fc.constant('action-found'), machineAction }),
    fc.constant({ kind: 'action-absent' }),
    fc.record({ kind: fc.constant('action-observed'), machineAction }),
    fc.record({ kind: fc.constant('action-observed'), machineAction }),
    fc.constant({ kind: 'not-confirmed' }),
  )
  .map(
    (event): Step['eventIn'] =>
      () =>
        event,
  );

const ofAttempt = fc
  .record({
    which: whichAttempt,
    kind: fc.constantFrom('started', 'started', 'postponed', 'void', 'unclear', 'stuck'),
    why,
    stuck: fc.constantFrom('outcome-unknown', 'client-too-old', 'sign-in-needed', 'step-failed'),
    wait: fc.constantFrom('throttled', 'paused'),
    token: fc.constantFrom('of any', 'of this', 'of this', 'of an older'),
  })
  .map(({ which, kind, why: reason, stuck, wait, token }): Step['eventIn'] => (state, index) => {
    const of = whose(state, which, token);
    switch (kind) {
      case 'started':
        return {
          kind: 'attempt-started',
          attemptId: `attempt-${index}`,
          deadline: moment,
          ...(token === 'of any' ? {} : { approvedAt: token === 'of this' ? approvedAt(state) : longAgo }),
        };
      case 'postponed':
        return { kind: 'attempt-postponed', ...of, until: moment, why: wait };
      case 'void':
        return { kind: 'attempt-void', ...of, why: reason };
      case 'unclear':
        return { kind: 'attempt-unclear', attemptId: of.attemptId ?? 'none', lookAgainAt: moment };
      default:
        return { kind: 'attempt-stuck', ...of, why: { code: stuck } };
    }
  });

function whose(state: State, which: 'current' | 'stale' | 'none', token: string): OfAttempt {
  const current = 'attempt' in state ? state.attempt?.id : undefined;
  if (which === 'stale') return { attemptId: 'attempt-long-ago' };
  if (which === 'current' && current !== undefined) return { attemptId: current };
  return token === 'of an older' ? { approvedAt: longAgo, tried: 0 } : ofNoAttempt(state);
}

/** The approval whose token an attempt holds. */
function approvedAt(state: State): string {
  return ('approval' in state ? state.approval?.at : undefined) ?? longAgo;
}

/** Histories of any order: clicks of anybody, late, doubled and stale outcomes, minutes and hours in between. */
export const histories: fc.Arbitrary<readonly Step[]> = fc
  .array(
    fc.record({
      seconds: fc.constantFrom(0, 0, 1, 5, 60, 150, 3_000),
      eventIn: fc.oneof(
        { arbitrary: plain, weight: 3 },
        { arbitrary: ofAttempt, weight: 2 },
        { arbitrary: obstacles, weight: 2 },
      ),
      repeats: fc.constantFrom(1, 1, 1, 2, 4),
    }),
    // Without `size` fast-check keeps arrays to about ten: too short to come back from what needs attention.
    { minLength: 1, maxLength: 40, size: 'max' },
  )
  .map((steps) =>
    steps.flatMap(({ seconds, eventIn, repeats }) =>
      Array.from({ length: repeats }, (_, turn): Step => ({ seconds: turn === 0 ? seconds : 0, eventIn })),
    ),
  );
