import type { RequestId } from '../containment/ids.ts';
import type { State } from '../containment/state.ts';
import { labelOf, openStatuses } from '../containment/state.ts';
import type { Database, Sql } from '../store/database-port.ts';
import type { DatabaseClock } from '../store/now.ts';
import type { JobName, JobPayload } from './effect-jobs.ts';
import type { JobQueue } from './queue.ts';

interface Parts {
  readonly database: Database;
  readonly clock: DatabaseClock;
  readonly queue: Pick<JobQueue, 'send'>;
}

/**
 * After a start: queues again what a killed process may have had in its hands, instead of waiting until the job engine
 * takes it over. Every job is harmless when it turns out to be done.
 */
export async function resume(parts: Parts): Promise<void> {
  if (parts.database.exclusive) await releaseCards(parts.database.sql);
  await lookAtAllSoon(parts.database.sql, parts.clock);
  const open = await parts.database.sql
    .selectFrom('requests')
    .innerJoin('cards', 'cards.request_id', 'requests.id')
    .select(['requests.id', 'requests.state', 'cards.told_status'])
    .where((eb) =>
      eb.or([
        eb('requests.status', 'in', openStatuses),
        eb('cards.shown_revision', '<', eb.ref('requests.revision')),
        eb.and([
          eb('requests.status', 'not in', openStatuses),
          eb('cards.told_status', 'is distinct from', eb.ref('requests.status')),
        ]),
      ]),
    )
    .execute();
  for (const { id, state, told_status } of open) {
    for (const job of unfinished(state, told_status))
      await parts.queue.send(job.name, id as RequestId, job.payload);
  }
}

/** With one process for the database, whoever held a card is dead. */
async function releaseCards(db: Sql): Promise<void> {
  await db.updateTable('cards').set({ held_until: null }).where('held_until', 'is not', null).execute();
}

/** What a killed process had taken for its sweep would wait for the end of its lease. */
async function lookAtAllSoon(db: Sql, clock: DatabaseClock): Promise<void> {
  await db.updateTable('tracked_actions').set({ next_look_at: clock() }).execute();
}

interface Unfinished {
  readonly name: JobName;
  readonly payload?: Omit<JobPayload, 'requestId'>;
}

/** The jobs that a state waits for, beside its card. */
function unfinished(state: State, toldStatus: string | null): readonly Unfinished[] {
  const card: Unfinished = { name: 'sync-card' };
  const notice: Unfinished = { name: 'notify', payload: { about: labelOf(state) } };
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
      return toldStatus === state.status ? [card] : [card, notice];
  }
}
