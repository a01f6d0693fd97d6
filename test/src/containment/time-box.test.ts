import assert from 'node:assert/strict';
import { nextLook } from '../../../src/containment/box-due.ts';
import { decide } from '../../../src/containment/decide.ts';
import { later } from '../../../src/containment/decision.ts';
import { parseDuration } from '../../../src/containment/duration.ts';
import type { Event } from '../../../src/containment/event.ts';
import { labelOf } from '../../../src/containment/state.ts';
import { boxInForce } from '../../../src/containment/box-in-force.ts';
import { aMachineAction, aRequest, alex, riley, sam } from '../../support/requests.ts';
import {
  type BoxWorld,
  aNewLift,
  apply,
  askedElsewhere,
  applyToLift,
  look,
  newWorld,
  priya,
} from './box-model.ts';

const hour = 3_600;

/** In a world in which so much time has passed since Defender confirmed. */
function after(seconds: number): BoxWorld {
  const world = newWorld();
  world.now = later(world.now, seconds);
  return world;
}

const boxOf = ({ restriction }: BoxWorld) => boxInForce(restriction) ?? assert.fail('no box in force');
const refusalOf = ({ restriction, now }: BoxWorld, event: Event) =>
  decide(restriction, event, now).refusal?.code;

function extend(world: BoxWorld, by = priya, text = '4h'): void {
  apply(world, { kind: 'extend-clicked', by, clickId: 'clk-extend', duration: parseDuration(text) });
  apply(world, { kind: 'wish-verified', wish: 'extend', clickId: 'clk-extend' });
}

function release(world: BoxWorld, by = priya, clickId = 'clk-release'): void {
  apply(world, { kind: 'release-clicked', by, clickId, comment: 'cleaned' });
  apply(world, { kind: 'wish-verified', wish: 'release', clickId, lift: aNewLift() });
}

