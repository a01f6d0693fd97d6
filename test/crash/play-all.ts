import assert from 'node:assert/strict';
import { addressBook } from '../../sandbox/address-book.ts';
import { type Step, steps } from '../../src/platform/steps.ts';
import { brokenAnswers, leaksOf } from '../e2e/leaks.ts';
import { type CrashWorld, createCrashWorld } from './crash-world.ts';
import type { Play } from './plays/play.ts';
import { alex, createScene, sam } from './scene.ts';

/** One test for each step: the bot is killed there, started again, and everything comes to its true end. */
export function playAll(heading: string, plays: Readonly<Record<string, Play>>): void {
  describe(`A kill while the bot is ${heading}`, function () {
    this.timeout(180_000);
    let world: CrashWorld | undefined;
    before(async () => {
      world = await createCrashWorld();
    });
    for (const [name, play] of Object.entries(plays)) {
      const step = name as Step;
      it(`behind ${step} (${steps[step]}) breaks no promise`, async () => {
        assert.ok(world);
        await world.calm([alex, sam]);
        const scene = createScene(world, addressBook.device('ws-finance-017'));

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

/** Nothing is left undone, the audit log proves itself, and no secret was told. */
async function close(world: CrashWorld): Promise<void> {
  const { sandbox, database } = world;
  await world.calm([]);
  await sandbox.bot.stop();
  const faults = [
    ...(await database.brokenChains()),
    ...(await database.leftovers()),
    ...leaksOf(sandbox, sandbox.wire.entries()),
    ...brokenAnswers(sandbox.wire.entries()),
  ];
  await world.stop();
  assert.deepEqual(faults, []);
}
