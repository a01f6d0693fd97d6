import { type BoxFacts, dueOf } from '../../../src/containment/box-due.ts';
import { hasComeToNothing, hasLifted, takesEnd } from '../../../src/containment/box-end.ts';
import { decide } from '../../../src/containment/decide.ts';
import { later } from '../../../src/containment/decision.ts';
import { parseDuration } from '../../../src/containment/duration.ts';
import type { Effect, Event } from '../../../src/containment/event.ts';
import { parseRequestId } from '../../../src/containment/ids.ts';
import { ofNoAttempt } from '../../../src/containment/of-attempt.ts';
import { otherRestrictions, unseenRestrictions } from '../../../src/containment/other-restrictions.ts';
import type { Instant, Person } from '../../../src/containment/person.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import type { Approval } from '../../../src/containment/state.ts';
import type { NewLift, OtherRestriction } from '../../../src/containment/time-box.ts';
import { aMachineAction, aPerson, aRequest, anApproval, sam } from '../../support/requests.ts';
import { approvalOf } from './reading.ts';

export const priya = aPerson('Priya Nair');

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
  /** Each approval that Defender was given a lift under, and what else restricted the device then. */
  readonly submitted: {
    readonly lift: ContainmentRequest;
    readonly approval: Approval;
    readonly others: readonly OtherRestriction[];
  }[];
  /** When somebody restricted the device in the portal. */
  readonly elsewhere: Instant[];
  /** What the thread was told, and the ends whose approval was put on a lift. */
  readonly told: Set<string>;
  readonly borne: Instant[];
  readonly clicks: Map<string, Person>;
}

/** What one person or one job does. */
export type Move = (world: BoxWorld) => void;

const fourHours = parseDuration('4h') ?? { text: '4h', seconds: 14_400 };

/** @param given such as that the restriction is for one of several devices */
export function newWorld(given: Partial<Pick<ContainmentRequest, 'batch'>> = {}): BoxWorld {
  const running = aRequest({
    ...given,
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
  return { restriction: request, lifts: [], now, made: [], submitted: [], clicks: new Map(), ...empty() };
}

const empty = () => ({ elsewhere: [], told: new Set<string>(), borne: [] });

let serial = 0;

export function nextSerial(): number {
  serial += 1;
  return serial;
}

export function aNewLift(): NewLift {
  const one = nextSerial();
  const id = parseRequestId(`req_lift${String(one).padStart(18, '0')}`);
  if (id === undefined) throw new Error('the support code made a bad id');
  return { id, number: 100 + one };
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
  const asks = event.kind === 'box-ended' || (event.kind === 'wish-verified' && event.wish === 'release');
  const open = lifts.find(({ state }) => !hasComeToNothing(state));
  if (!asks || open === undefined) return event;
  const { id, number, state } = open;
  const isOwn = open.lifts === restriction.id;
  return { ...event, open: { id, number, takesEnd: isOwn && takesEnd(state) } };
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
    const { id } = effect.lift;
    const { approval } = effect;
    applyToLift(world, id, { kind: 'approved-in-advance', approval, of: world.restriction.id });
    world.borne.push(approval.at);
  }
  if (effect.kind === 'tell-box') world.told.add(`${effect.about} ${effect.of}`);
  if (effect.kind !== 'lift') return;
  const { lift, approval } = effect;
  if (world.lifts.some(({ state }) => !hasComeToNothing(state))) throw new Error('a second lift was open');
  world.made.push({ ...cause, approval });
  if (approval.inAdvance === true) world.borne.push(approval.at);
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
    world.submitted.push({ lift: request, approval, others: othersIn(world) });
  world.lifts[index] = request;
}

function othersIn({ restriction, elsewhere }: BoxWorld): OtherRestriction[] {
  const listed = elsewhere.map((createdAt, index) => ({
    id: `portal-${index}`,
    type: 'RestrictCodeExecution',
    status: 'Succeeded' as const,
    createdAt,
  }));
  return otherRestrictions(restriction, { listed, registered: [] });
}

/** As the submission does, asking last what else restricts the device. */
export function sendLift(world: BoxWorld, lift: ContainmentRequest): void {
  const others = othersIn(world);
  const mayLift = lift.lifts === undefined || unseenRestrictions(lift, others).length === 0;
  applyToLift(
    world,
    lift.id,
    mayLift
      ? { kind: 'action-found', machineAction: aMachineAction({ id: `action of ${lift.id}` }) }
      : { kind: 'attempt-void', ...ofNoAttempt(lift.state), why: { code: 'restricted-anew' }, others },
  );
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
