import assert from 'node:assert/strict';
import { boxInForce } from '../../../src/containment/box-in-force.ts';
import { decide } from '../../../src/containment/decide.ts';
import { later } from '../../../src/containment/decision.ts';
import { parseDuration } from '../../../src/containment/duration.ts';
import type { Event } from '../../../src/containment/event.ts';
import { type BoxWorld, apply, look, newWorld, priya } from './box-model.ts';

const hour = 3_600;

function after(seconds: number): BoxWorld {
  const world = newWorld();
  world.now = later(world.now, seconds);
  return world;
}

const boxOf = ({ restriction }: BoxWorld) => boxInForce(restriction) ?? assert.fail('no box in force');
const refusalOf = ({ restriction, now }: BoxWorld, event: Event) =>
  decide(restriction, event, now).refusal?.code;

describe('a time box whose buttons are pressed again', () => {
  it('is extended by what was pressed last, where the first press waited for a sign-in', () => {
    const world = after(hour);
    const press = (text: string): Event => ({
      kind: 'extend-clicked',
      by: priya,
      clickId: 'clk-extend',
      duration: parseDuration(text),
    });
    apply(world, press('1d'));
    assert.equal(refusalOf(world, press('5h')), 'wish-checking', 'the check goes on');
    const until = later(world.now, 600);
    const waits = { kind: 'wish-needs-sign-in', wish: 'extend', clickId: 'clk-extend', until } as const;
    apply(world, waits);
    world.now = later(world.now, 60);
    apply(world, press('5h'));
    const [wish, ...others] = boxOf(world).wishes;
    assert.deepEqual([wish?.signInUntil, others], [until, []]);

    apply(world, { kind: 'wish-verified', wish: 'extend', clickId: 'clk-extend' });

    assert.equal(boxOf(world).until, later(world.now, 5 * hour));
  });

  it('is lifted a minute after its end at the latest, however often somebody presses Extend', () => {
    const world = after(4 * hour - 5);
    const press = {
      kind: 'extend-clicked',
      by: priya,
      clickId: 'clk',
      duration: parseDuration('4h'),
    } as const;
    apply(world, press);
    const until = later(world.now, 600);
    apply(world, { kind: 'wish-needs-sign-in', wish: 'extend', clickId: 'clk', until });
    for (let pressed = 0; pressed < 3; pressed += 1) {
      world.now = later(world.now, 20);
      apply(world, press);
      look(world);
    }
    assert.equal(world.lifts.length, 0);
    world.now = later(world.now, 5);
    look(world);
    assert.equal(world.lifts.length, 1);
  });

  it('keeps a wish that has got a new link when a late check of the old one finds none', () => {
    const world = after(hour);
    apply(world, { kind: 'release-clicked', by: priya, clickId: 'clk-release' });
    const until = later(world.now, 600);
    apply(world, { kind: 'wish-needs-sign-in', wish: 'release', clickId: 'clk-release', until });
    const why = { code: 'extra-sign-in-needed' } as const;
    const refusal = {
      kind: 'wish-refused',
      wish: 'release',
      clickId: 'clk-release',
      why,
      tell: true,
    } as const;
    apply(world, { ...refusal, seen: { signInUntil: undefined } });
    assert.equal(boxOf(world).wishes.length, 1);
    apply(world, { ...refusal, seen: { signInUntil: until } });
    assert.deepEqual(boxOf(world).wishes, []);
  });
});
