import type { PgBoss } from 'pg-boss';
import { randomShare } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { passed } from '../platform/steps.ts';
import type { Job, JobName, JobPayload } from './effect-jobs.ts';
import { sendLater } from './engine.ts';
import { NewerJobError, growingWait, notNow } from './not-now.ts';

/** A job that is not finished, only not possible yet: it comes again without counting as a failure. */
export interface Again {
  readonly againInSeconds: number;
}

export type JobHandler = (payload: JobPayload) => Promise<Again | undefined>;
export type JobHandlers = Readonly<Record<JobName, JobHandler>>;

interface Parts {
  readonly boss: PgBoss;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What the engine stores and tells of a failure: nothing of the exception, whose text may hold anything. */
class JobFailed extends Error {
  override readonly name = 'JobFailed';
}

/** Runs one job to one of three ends: done, to come again, or failed. */
export function createRunner({ boss, log, metrics }: Parts) {
  return async ({ name, payload }: Job, handler: JobHandler): Promise<void> => {
    const { requestId, waits = 0, unread = 0, ...rest } = payload;
    const comeAgain = async (seconds: number, left: Pick<JobPayload, 'unread'> = {}): Promise<void> => {
      metrics.jobs.inc({ queue: name, result: 'again' });
      await sendLater(boss, { name, payload: { ...rest, requestId, waits: waits + 1, ...left } }, seconds);
      passed('job-postponed', requestId);
    };
    try {
      passed('job-taken', requestId);
      const again = await handler(payload);
      passed('job-done', requestId);
      if (again) await comeAgain(again.againInSeconds);
      else metrics.jobs.inc({ queue: name, result: 'done' });
    } catch (error) {
      const passing = notNow(error);
      const what = { err: error, queue: name, requestId };
      if (passing !== undefined) {
        log.warn(what, 'job not possible now, it comes again');
        const asked = passing.retryAfterMs === undefined ? undefined : passing.retryAfterMs / 1_000;
        const left = error instanceof NewerJobError ? { unread: unread + 1 } : {};
        const isPostponed = await comeAgain(asked ?? growingWait(waits, randomShare), left).then(
          () => true,
          () => false,
        );
        if (isPostponed) return;
      }
      metrics.jobs.inc({ queue: name, result: 'failed' });
      log.warn(what, 'job failed, will be tried again');
      throw new JobFailed('A job failed');
    }
  };
}
