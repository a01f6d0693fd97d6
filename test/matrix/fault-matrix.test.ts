import { setTimeout as pause } from 'node:timers/promises';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { freshDatabase } from '../e2e/fresh-database.ts';
import { leaksOf } from '../e2e/leaks.ts';
import type { FastClock } from '../support/fast-clock.ts';
import { installFastClock, openFastClock } from '../support/fast-clock.ts';
import type { Planned } from './plan.ts';
import { groups, isSettledByMinutes, planned } from './plan.ts';
import type { Cast } from './scene.ts';
import { castOf, createScene } from './scene.ts';
import { play } from './steps.ts';
import { createTurns } from './turns.ts';
import { faults } from './faults.ts';

const settings = {
  TRACKING_INTERVAL_SECONDS: '1',
  DEFENDER_CALLS_PER_MINUTE: '9000',
  DEFENDER_CALLS_PER_HOUR: '90000',
};
/** So many people press at a time: this is no test of load, and the machine may be busy with others. */
const mostAtOnce = 6;
/** Defender's lists may lag for two minutes; after that, not there means not there. */
const lagSeconds = 130;

/** Failures are told by the test of the cell, whenever they happen. */
type Result = { readonly failure?: unknown };

/**
 * Every fault at every step, in one sandbox. Each cell states what the clicker is answered, what the card says meanwhile
 * and in the end, and how often Defender accepted a POST: see `table.ts`.
 */
describe('Fault × step', function () {
  this.timeout(300_000);
  const castAt = (one: Planned, index: number): Cast => castOf(index, one.step === 'list while tracking');
  const casts = planned.map(castAt);
  const results = new Map(planned.map((one) => [one, Promise.withResolvers<Result>()]));
  const minutes = Promise.withResolvers<undefined>();
  const inTurn = createTurns(mostAtOnce);
  const castFor = (one: Planned): Cast => casts[planned.indexOf(one)] ?? castAt(one, planned.indexOf(one));
  let stop: () => Promise<void> = () => Promise.resolve();

  before(async () => {
    const database = await freshDatabase();
    await installFastClock(database.url);
    const sandbox = await startSandbox({
      page: false,
      pace: 0.05,
      databaseUrl: database.url,
      moreDevices: casts.map(({ device }) => device),
      morePeople: casts.map(({ approver }) => approver),
      settings,
    });
    sandbox.faults.set({ ratePerMinute: 10_000, ratePerHour: 100_000 });
    for (const { approver } of casts) sandbox.tokenService.signIn(approver);
    const clock = await openFastClock(database.url);
    void playAll(sandbox, clock);
    stop = async () => {
      await clock.close();
      await sandbox.stop();
      await database.drop();
      const leaks = leaksOf(sandbox, sandbox.wire.entries());
      if (leaks.length > 0) throw new Error(leaks.join('\n'));
    };
  });
  after(() => stop());

  /** Group by group; then minutes pass for what waits for them. */
  async function playAll(sandbox: Sandbox, clock: FastClock): Promise<void> {
    for (const { cells, startEveryMs } of groups) {
      const far = cells.map(async (one, index) => {
        await pause(index * startEveryMs);
        await start(sandbox, one);
      });
      await Promise.all(far);
    }
    await clock.advance(lagSeconds);
    minutes.resolve(undefined);
  }

  /** Resolves when the cell has come to its end, or to where only minutes help. */
  function start(sandbox: Sandbox, one: Planned): Promise<unknown> {
    const reached = Promise.withResolvers<undefined>();
    const minutesLater = async (): Promise<void> => {
      if (!isSettledByMinutes(one)) return;
      reached.resolve(undefined);
      await minutes.promise;
    };
    const scene = createScene(sandbox, castFor(one));
    const run = { ...one, fault: faults[one.fault], minutesLater, inTurn };
    const result = play(scene, run).then(
      (): Result => ({}),
      (failure: unknown): Result => ({ failure }),
    );
    void result.then((value) => results.get(one)?.resolve(value));
    return Promise.race([result, reached.promise]);
  }

  for (const one of planned) {
    const { step, fault, cell } = one;
    it(`${step}, ${fault}: in the end ${cell.end}, accepted ${cell.accepted} times`, async () => {
      const { failure } = (await results.get(one)?.promise) ?? {};
      if (failure !== undefined) throw failure as Error;
    });
  }
});
