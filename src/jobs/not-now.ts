import { DefenderError } from '../defender/errors.ts';
import { isDatabaseAway } from '../store/database-away.ts';
import { NewerStateError } from '../store/rows.ts';
import { ChatError } from './ports.ts';

/** A failure that is none of the work's: it comes again, and does not count. */
export interface NotNow {
  /** When whoever could not be reached has said so. */
  readonly retryAfterMs?: number | undefined;
}

/** Tried about every 45 seconds, so for an hour: then nobody newer is there. */
const mostWaits = 80;

/** A newer program wrote what this job is to say: it is left to that one, as long as it may still come to it. */
export class NewerJobError extends Error {
  override readonly name = 'NewerJobError';
  readonly isLastTry: boolean;

  /** @param unread how often in a row this job was left already; what it waited for otherwise does not count */
  constructor(unread = 0) {
    super('A newer program wrote this job; it is left to that one');
    this.isLastTry = unread >= mostWaits;
  }
}

/** Teams, Defender or the database could not do it now; undefined for everything that is wrong with the work itself. */
export function notNow(error: unknown): NotNow | undefined {
  // What a newer program wrote is that one's to bring on; when it is gone for good, somebody starts it again.
  if (isDatabaseAway(error) || error instanceof NewerStateError) return {};
  if (error instanceof NewerJobError) return error.isLastTry ? undefined : {};
  if (error instanceof ChatError && error.kind === 'later') return { retryAfterMs: error.retryAfterMs };
  // Only calls that change nothing leave these unsettled: what changes something settles its own failures.
  if (error instanceof DefenderError && passing.has(error.kind)) return { retryAfterMs: error.retryAfterMs };
  return undefined;
}

const passing: ReadonlySet<DefenderError['kind']> = new Set<DefenderError['kind']>([
  'throttled',
  'server-error',
  'unreachable',
  'unreadable',
  'budget',
  'paused',
]);

const firstWaitSeconds = 2;
const longestWaitSeconds = 60;

/**
 * Seconds until the next try when nobody has said any: up to twice as long each time, spread out so that the jobs of
 * one outage do not all come back at one moment.
 *
 * @param waits how often in a row this work was not possible before
 */
export function growingWait(waits: number, random: () => number): number {
  const whole = Math.min(longestWaitSeconds, firstWaitSeconds * 2 ** Math.min(waits, 10));
  return whole / 2 + (whole / 2) * random();
}
