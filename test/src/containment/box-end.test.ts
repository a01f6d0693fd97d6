import assert from 'node:assert/strict';
import { boxInForce, liftReason } from '../../../src/containment/box-in-force.ts';
import { decide } from '../../../src/containment/decide.ts';
import { later } from '../../../src/containment/decision.ts';
import { parseDuration } from '../../../src/containment/duration.ts';
import { ofNoAttempt } from '../../../src/containment/of-attempt.ts';
import { aRequest, alex, anApproval, riley, sam } from '../../support/requests.ts';
import {
  type BoxWorld,
  aNewLift,
  apply,
  applyToLift,
  askedElsewhere,
  look,
  newWorld,
  priya,
} from './box-model.ts';

const end = 4 * 3_600;

function after(seconds: number): BoxWorld {
  const world = newWorld();
  world.now = later(world.now, seconds);
  return world;
}

const boxOf = ({ restriction }: BoxWorld) => boxInForce(restriction) ?? assert.fail('no box in force');
const lastLift = ({ lifts }: BoxWorld) => lifts.at(-1) ?? assert.fail('no lift');
const approverOf = (world: BoxWorld) => {
  const { state } = lastLift(world);
  return state.status === 'approved' ? state.approval.by.name : state.status;
};

/** Priya has pressed Release so long after the beginning, and it counts. */
function releasedAfter(seconds: number): BoxWorld {
  const world = after(seconds);
  apply(world, { kind: 'release-clicked', by: priya, clickId: 'clk' });
  apply(world, { kind: 'wish-verified', wish: 'release', clickId: 'clk', lift: aNewLift() });
  return world;
}

function pass(world: BoxWorld, seconds: number): void {
  world.now = later(world.now, seconds);
  look(world);
}

const stuck = (world: BoxWorld): void =>
  applyToLift(world, lastLift(world).id, {
    kind: 'attempt-stuck',
    ...ofNoAttempt(lastLift(world).state),
    why: { code: 'sign-in-needed' },
  });
const voided = (world: BoxWorld): void =>
  applyToLift(world, lastLift(world).id, {
    kind: 'attempt-void',
    ...ofNoAttempt(lastLift(world).state),
    why: { code: 'not-permitted' },
  });

describe('the end of a time box', () => {
  it('goes on with a release that waits for the sign-in of somebody who is gone', () => {
    const world = releasedAfter(3_600);
    stuck(world);
    pass(world, 3 * 3_600);
    assert.equal(approverOf(world), alex.name);
    assert.equal(world.lifts.length, 1);
  });

  it('is put on a release that loses its approval only after the end', () => {
    const world = releasedAfter(end - 5);
    pass(world, 10);
    assert.equal(boxOf(world).ended, true);
    assert.equal(approverOf(world), priya.name);
    voided(world);
    look(world);
    assert.equal(approverOf(world), alex.name);
    voided(world);
    look(world);
    assert.equal(approverOf(world), 'awaiting', 'it is put on it once');
    assert.ok(world.told.has(`wanted ${world.now}`));
  });

  it('is not defeated by somebody who asks for the lift and takes it back', () => {
    const world = after(end - 60);
    askedElsewhere(world);
    pass(world, 60);
    assert.ok(world.told.has(`wanted ${world.now}`));
    applyToLift(world, lastLift(world).id, { kind: 'cancel-clicked', by: sam, comment: 'never mind' });
    look(world);
    assert.equal(world.lifts.length, 2);
    assert.equal(approverOf(world), alex.name);
  });

  it('is turned down by a denial that comes after it, and people are asked what is to become of it', () => {
    const world = after(end - 60);
    askedElsewhere(world);
    pass(world, 60);
    applyToLift(world, lastLift(world).id, { kind: 'deny-clicked', by: priya, comment: 'Still beaconing' });
    look(world);
    assert.equal(world.lifts.length, 1);
    assert.ok(world.told.has(`unlifted ${world.now}`));
  });

  it('comes all the same after a denial that came before it', () => {
    const world = after(3_600);
    askedElsewhere(world);
    apply(world, { kind: 'release-clicked', by: alex, clickId: 'clk' });
    applyToLift(world, lastLift(world).id, { kind: 'deny-clicked', by: priya, comment: 'Too early' });
    look(world);
    pass(world, end);
    assert.equal(approverOf(world), alex.name);
  });

  it('is left to people when the submission died: whoever approved in advance is not there to retry', () => {
    const world = after(end);
    look(world);
    applyToLift(world, lastLift(world).id, { kind: 'job-died', job: 'submit' });
    assert.equal(approverOf(world), 'awaiting');
    look(world);
    assert.ok(world.told.has(`wanted ${world.now}`));
  });

  it('asks again when what people are asked for has changed', () => {
    const world = after(end);
    askedElsewhere(world);
    look(world);
    const { id } = lastLift(world);
    applyToLift(world, id, { kind: 'approve-clicked', by: priya, clickId: 'clk' });
    applyToLift(world, id, { kind: 'approve-verified', clickId: 'clk', device: {} });
    stuck(world);
    pass(world, 60);
    assert.equal(boxOf(world).lift?.label, 'Needs attention');
    assert.ok(world.told.has(`wanted ${world.now}`));
  });

  it('gives people the whole time to decide, however long a pause has lasted', () => {
    const world = after(end);
    look(world);
    world.now = later(world.now, 10 * 3_600);
    voided(world);
    assert.equal(lastLift(world).expiresAt, later(world.now, end));
    voided(world);
    assert.equal(lastLift(world).expiresAt, later(world.now, end));
  });

  it('is approved on no lift but that of its own box', () => {
    const lift = aRequest({ action: 'unrestrict', lifts: aNewLift().id });
    const approval = anApproval({ inAdvance: true });
    const of = aNewLift().id;
    assert.equal(decide(lift, { kind: 'approved-in-advance', approval, of }, lift.createdAt).request, lift);
    const plain = aRequest({ action: 'unrestrict' });
    assert.equal(decide(plain, { kind: 'approved-in-advance', approval, of }, lift.createdAt).request, plain);
  });

  it('is named to Defender as what it was', () => {
    const world = after(end);
    const plain = world.restriction;
    assert.equal(liftReason(plain), 'The time box of 4h set by #12 has ended');
    assert.equal(liftReason(plain, priya), 'Released before the end of the time box of 4h set by #12');
    look(world);
    assert.match(liftReason(world.restriction, priya), /^Released after the end of/);
    const extended = after(3_600);
    apply(extended, { kind: 'extend-clicked', by: priya, clickId: 'clk', duration: parseDuration('2d') });
    apply(extended, { kind: 'wish-verified', wish: 'extend', clickId: 'clk' });
    assert.equal(
      liftReason(extended.restriction),
      'The time box of 4h, extended until 2026-11-25 04:15 UTC, set by #12 has ended',
    );
  });

  it('is not for the requestor alone to stop, whatever its lift waits for', () => {
    const world = after(end);
    look(world);
    const cancel = { kind: 'cancel-clicked', by: riley, comment: 'keep it' } as const;
    assert.equal(decide(lastLift(world), cancel, world.now).refusal?.code, 'not-requestor');
    voided(world);
    assert.equal(decide(lastLift(world), cancel, world.now).refusal?.code, 'not-requestor');
  });
});