describe('a time box', () => {
  it('begins when Defender confirms the restriction, and is looked at when the thread is to be asked', () => {
    const running = newWorld();
    assert.equal(boxOf(running).until, later(running.now, 4 * hour));
    assert.deepEqual(boxOf(running).authorisedBy, alex);
    assert.equal(nextLook(running.restriction, running.now), 4 * hour - 900);
  });

  it('never begins for a restriction that failed', () => {
    const machineAction = aMachineAction({ status: 'Failed' });
    const box = { duration: parseDuration('4h') ?? assert.fail() };
    const state = { status: 'approved', approval: { by: alex, at: '2026-11-23T03:12:05.000Z' } } as const;
    const { request, effects } = decide(
      aRequest({ box, state }),
      { kind: 'action-found', machineAction },
      later(state.approval.at, 5),
    );
    assert.equal(request.box?.running, undefined);
    assert.ok(!effects.some(({ kind }) => kind === 'time-box'));
  });

  it('asks once before its end, 15 minutes or a quarter of the box early, whichever is less', () => {
    const early = after(4 * hour - 901);
    look(early);
    assert.equal(boxOf(early).warned, undefined);
    const world = after(4 * hour - 900);
    look(world);
    assert.equal(boxOf(world).warned, true);
    extend(world, priya, '1m');
    assert.equal(boxOf(world).warned, true, 'a minute from now is no later end');
    const soon = after(4 * hour);
    extend(soon, priya, '4m');
    soon.now = later(soon.now, 3 * 60);
    look(soon);
    assert.equal(boxOf(soon).warned, true);
  });

  it('at its end makes one lift, approved by the approver of the box as of that moment, for the same requestor', () => {
    const world = after(4 * hour + 30);
    look(world);
    look(world);
    const [lift, ...others] = world.lifts;
    assert.deepEqual(others, []);
    assert.deepEqual(lift?.state, {
      status: 'approved',
      approval: { by: alex, at: boxOf(world).until, inAdvance: true, appliedAt: world.now },
    });
    assert.equal(lift.requestor, riley);
    assert.equal(boxOf(world).lift?.number, lift.number);
  });

  it('without the approver’s sign-in asks everybody entitled, and more people when nobody decides', () => {
    const world = after(4 * hour);
    look(world);
    const id = world.lifts[0]?.id ?? '';
    const why = { code: 'sign-in-gone' } as const;
    applyToLift(world, id, { kind: 'attempt-void', approvedAt: boxOf(world).until, tried: 0, why });
    look(world);
    assert.equal(boxOf(world).lift?.awaitedSince, world.now);
    world.now = later(world.now, 899);
    look(world);
    assert.equal(boxOf(world).lift?.called, undefined);
    world.now = later(world.now, 1);
    look(world);
    assert.deepEqual(boxOf(world).lift?.called?.people, [priya]);
  });

  it('extended, ends so long after the press, and its end is the extender’s', () => {
    const world = after(hour);
    extend(world);
    const { until, authorisedBy, extended } = boxOf(world);
    assert.equal(until, later(world.now, 4 * hour));
    assert.deepEqual(authorisedBy, priya);
    assert.deepEqual(extended, { by: priya, at: world.now, from: later(world.now, 3 * hour), until });
    world.now = until;
    look(world);
    const [lift] = world.lifts;
    assert.ok(lift?.state.status === 'approved');
    assert.deepEqual(lift.state.approval.by, priya);
  });

  it('extended twice at once does not get twice as long', () => {
    const world = after(hour);
    extend(world);
    apply(world, { kind: 'extend-clicked', by: sam, clickId: 'clk-2', duration: parseDuration('4h') });
    apply(world, { kind: 'wish-verified', wish: 'extend', clickId: 'clk-2' });
    assert.equal(boxOf(world).until, later(world.now, 4 * hour));
  });

  it('is not lifted under the hands of somebody who is about to extend it', () => {
    const world = after(4 * hour - 5);
    apply(world, { kind: 'extend-clicked', by: priya, clickId: 'clk-extend', duration: parseDuration('4h') });
    world.now = later(world.now, 10);
    look(world);
    assert.deepEqual(world.lifts, []);
    apply(world, { kind: 'wish-verified', wish: 'extend', clickId: 'clk-extend' });
    assert.equal(boxOf(world).until, later(world.now, 4 * hour - 10));
  });

  it('waits for a check that comes to nothing no longer than a minute', () => {
    const world = after(4 * hour - 5);
    apply(world, { kind: 'extend-clicked', by: priya, clickId: 'clk-extend', duration: parseDuration('4h') });
    world.now = later(world.now, 60);
    look(world);
    assert.equal(world.lifts.length, 1);
    assert.deepEqual(boxOf(world).wishes, []);
  });

  it('released early, makes that same lift with the presser’s approval', () => {
    const world = after(hour);
    release(world);
    const [lift] = world.lifts;
    assert.deepEqual(lift?.state, {
      status: 'approved',
      approval: { by: priya, at: world.now, comment: 'cleaned', upn: undefined },
    });
    world.now = later(world.now, 3 * hour);
    look(world);
    assert.equal(world.lifts.length, 1);
  });

  it('released by two at once makes one lift, and the second learns of it', () => {
    const world = after(hour);
    apply(world, { kind: 'release-clicked', by: priya, clickId: 'clk-1' });
    apply(world, { kind: 'release-clicked', by: sam, clickId: 'clk-2' });
    apply(world, { kind: 'wish-verified', wish: 'release', clickId: 'clk-1', lift: aNewLift() });
    apply(world, { kind: 'wish-verified', wish: 'release', clickId: 'clk-2', lift: aNewLift() });
    assert.equal(world.lifts.length, 1);
    assert.equal(refusalOf(world, { kind: 'release-clicked', by: alex, clickId: 'clk-3' }), 'lift-asked-for');
  });

  it('whose early release did not come about still ends by the word of its approver', () => {
    const world = after(hour);
    release(world);
    const id = world.lifts[0]?.id ?? '';
    const why = { code: 'not-permitted' } as const;
    applyToLift(world, id, { kind: 'attempt-void', approvedAt: world.now, tried: 0, why });
    world.now = later(world.now, 3 * hour);
    look(world);
    const [lift, ...others] = world.lifts;
    assert.deepEqual(others, []);
    assert.ok(lift?.state.status === 'approved');
    assert.deepEqual(lift.state.approval.by, alex);
  });

  it('whose lift came to nothing may be released or extended again', () => {
    const world = after(4 * hour);
    look(world);
    const id = world.lifts[0]?.id ?? '';
    applyToLift(world, id, { kind: 'cancel-clicked', by: riley, comment: 'keep it' });
    assert.equal(world.lifts[0]?.state.status, 'approved', 'the requestor alone does not stop it');
    applyToLift(world, id, { kind: 'cancel-clicked', by: alex, comment: 'keep it' });
    look(world);
    assert.equal(boxOf(world).failed?.label, 'Withdrawn');
    assert.ok(world.told.has(`unlifted ${world.now}`));
    look(world);
    assert.equal(world.lifts.length, 1, 'the end is approved once');
    release(world);
    assert.equal(world.lifts.length, 2);
  });

  it('refuses the requestor, what is no duration, what is not later, and a second press during the check', () => {
    const world = after(hour);
    const duration = parseDuration('4h');
    assert.equal(
      refusalOf(world, { kind: 'release-clicked', by: riley, clickId: 'c' }),
      'own-request-release',
    );
    assert.equal(
      refusalOf(world, { kind: 'extend-clicked', by: riley, clickId: 'c', duration }),
      'own-request-extend',
    );
    assert.equal(
      refusalOf(world, { kind: 'extend-clicked', by: sam, clickId: 'c', duration: undefined }),
      'bad-duration',
    );
    assert.equal(
      refusalOf(world, { kind: 'extend-clicked', by: sam, clickId: 'c', duration: parseDuration('3h') }),
      'not-longer',
    );
    apply(world, { kind: 'release-clicked', by: sam, clickId: 'clk-1' });
    assert.equal(
      refusalOf(world, { kind: 'extend-clicked', by: sam, clickId: 'c', duration }),
      'wish-checking',
    );
  });

  it('released while somebody asks for the lift, approves nothing and says which request asks', () => {
    const world = after(hour);
    askedElsewhere(world);
    const [own] = world.lifts;
    assert.ok(own !== undefined);
    release(world);
    assert.equal(boxOf(world).lift?.number, own.number);
    assert.deepEqual(boxOf(world).wishes, []);
    assert.equal(world.lifts.length, 1);
    assert.equal(world.lifts[0]?.state.status, 'awaiting');
  });

  it('whose release finds that somebody asked for the lift during its check, is void and tells why', () => {
    const world = after(hour);
    apply(world, { kind: 'release-clicked', by: priya, clickId: 'clk' });
    askedElsewhere(world);
    const open = { id: world.lifts[0]?.id ?? aNewLift().id, number: 77, takesEnd: false };
    const event = { kind: 'wish-verified', wish: 'release', clickId: 'clk', lift: aNewLift(), open } as const;
    const told = decide(world.restriction, { ...event, tell: true }, world.now);
    assert.deepEqual(boxInForce(told.request)?.voided?.why, { code: 'lift-meanwhile', number: 77 });
    assert.ok(told.effects.some((effect) => effect.kind === 'tell' && effect.to === priya));
    assert.ok(!told.effects.some((effect) => effect.kind === 'lift'));
  });

  it('extended less far than somebody else did meanwhile, tells that to whoever pressed', () => {
    const world = after(hour);
    apply(world, { kind: 'extend-clicked', by: priya, clickId: 'clk', duration: parseDuration('4h') });
    extend(world, sam, '1d');
    const event = { kind: 'wish-verified', wish: 'extend', clickId: 'clk', tell: true } as const;
    // Sam's extension was checked first.
    const { request, effects } = decide(world.restriction, event, world.now);
    assert.deepEqual(boxInForce(request)?.voided?.why, { code: 'not-longer' });
    assert.ok(effects.some((effect) => effect.kind === 'tell' && effect.to === priya));
  });

  it('is over when the restriction was lifted, by whatever request', () => {
    const world = after(hour);
    apply(world, { kind: 'restriction-released', by: sam, at: world.now, number: 20 });
    assert.equal(labelOf(world.restriction.state), 'Succeeded');
    assert.equal(nextLook(world.restriction, world.now), undefined);
    world.now = later(world.now, 4 * hour);
    look(world);
    assert.deepEqual(world.lifts, []);
    assert.equal(refusalOf(world, { kind: 'release-clicked', by: sam, clickId: 'c' }), 'no-time-box');
  });
});
