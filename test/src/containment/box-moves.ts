import fc from 'fast-check';
import { later } from '../../../src/containment/decision.ts';
import { parseDuration } from '../../../src/containment/duration.ts';
import type { Event } from '../../../src/containment/event.ts';
import { ofNoAttempt } from '../../../src/containment/of-attempt.ts';
import type { Person } from '../../../src/containment/person.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { aMachineAction, alex, riley, sam } from '../../support/requests.ts';
import {
  type BoxWorld,
  type Move,
  aNewLift,
  apply,
  applyToLift,
  askedElsewhere,
  look,
  newWorld,
  nextSerial,
  priya,
  sendLift,
} from './box-model.ts';
import { approvalOf } from './reading.ts';

const people = [riley, alex, sam, priya] as const;
const person = fc.constantFrom<Person>(...people);
const durations = ['1m', '4h', '1d'].map((text) => parseDuration(text));

function pressed(by: Person, kind: 'release-clicked' | 'extend-clicked', index: number): Move {
  return (world) => {
    const clickId = `clk-${nextSerial()}`;
    world.clicks.set(clickId, by);
    const duration = durations[index];
    apply(world, kind === 'release-clicked' ? { kind, by, clickId } : { kind, by, clickId, duration });
  };
}

/** The oldest press that waits is checked; now and then an answer comes late or of another kind. */
function checked(answer: 'yes' | 'no' | 'sign-in', mixed: boolean): Move {
  return (world) => {
    const wish = world.restriction.box?.running?.wishes[0];
    if (wish === undefined) return;
    const clickId = wish.id;
    const kind = mixed === (wish.verb === 'extend') ? 'release' : 'extend';
    if (answer === 'no') {
      apply(world, {
        kind: 'wish-refused',
        wish: kind,
        clickId,
        why: { code: 'not-permitted' },
        tell: true,
      });
      return;
    }
    if (answer === 'sign-in') {
      apply(world, { kind: 'wish-needs-sign-in', wish: kind, clickId, until: later(world.now, 600) });
      return;
    }
    apply(
      world,
      kind === 'release'
        ? { kind: 'wish-verified', wish: kind, clickId, lift: aNewLift() }
        : { kind: 'wish-verified', wish: kind, clickId },
    );
  };
}

const waysOfLift = [
  'sent',
  'Succeeded',
  'Failed',
  'void',
  'without-sign-in',
  'died',
  'approved',
  'retried',
  'denied',
  'stopped',
  'taken-back',
  'expired',
] as const;

function liftGoes(how: (typeof waysOfLift)[number]): Move {
  return (world) => {
    const lift = world.lifts.at(-1);
    if (lift === undefined) return;
    if (how === 'sent') sendLift(world, lift);
    else for (const event of eventsOfLift(lift, how)) applyToLift(world, lift.id, event);
  };
}

function eventsOfLift(
  lift: ContainmentRequest,
  how: Exclude<(typeof waysOfLift)[number], 'sent'>,
): readonly Event[] {
  const approver = approvalOf(lift.state)?.by ?? priya;
  switch (how) {
    case 'approved':
      return [
        { kind: 'approve-clicked', by: priya, clickId: 'clk-approve' },
        { kind: 'approve-verified', clickId: 'clk-approve', device: {} },
      ];
    case 'retried':
      return [{ kind: 'retry-clicked', by: approver }];
    case 'denied':
      return [{ kind: 'deny-clicked', by: priya, comment: 'not yet' }];
    case 'stopped':
      return [{ kind: 'cancel-clicked', by: lift.requestor, comment: 'not yet' }];
    case 'taken-back':
      return [{ kind: 'cancel-clicked', by: approver, comment: 'not yet' }];
    case 'expired':
      return [{ kind: 'time-passed' }];
    default:
      return [eventOfSubmission(lift, how)];
  }
}

function eventOfSubmission(
  lift: ContainmentRequest,
  how: 'Succeeded' | 'Failed' | 'void' | 'without-sign-in' | 'died',
): Event {
  const of = ofNoAttempt(lift.state);
  switch (how) {
    case 'Succeeded':
    case 'Failed': {
      const machineAction = aMachineAction({ id: `action of ${lift.id}`, status: how });
      return { kind: 'action-observed', machineAction };
    }
    case 'void':
      return { kind: 'attempt-void', ...of, why: { code: 'not-permitted' } };
    // As `refusedEvent` of the submission has it.
    case 'without-sign-in':
      return approvalOf(lift.state)?.inAdvance === true
        ? { kind: 'attempt-void', ...of, why: { code: 'sign-in-gone' } }
        : { kind: 'attempt-stuck', ...of, why: { code: 'sign-in-needed' } };
    case 'died':
      return { kind: 'job-died', job: 'submit' };
  }
}

const moves: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(look) },
  { weight: 1, arbitrary: fc.constant(askedElsewhere) },
  { weight: 1, arbitrary: fc.constant((world: BoxWorld) => void world.elsewhere.push(world.now)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        person,
        fc.constantFrom('release-clicked' as const, 'extend-clicked' as const),
        fc.nat({ max: 2 }),
      )
      .map(([by, kind, index]) => pressed(by, kind, index)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('yes' as const, 'yes' as const, 'no' as const, 'sign-in' as const),
        fc.nat({ max: 5 }),
      )
      .map(([answer, odd]) => checked(answer, odd === 0)),
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom(...waysOfLift, 'sent', 'sent', 'void').map(liftGoes),
  },
  // A job that slept tells of an end that has been moved, or comes too early.
  {
    weight: 1,
    arbitrary: fc.constantFrom('2026-11-23T07:15:30.000Z', '2026-11-23T03:30:00.000Z').map(
      (until): Move =>
        (world) =>
          apply(world, { kind: 'box-ended', until, lift: aNewLift() }),
    ),
  },
);

const batch = { lead: aNewLift().id, place: 2, size: 3 };

export interface BoxStep {
  readonly seconds: number;
  readonly move: Move;
}

/** 400 in every run; more when asked, such as `MODEL_RUNS=50000`. */
const numRuns = Number(process.env['MODEL_RUNS'] ?? 400);

/** Every step of every history of a box, seen after it. */
export function alwaysInBoxes(check: (before: ContainmentRequest, world: BoxWorld) => void): void {
  const steps = fc.array(fc.record({ seconds: fc.constantFrom(0, 0, 1, 20, 900, 14_400), move: moves }), {
    minLength: 1,
    maxLength: 40,
    size: 'max',
  });
  fc.assert(
    fc.property(steps, fc.boolean(), (history: readonly BoxStep[], isOneOfSeveral) => {
      const world = newWorld(isOneOfSeveral ? { batch } : {});
      for (const { seconds, move } of history) {
        world.now = later(world.now, seconds);
        const before = world.restriction;
        move(world);
        check(before, world);
      }
    }),
    { numRuns },
  );
}
