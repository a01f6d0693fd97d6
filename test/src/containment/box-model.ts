import fc from 'fast-check';
import { type BoxFacts, dueOf, hasComeToNothing, hasLifted } from '../../../src/containment/box-end.ts';
import { decide } from '../../../src/containment/decide.ts';
import { later } from '../../../src/containment/decision.ts';
import { parseDuration } from '../../../src/containment/duration.ts';
import type { Effect, Event } from '../../../src/containment/event.ts';
import { parseRequestId } from '../../../src/containment/ids.ts';
import type { Instant, Person } from '../../../src/containment/person.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import type { Approval } from '../../../src/containment/state.ts';
import type { NewLift } from '../../../src/containment/time-box.ts';
import { aMachineAction, aPerson, aRequest, alex, anApproval, riley, sam } from '../../support/requests.ts';
import { approvalOf } from './reading.ts';

export const priya = aPerson('Priya Nair');
const people = [riley, alex, sam, priya] as const;

/** A restriction with a time box and whatever requests lift it, as the store keeps them: one door, one open lift. */
export interface BoxWorld {
  restriction: ContainmentRequest;
  readonly lifts: ContainmentRequest[];
  now: Instant;
  /** Each lift that was made, and by which event. */
  readonly made: {
    readonly event: Event;
    readonly before: ContainmentRequest;
    readonly approval: Approval;
  }[];
  /** Each approval that Defender was given a lift under. */
  readonly submitted: { readonly lift: ContainmentRequest; readonly approval: Approval }[];
  readonly clicks: Map<string, Person>;
}

/** What one person or one job does. */
export type Move = (world: BoxWorld) => void;

const fourHours = parseDuration('4h') ?? { text: '4h', seconds: 14_400 };

export function newWorld(): BoxWorld {
  const running = aRequest({
    box: { duration: fourHours },
    state: {
      status: 'running',
      approval: anApproval(),
      machineAction: aMachineAction({ status: 'InProgress' }),
      submittedAt: '2026-11-23T03:12:09.000Z',
      confirmedAt: '2026-11-23T03:12:09.000Z',
    },
  });
  const now = '2026-11-23T03:15:30.000Z';
  const confirmed = {
    kind: 'action-observed',
    machineAction: aMachineAction({ status: 'Succeeded' }),
  } as const;
  const { request } = decide(running, confirmed, now);
  return { restriction: request, lifts: [], now, made: [], submitted: [], clicks: new Map() };
}

let serial = 0;

export function aNewLift(): NewLift {
  serial += 1;
  const id = parseRequestId(`req_lift${String(serial).padStart(18, '0')}`);
  if (id === undefined) throw new Error('the support code made a bad id');
  return { id, number: 100 + serial };
}

/** As the store does: state and effects together, a lift only when none is open. */
export function apply(world: BoxWorld, event: Event): void {
  const before = world.restriction;
  const { request, effects } = decide(before, withOpenLift(world, event), world.now);
  world.restriction = request;
  for (const effect of effects) carryOut(world, effect, { event, before });
}

/** As the store looks. */
function withOpenLift({ restriction, lifts }: BoxWorld, event: Event): Event {
  const asks =
    event.kind === 'release-clicked' ||
    event.kind === 'box-ended' ||
    (event.kind === 'wish-verified' && event.wish === 'release');
  const open = lifts.find(({ state }) => !hasComeToNothing(state));
  if (!asks || open === undefined) return event;
  const { id, number, state } = open;
  const takesEnd = open.lifts === restriction.id && state.status === 'awaiting';
  return { ...event, open: { id, number, takesEnd } };
}

/** Somebody types `/unrestrict` in the conversation, which is refused while a lift is open. */
export const askedElsewhere: Move = (world) => {
  if (world.lifts.some(({ state }) => !hasComeToNothing(state))) return;
  world.lifts.push(
    aRequest({
      ...aNewLift(),
      action: 'unrestrict',
      requestor: sam,
      createdAt: world.now,
      expiresAt: later(world.now, 14_400),
    }),
  );
};

