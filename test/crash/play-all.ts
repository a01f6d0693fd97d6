import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import { type Step, steps } from '../../src/platform/steps.ts';
import { brokenAnswers, leaksOf } from '../e2e/leaks.ts';
import { type CrashWorld, createCrashWorld } from './crash-world.ts';
import type { Play } from './plays/play.ts';
import { alex, createScene, priya, sam } from './scene.ts';

/** One test for each step: the bot is killed there, started again, and everything comes to its true end. */
export function playAll(heading: string, plays: Readonly<Record<string, Play>>): void {
  describe(`A kill while the bot is ${heading}`, function () {
    this.timeout(400_000);
    let world: CrashWorld | undefined;
    const casts = castsOf(plays);
    before(async () => {
      world = await createCrashWorld(casts.map(({ device }) => device));
    });
    for (const { step, play, device } of casts) {
      it(`behind ${step} (${steps[step]}) breaks no promise`, async () => {
        assert.ok(world);
        await world.calm([alex, sam, priya]);
        const scene = createScene(world, device);

        try {
          await play(scene, { step });
          await world.done();
        } finally {
          world.sandbox.defender.reset();
        }
      });
    }
    after(async () => {
      if (world !== undefined) await close(world);
    });
  });
}

/** Each play on a device of its own: what one leaves open does not stand in the way of the next. */
function castsOf(plays: Readonly<Record<string, Play>>) {
  const model = addressBook.device('ws-finance-017');
  return Object.entries(plays).map(([name, play], index) => {
    const id = (index + 1).toString(16).padStart(model.id.length, '0');
    return { step: name as Step, play, device: { ...model, id, name: `ws-${name}.contoso.example` } };
  });
}

/** Nothing is left undone, the audit log proves itself, and no secret was told. */
async function close(world: CrashWorld): Promise<void> {
  const { sandbox, database } = world;
  try {
    await world.calm([alex]);
    const faults = [
      ...(await leftoversAtRest(world)),
      ...(await database.brokenChains()),
      ...leaksOf(sandbox, sandbox.wire.entries()),
      ...brokenAnswers(sandbox.wire.entries()),
    ];
    assert.deepEqual(faults, []);
  } finally {
    await world.stop();
  }
}

/** A job of the last play may still be under way: each further start does what the one before left. */
const mostStarts = 6;

async function leftoversAtRest({ sandbox, database }: CrashWorld): Promise<string[]> {
  await sandbox.bot.stop();
  let leftovers = await database.leftovers();
  for (let start = 0; start < mostStarts && leftovers.length > 0; start += 1) {
    await sandbox.bot.start();
    await sandbox.bot.stop();
    leftovers = await database.leftovers();
  }
  return leftovers;
}
