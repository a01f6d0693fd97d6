import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { later } from '../containment/decision.ts';
import { replicationLagSeconds } from '../containment/execution.ts';
import type { Instant } from '../containment/person.ts';
import type { Log } from '../platform/log.ts';
import type { Database, Tx } from '../store/database-port.ts';
import {
  exchangeIdentity,
  lastSignOfLife,
  markAlive,
  ownSignOfLife,
  pruneInstances,
  readIdentity,
} from '../store/instances.ts';
import { isLookingFirst, markOpenRequests } from '../store/look-first.ts';
import { type DatabaseClock, readNow } from '../store/now.ts';
import { type SubmissionPauses, setPause } from '../store/submission-pauses.ts';
import { secondsBetween } from './parts.ts';
import { longestSearchSeconds } from './search-pace.ts';

export interface RestoreParts {
  readonly database: Database;
  readonly clock: DatabaseClock;
  readonly pauses: Pick<SubmissionPauses, 'read' | 'clear'>;
  readonly tenants: readonly string[];
  readonly instanceId: string;
  readonly log: Log;
}

const signOfLifeEveryMs = 5_000;
/** Nobody is silent for so long and then goes on with the same data, but for a stop of all processes. */
const longestSilenceSeconds = 60;
/** Any constant will do; two instances that start together take turns. */
const restoreLock = 728_114_034;
const reason =
  'the database was restored or stood still, so Defender is asked first what it has been given already';

/** Why the database may have forgotten what was sent. */
export type RestoreSign = 'other-database' | 'long-silence' | 'time-went-back';

/** What a running process remembers of its own signs of life, and a database that was put back does not. */
export interface Memory {
  seenAt?: Instant;
}

/**
 * A restored backup has forgotten what was submitted after it was made. Every open request is marked, so that Defender is
 * asked before anything is sent for it; while there are some that could be sent at once, nothing is submitted at all.
 *
 * @param starting a running process is silent too when its database is away, and then has forgotten nothing
 */
export async function noticeRestore(
  parts: RestoreParts,
  starting: boolean,
  memory: Memory = {},
): Promise<RestoreSign | undefined> {
  const { database, clock, instanceId, log } = parts;
  const identity = await readIdentity(database);
  const { sign, seenAt } = await database.sql.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${restoreLock})`.execute(tx);
    const now = await readNow(tx, clock);
    const known = await exchangeIdentity(tx, identity, now);
    const changed = known !== undefined && known !== identity;
    const isSilent = starting && !changed && (await isLongSilent(tx, now));
    const wentBack = await hasForgotten(tx, instanceId, memory);
    const seen = await markAlive(tx, clock, instanceId);
    const doubt: RestoreSign = changed ? 'other-database' : wentBack ? 'time-went-back' : 'long-silence';
    if (!changed && !isSilent && !wentBack) return { sign: undefined, seenAt: seen };
    const marked = await distrust(tx, parts, now);
    return { sign: marked === 0 ? undefined : doubt, seenAt: seen };
  });
  memory.seenAt = seenAt;
  if (sign !== undefined) log.warn({ sign }, 'open requests are looked up in Defender before they are sent');
  return sign;
}

/** A snapshot that was put back under a running process has the same identity, but not its last sign of life. */
async function hasForgotten(tx: Tx, instanceId: string, { seenAt }: Memory): Promise<boolean> {
  if (seenAt === undefined) return false;
  const own = await ownSignOfLife(tx, instanceId);
  return own === undefined || own < seenAt;
}

async function isLongSilent(tx: Tx, now: Instant): Promise<boolean> {
  const seen = await lastSignOfLife(tx);
  return seen === undefined || secondsBetween(seen, now) > longestSilenceSeconds;
}

async function distrust(tx: Tx, parts: RestoreParts, now: Instant): Promise<number> {
  const marked = await markOpenRequests(tx, later(now, replicationLagSeconds));
  // A quick start stays quick: what awaits approval is looked up when it is approved.
  if (await isLookingFirst(tx, now, longestSearchSeconds)) {
    await setPause(tx, parts, { kind: 'restored', reason, by: 'Cordon' });
  }
  return marked;
}

/** Ends the pause when Defender was asked for all that could be sent, or when nobody could ask for too long. */
export async function endRestorePause({ database, clock, pauses, log }: RestoreParts): Promise<boolean> {
  if (!(await pauses.read()).some(({ kind }) => kind === 'restored')) return false;
  const now = await readNow(database.sql, clock);
  if (await isLookingFirst(database.sql, now, longestSearchSeconds)) return false;
  const ended = await pauses.clear('restored', 'Cordon');
  if (ended) log.info({}, 'Defender was asked for all open requests: submission goes on');
  return ended;
}

/** Signs of life of this process, and watch over the database that it works with. */
export function createRestoreWatch(parts: RestoreParts) {
  const stopped = new AbortController();
  const memory: Memory = {};
  let loop: Promise<void> | undefined;

  async function run(): Promise<void> {
    await pruneInstances(parts.database.sql, parts.clock).catch(() => undefined);
    while (!stopped.signal.aborted) {
      try {
        await noticeRestore(parts, false, memory);
        await endRestorePause(parts);
      } catch (error) {
        parts.log.warn({ err: error }, 'no sign of life could be written, it comes again');
      }
      await sleep(signOfLifeEveryMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  return {
    /** To be awaited before any job runs. */
    async begin(): Promise<void> {
      await noticeRestore(parts, true, memory);
      loop ??= run();
    },
    async stop(): Promise<void> {
      stopped.abort();
      await loop;
    },
  };
}
