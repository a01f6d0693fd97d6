import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { addressBook } from '../../sandbox/address-book.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import type { Device, Person } from '../../sandbox/world.ts';
import type { Step } from '../../src/platform/steps.ts';
import { layTrap } from '../support/trap.ts';
import { freshDatabase } from '../e2e/fresh-database.ts';
import { type DatabaseAccess, accessDatabase } from './database-access.ts';

/** One planned end of the bot. */
export interface Kill {
  readonly step: Step;
  readonly pass?: number;
  /** Done while the bot is down. */
  readonly whileDown?: (database: DatabaseAccess) => Promise<void>;
}

export interface CrashWorld {
  readonly sandbox: Sandbox;
  /** Opens the database while the bot is down. */
  readonly database: DatabaseAccess;
  /** From now on the bot ends at these steps, one after the other, and is started again each time. */
  readonly plan: (kills: readonly Kill[], requestId?: string) => void;
  /** Waits until all planned ends have happened and the bot is up again. */
  readonly done: () => Promise<void>;
  /** Waits until the bot is up. */
  readonly up: () => Promise<void>;
  /** Takes back what is planned and calms everything down. */
  calm(signedIn: readonly Person[]): Promise<void>;
  stop(): Promise<void>;
}

const preload = new URL('../support/kill-at-step.ts', import.meta.url).href;
/** Machine actions move in tenths of a second, looks at them follow each other quickly, no quota is met. */
const pace = 0.05;
const settings = {
  TRACKING_INTERVAL_SECONDS: '1',
  DEFENDER_CALLS_PER_MINUTE: '5000',
  DEFENDER_CALLS_PER_HOUR: '50000',
};
const roomyQuota = { ratePerMinute: 10_000, ratePerHour: 100_000 };
const longestPlayMs = 120_000;

/** The sandbox with the real bot, which ends where it is told and is started again by a watchman, as a service would be. */
export async function createCrashWorld(moreDevices: readonly Device[]): Promise<CrashWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'cordon-crash-'));
  const trapFile = join(folder, 'trap');
  layTrap(trapFile, undefined);
  const fresh = await freshDatabase();
  const sandbox = await startSandbox({
    page: false,
    pace,
    databaseUrl: fresh.url,
    moreDevices,
    settings: { ...settings, KILL_AT_STEP_FILE: trapFile },
    nodeArgs: ['--import', preload],
  });
  const database = accessDatabase(fresh.url);
  const watchman = createWatchman(sandbox, trapFile, database);
  return {
    sandbox,
    database,
    plan: (kills, requestId) => watchman.plan(kills, requestId),
    done: () => watchman.done(),
    up: () => isUp(sandbox.bot.url),
    async calm(signedIn) {
      watchman.plan([]);
      if (!sandbox.bot.running) await sandbox.bot.start();
      await isUp(sandbox.bot.url);
      const { faults, tokenService } = sandbox;
      faults.reset();
      faults.set(roomyQuota);
      for (const person of addressBook.people) {
        if (signedIn.includes(person)) tokenService.signIn(person);
        else tokenService.signOut(person);
      }
    },
    async stop() {
      await sandbox.stop();
      await fresh.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Plan {
  readonly kills: readonly Kill[];
  readonly requestId: string | undefined;
}

/** Each planned end, and a new start behind it; the last start must succeed. */
function createWatchman({ bot }: Sandbox, trapFile: string, database: DatabaseAccess) {
  let serial = 0;
  let current: Plan | undefined;
  let next: Kill | undefined;
  let work: Promise<void> = Promise.resolve();

  function lay(kill: Kill | undefined, requestId: string | undefined): void {
    serial += 1;
    next = kill;
    layTrap(trapFile, kill && { step: kill.step, pass: kill.pass ?? 1, requestId, serial });
  }

  async function watch(plan: Plan): Promise<void> {
    const { kills, requestId } = plan;
    for (const [index, kill] of kills.entries()) {
      const { signal } = await bot.exited;
      // The plan of a play that failed is nobody's any more.
      if (plan !== current) return;
      if (signal !== 'SIGKILL') throw new Error('The bot ended by itself.');
      await kill.whileDown?.(database);
      lay(kills[index + 1], requestId);
      // The next planned end may come before it is ready.
      const begun = bot.start();
      await (next === undefined ? begun : begun.catch(() => undefined));
    }
  }

  return {
    plan(kills: readonly Kill[], requestId?: string): void {
      current = { kills, requestId };
      lay(kills[0], requestId);
      work = watch(current);
      // Whoever waits for it hears of its failure.
      work.catch(() => undefined);
    },
    async done(): Promise<void> {
      const late = new Promise<'late'>((resolve) => {
        setTimeout(() => resolve('late'), longestPlayMs).unref();
      });
      if ((await Promise.race([work, late])) === 'late') {
        throw new Error(`The bot never passed the step: ${next?.step ?? 'but it is not up again'}`);
      }
    },
  };
}

/** As long as a start on a busy machine takes. */
const longestStartMs = 60_000;

async function isUp(url: string): Promise<void> {
  const deadline = performance.now() + longestStartMs;
  while (performance.now() < deadline) {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    );
    await answer?.body?.cancel();
    if (answer?.status === 200) return;
    await pause(50);
  }
  throw new Error('The bot did not come back.');
}
