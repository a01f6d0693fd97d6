import { labelOf } from '../containment/state.ts';
import { passed } from '../platform/steps.ts';
import type { Database } from '../store/database-port.ts';
import type { DatabaseClock } from '../store/now.ts';
import { type Unfinished, readUnfinished, takeBack } from '../store/unfinished.ts';
import { type Job, cancelJob, submitJob } from './effect-jobs.ts';
import type { JobQueue } from './queue.ts';

interface Parts {
  readonly database: Database;
  readonly clock: DatabaseClock;
  readonly queue: Pick<JobQueue, 'resend'>;
}

/** Before a start: nothing that this process takes itself may be taken back from it. */
export async function takeBackFromTheDead({ database, clock }: Omit<Parts, 'queue'>): Promise<void> {
  if (database.exclusive) await takeBack(database, clock);
  passed('cards-taken-back');
}

/**
 * After a start: queues again what a killed process may have had in its hands, instead of waiting until the job engine
 * takes it over. Every job is harmless when it turns out to be done, and stands in the queue once however many start.
 */
export async function resume({ database, clock, queue }: Parts): Promise<void> {
  const unfinished = await readUnfinished(database.sql, clock);
  await queue.resend(unfinished.flatMap(jobsOf));
  passed('jobs-resumed');
}

function jobsOf(request: Unfinished): readonly Job[] {
  const { id: requestId } = request;
  const card: readonly Job[] = request.isShown ? [] : [{ name: 'sync-card', payload: { requestId } }];
  return [...card, ...awaitedJobs(request)];
}

/** The jobs that a state waits for, beside its card. */
function awaitedJobs(request: Unfinished): readonly Job[] {
  const { id: requestId, state, isTold } = request;
  switch (state.status) {
    case 'awaiting':
      return state.clicks.map(({ id }) => ({ name: 'check-approval', payload: { requestId, clickId: id } }));
    case 'approved':
    case 'submitting':
      return [submitJob(request)];
    case 'running':
      return state.cancel?.stage === 'requested' ? [cancelJob(request)] : [];
    default:
      return isTold ? [] : [{ name: 'notify', payload: { requestId, about: labelOf(state) } }];
  }
}
