import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { percentile } from '../../bench/statistics.ts';
import { labelOf } from '../../src/containment/state.ts';
import { type FastClock, installFastClock, openFastClock } from '../support/fast-clock.ts';
import { breachesOf, isOver } from '../support/promises.ts';
import { createRandom } from '../support/random.ts';
import { type Rig, calm, openRig } from '../support/rig.ts';
import { readTruth } from '../support/truth.ts';
import { type Load, createLoad } from './load.ts';
import { type Sample, floors, sampleOf, slope } from './memory.ts';

/** `npm run soak -- --minutes 20 --rate 2 --faults 5 --bots 1 --seed 1`: how it does after a while, and whether it grows. */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    /** Requests per second. */
    rate: { type: 'string', default: '2' },
    /** Percent of the requests with which something breaks somewhere. */
    faults: { type: 'string', default: '5' },
    bots: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
});
const minutes = Number(values.minutes);
const rate = Number(values.rate);
const sampleEveryMs = 10_000;
const sweepEveryMs = 5_000;
/** People leave a request alone for so long before they see to it. */
const usualPatienceSeconds = 30;
/** A submission in doubt is open for two and a half minutes, a job that failed waits for up to five. */
const openSeconds = 600;
const longestWaitSeconds = 900;
/** Below it caches and pools are still filling, and a slope says nothing. */
const leastMinutes = 10;

const time: { clock?: FastClock } = {};
const rig = await openRig({
  bots: Number(values.bots),
  devices: Math.min(Math.ceil(minutes * 60 * rate), Math.ceil(openSeconds * rate)) + 20,
  prepare: installFastClock,
  ahead: () => time.clock?.ahead ?? 0,
});
const clock = await openFastClock(rig.databaseUrl);
time.clock = clock;
const load = createLoad(rig, createRandom(Number(values.seed)));
const watch = createWatch(rig, load);
const began = performance.now();
const memory = sampleEach(rig, began);
const sweeps = setInterval(() => void watch.sweep(usualPatienceSeconds), sweepEveryMs);
await load.run({ minutes, rate, faultShare: Number(values.faults) / 100 });
clearInterval(sweeps);
const samples = await memory.stop();
const breaches = await untilNothingIsOpen(rig, clock, watch);
await clock.close();
const leaks = await rig.stop();
report();
process.exitCode = breaches.length + leaks.length === 0 ? 0 : 1;

interface Watch {
  /** Looks at all that is open and lets go of what is over and right; answers what is wrong with the others. */
  readonly sweep: (patienceSeconds: number) => Promise<readonly string[]>;
  readonly outcomes: ReadonlyMap<string, number>;
}

function createWatch({ database }: Rig, load: Load): Watch {
  const outcomes = new Map<string, number>();
  let running = Promise.resolve<readonly string[]>([]);
  const look = async (patienceSeconds: number): Promise<readonly string[]> => {
    const truths = await readTruth(database, { messageIds: [...load.open.keys()] });
    const known = new Map(truths.map((truth) => [truth.request.place.thread.split('=')[1] ?? '', truth]));
    const wrong: string[] = [];
    for (const threadId of [...load.open.keys()]) {
      const truth = known.get(threadId);
      const problems = truth === undefined ? [`nothing is known of ${threadId}`] : breachesOf(rig, truth);
      if (truth === undefined || problems.length > 0) wrong.push(...problems);
      else if (isOver(truth)) {
        const label = labelOf(truth.request.state);
        outcomes.set(label, (outcomes.get(label) ?? 0) + 1);
        load.done(threadId);
      } else if (secondsOld(threadId) > patienceSeconds) await load.attend(truth);
      else wrong.push(`#${truth.request.number} waits for people`);
    }
    return wrong;
  };
  return {
    outcomes,
    sweep: (patienceSeconds) => (running = running.then(() => look(patienceSeconds))),
  };
}

/** The simulated Teams gives messages the time as their id. */
function secondsOld(messageId: string): number {
  return (Date.now() - Number(messageId)) / 1_000;
}

function sampleEach({ sandbox }: Rig, since: number): { stop(): Promise<readonly Sample[]> } {
  const all: Sample[] = [];
  const take = async (): Promise<void> => {
    const sample = await sampleOf(sandbox.bot.url, (performance.now() - since) / 1_000);
    if (sample !== undefined) all.push(sample);
  };
  const timer = setInterval(() => void take(), sampleEveryMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await take();
      return all;
    },
  };
}

/** Time is put forward here: what is in doubt now takes minutes, and proves nothing by taking them. */
async function untilNothingIsOpen(
  { sandbox }: Rig,
  time: FastClock,
  { sweep }: Watch,
): Promise<readonly string[]> {
  calm(sandbox);
  let wrong = await sweep(0);
  for (let waited = 0; load.open.size > 0 && waited < longestWaitSeconds; waited += 15) {
    await pause(1_000);
    await time.advance(15);
    wrong = await sweep(0);
  }
  return wrong;
}

function report(): void {
  const mb = (value: number | undefined): string => `${(value ?? NaN).toFixed(1)} MB`;
  const perHour = (value: number): string =>
    minutes < leastMinutes ? `a run of ${leastMinutes} minutes or more tells` : `${value.toFixed(1)} MB/h`;
  const resident = (sample: Sample | undefined): string => mb(sample?.residentMb);
  const rows: [string, string][] = [
    ['requests', `${load.asked} in ${minutes} minutes, ${rate} per second, ${values.bots} processes`],
    ['faults', String(load.faults)],
    ['outcomes', [...watch.outcomes].map(([label, count]) => `${label} ${count}`).join(', ')],
    ['left open', String(load.open.size)],
    [
      'answers to clicks',
      [50, 95, 100].map((each) => `p${each} ${percentile(load.answerMs, each)} ms`).join(', '),
    ],
    [
      'resident memory',
      `${resident(samples[0])} → ${resident(samples[Math.floor(samples.length / 2)])} → ${resident(samples.at(-1))}`,
    ],
    ['its slope over the second half', perHour(slope(samples, ({ residentMb }) => residentMb))],
    ['heap after collections', `${mb(floors(samples)[0]?.heapMb)} → ${mb(floors(samples).at(-1)?.heapMb)}`],
    ['its slope over the second half', perHour(slope(floors(samples), ({ heapMb }) => heapMb))],
  ];
  for (const [name, value] of rows) console.log(`${name.padEnd(32)} ${value}`);
  for (const line of [...breaches, ...leaks]) console.log(line);
}
