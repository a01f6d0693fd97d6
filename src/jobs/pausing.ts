import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../platform/log.ts';
import { type HeldBack, readHeldBack } from '../store/held-back.ts';
import type { Database } from '../store/database-port.ts';
import type { RequestStore } from '../store/requests.ts';
import { type FirstPause, type SubmissionPauses, holdOf } from '../store/submission-pauses.ts';

/**
 * From the moment this returns no call that changes something in Defender is granted any more, in any process. Running
 * bots show it on the cards within `followEveryMs`; a bot that starts later does so then. Whoever comes second changes
 * nothing and learns of the first.
 */
export function pauseSubmission(
  pauses: SubmissionPauses,
  { reason, by }: { readonly reason: string; readonly by: string },
): Promise<FirstPause> {
  return pauses.setFirst({ kind: 'administrator', reason, by });
}

/** Ends an administrator's pause; false when there was none. That of a restored backup ends by itself. */
export function resumeSubmission(pauses: SubmissionPauses, by: string): Promise<boolean> {
  return pauses.clear('administrator', by);
}

/** Five seconds are promised from the command to the last card. */
const followEveryMs = 2_000;

export interface PauseParts {
  readonly database: Pick<Database, 'sql'>;
  readonly pauses: Pick<SubmissionPauses, 'read'>;
  readonly requests: Pick<RequestStore, 'apply'>;
  readonly log: Log;
}

/** Brings the holds of open requests in line with the pauses, whoever set them and wherever a process died meanwhile. */
export async function followPauses({ database, pauses, requests, log }: PauseParts): Promise<void> {
  const hold = holdOf(await pauses.read());
  const behind: HeldBack = await readHeldBack(database.sql, hold?.since);
  for (const id of behind) {
    try {
      await requests.apply(
        id,
        hold === undefined ? { kind: 'submission-resumed' } : { kind: 'submission-paused', hold },
      );
    } catch (error) {
      log.warn({ err: error, requestId: id }, 'a pause could not be shown yet');
    }
  }
}

/** Follows the pauses until stopped. */
export function createPauseFollower(parts: PauseParts) {
  const stopped = new AbortController();
  let loop: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        await followPauses(parts);
      } catch (error) {
        parts.log.warn({ err: error }, 'pauses could not be read, they are looked at again');
      }
      await sleep(followEveryMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  return {
    start(): void {
      loop ??= run();
    },
    async stop(): Promise<void> {
      stopped.abort();
      await loop;
    },
  };
}
