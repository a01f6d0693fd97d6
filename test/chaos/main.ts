import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installFastClock, openFastClock } from '../support/fast-clock.ts';
import type { FastClock } from '../support/fast-clock.ts';
import { createRandom } from '../support/random.ts';
import { type Rig, openRig } from '../support/rig.ts';
import { botsInChaos, describePlan, longestPlan, planOf } from './plan.ts';
import { runChaos } from './run.ts';

/**
 * `npm run test:chaos -- --seed N --runs M`: random schedules of clicks, kills and faults, one for each seed from N on.
 * The same seed gives the same schedule; how the processes interleave below it is theirs, and cannot be replayed.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '25' },
    /** Prints what happened also where all went well. */
    timeline: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed);
const runs = Number(values.runs);
/** A new database and new processes after so many runs: neither grows without end. */
const runsOfARig = 25;

const failed: number[] = [];
let place: Place | undefined;
for (let index = 0; index < runs; index += 1) {
  if (index % runsOfARig === 0) place = await renew(place);
  if (place !== undefined && !(await play(place, first + index, index % runsOfARig))) {
    failed.push(first + index);
    // What a failed run left behind must not be held against the next.
    place = await renew(place);
  }
}
const leaks = (await place?.close()) ?? [];
for (const leak of leaks) console.log(leak);
console.log(
  failed.length === 0
    ? `${runs} runs from seed ${first}: all promises kept`
    : `failed seeds: ${failed.join(', ')}`,
);
process.exitCode = failed.length + leaks.length === 0 ? 0 : 1;

interface Place {
  readonly rig: Rig;
  readonly clock: FastClock;
  /** Whose turn a delivery is. */
  readonly shuffle: (seed: number) => void;
  readonly close: () => Promise<readonly string[]>;
}

async function renew(old: Place | undefined): Promise<Place> {
  for (const leak of (await old?.close()) ?? []) throw new Error(leak);
  let random = createRandom(0);
  const time: { clock?: FastClock } = {};
  const rig = await openRig({
    bots: botsInChaos,
    devices: runsOfARig * longestPlan.devices,
    prepare: installFastClock,
    ahead: () => time.clock?.ahead ?? 0,
    chooseBot: (running) => running[random.whole(0, running.length - 1)],
  });
  const clock = await openFastClock(rig.databaseUrl);
  time.clock = clock;
  return {
    rig,
    clock,
    shuffle: (seed) => {
      random = createRandom(seed);
    },
    close: async () => {
      await clock.close();
      return rig.stop();
    },
  };
}

async function play({ rig, clock, shuffle }: Place, seed: number, slot: number): Promise<boolean> {
  const plan = planOf(seed);
  const began = performance.now();
  shuffle(seed);
  const from = slot * longestPlan.devices;
  const devices = rig.devices.slice(from, from + longestPlan.devices);
  const { breaches, timeline, skippedSeconds } = await runChaos({ rig, clock, devices }, plan);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const verdict = breaches.length === 0 ? 'kept' : 'BROKEN';
  console.log(`seed ${seed}: ${verdict} after ${seconds} s and ${skippedSeconds} s skipped`);
  const words = [describePlan(plan), '', ...timeline, '', ...breaches].join('\n');
  if (breaches.length === 0) {
    if (values.timeline) console.log(words);
    return true;
  }
  const file = join(tmpdir(), `cordon-chaos-${seed}.log`);
  const outputs = rig.sandbox.bots.map((bot, index) => `=== bot ${index}\n${bot.output()}`);
  await writeFile(file, [words, ...outputs].join('\n'));
  console.log(`${words}\nWith the output of the bots in ${file}`);
  return false;
}
