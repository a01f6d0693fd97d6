import type { RequestId } from '../containment/ids.ts';
import type { State } from '../containment/state.ts';
import { openStatuses } from '../containment/state.ts';
import type { Sql } from '../store/database-port.ts';
import type { JobName, JobPayload } from './effect-jobs.ts';
import type { JobQueue } from './queue.ts';

/**
 * After a start: queues again what a killed process may have had in its hands, instead of waiting until the job engine
 * takes it over. Every job is harmless when it turns out to be done.
 */
export async function resume(parts: { sql: Sql; queue: Pick<JobQueue, 'send'> }): Promise<void> {
  const open = await parts.sql
    .selectFrom('requests')
    .innerJoin('cards', 'cards.request_id', 'requests.id')
    .select(['requests.id', 'requests.state'])
    .where((eb) =>
      eb.or([
        eb('requests.status', 'in', openStatuses),
        eb('cards.shown_revision', '<', eb.ref('requests.revision')),
      ]),
    )
    .execute();
  for (const { id, state } of open) {
    for (const job of unfinished(state)) await parts.queue.send(job.name, id as RequestId, job.payload);
  }
}

interface Unfinished {
  readonly name: JobName;
  readonly payload?: Omit<JobPayload, 'requestId'>;
}

/** The jobs that a state waits for, beside its card. */
export function unfinished(state: State): readonly Unfinished[] {
  const card: Unfinished = { name: 'sync-card' };
  switch (state.status) {
    case 'awaiting':
      return [
        card,
        ...state.clicks.map(({ id }): Unfinished => ({ name: 'check-approval', payload: { clickId: id } })),
      ];
    case 'approved':
    case 'submitting':
      return [card, { name: 'submit' }];
    case 'running':
      return state.cancel?.stage === 'requested' ? [card, { name: 'cancel-action' }] : [card];
    default:
      return [card];
  }
}