function carryOut(
  world: BoxWorld,
  effect: Effect,
  cause: { event: Event; before: ContainmentRequest },
): void {
  if (effect.kind === 'approve-lift') {
    applyToLift(world, effect.lift.id, { kind: 'approved-in-advance', approval: effect.approval });
  }
  if (effect.kind !== 'lift') return;
  const { lift, approval } = effect;
  if (world.lifts.some(({ state }) => !hasComeToNothing(state))) throw new Error('a second lift was open');
  world.made.push({ ...cause, approval });
  world.lifts.push(
    aRequest({
      ...lift,
      action: 'unrestrict',
      lifts: world.restriction.id,
      createdAt: world.now,
      expiresAt: later(world.now, 14_400),
      state: { status: 'approved', approval },
    }),
  );
}

export function applyToLift(world: BoxWorld, id: string, event: Event): void {
  const index = world.lifts.findIndex((lift) => lift.id === id);
  const lift = world.lifts[index];
  if (lift === undefined) return;
  const { request } = decide(lift, event, world.now);
  const approval = approvalOf(request.state);
  if (event.kind === 'action-found' && request !== lift && approval !== undefined)
    world.submitted.push({ lift: request, approval });
  world.lifts[index] = request;
}

/** What the job does: everything that is due, by the facts of the register. */
export const look: Move = (world) => {
  for (let count = 0; count < 6; count += 1) {
    const due = dueOf(world.restriction, factsOf(world), world.now);
    if (due === undefined) return;
    if (due.kind === 'box-ended') apply(world, { ...due, lift: aNewLift() });
    else if (due.kind === 'lift-still-awaits') apply(world, { ...due, people: [priya] });
    else apply(world, due);
  }
};

function factsOf({ restriction, lifts }: BoxWorld): BoxFacts {
  const asked = restriction.box?.running?.lift;
  const lifted = lifts.find(({ state }) => hasLifted(state));
  return {
    lift: lifts.find(({ id }) => id === asked?.id),
    release:
      lifted?.state.status === 'ended'
        ? { by: lifted.state.approval.by, at: lifted.state.endedAt, number: lifted.number }
        : undefined,
  };
}

const person = fc.constantFrom<Person>(...people);
const durations = ['1m', '4h', '1d'].map((text) => parseDuration(text));

function pressed(by: Person, kind: 'release-clicked' | 'extend-clicked', index: number): Move {
  return (world) => {
    serial += 1;
    const clickId = `clk-${serial}`;
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

function liftGoes(how: 'sent' | 'Succeeded' | 'Failed' | 'void' | 'approved' | 'denied' | 'stopped'): Move {
  return (world) => {
    const lift = world.lifts.at(-1);
    if (lift === undefined) return;
    const on = (event: Event): void => applyToLift(world, lift.id, event);
    const approval = approvalOf(lift.state);
    switch (how) {
      case 'sent': {
        on({ kind: 'action-found', machineAction: aMachineAction({ id: `action of ${lift.id}` }) });
        return;
      }
      case 'Succeeded':
      case 'Failed': {
        on({
          kind: 'action-observed',
          machineAction: aMachineAction({ id: `action of ${lift.id}`, status: how }),
        });
        return;
      }
      case 'void': {
        on({
          kind: 'attempt-void',
          approvedAt: approval?.at ?? '',
          tried: 0,
          why: { code: 'sign-in-gone' },
        });
        return;
      }
      case 'approved':
        on({ kind: 'approve-clicked', by: priya, clickId: 'clk-approve' });
        {
          on({ kind: 'approve-verified', clickId: 'clk-approve', device: {} });
          return;
        }
      case 'denied': {
        on({ kind: 'deny-clicked', by: sam, comment: 'not yet' });
        return;
      }
      case 'stopped': {
        on({ kind: 'cancel-clicked', by: riley, comment: 'not yet' });
        return;
      }
    }
  };
}

const moves: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(look) },
  { weight: 1, arbitrary: fc.constant(askedElsewhere) },
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
    arbitrary: fc
      .constantFrom(
        'sent' as const,
        'Succeeded' as const,
        'Failed' as const,
        'void' as const,
        'approved' as const,
        'denied' as const,
        'stopped' as const,
      )
      .map(liftGoes),
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
    fc.property(steps, (history: readonly BoxStep[]) => {
      const world = newWorld();
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
