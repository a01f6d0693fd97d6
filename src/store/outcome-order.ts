import { sql } from 'kysely';
import type { Instant } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Sql } from './database-port.ts';
import type { DatabaseClock } from './now.ts';
import { endingInSql } from './unfinished.ts';

/** People wait for the outcome: a card that cannot be edited holds it up for so long and no longer. */
const patienceSeconds = 60;
/** Nor does an earlier end for ever, of which the thread could not be told. */
const longestQueueSeconds = 600;

export type OutcomeOrder = ReturnType<typeof createOutcomeOrder>;

export function createOutcomeOrder({ sql: db, clock }: { sql: Sql; clock: DatabaseClock }) {
  return {
    /**
     * Whether the thread may hear of this end by now: when the card shows it, or was given up, and the thread knows of
     * all that ended there before.
     */
    async isNext({ id, place, number }: ContainmentRequest, end: Instant): Promise<boolean> {
      const { rows } = await sql<{ next: boolean }>`
        select (
            greatest(cards.shown_revision, cards.given_up_revision) >= requests.revision
            or ${clock()} > ${end}::timestamptz + ${patienceSeconds} * interval '1 second'
          ) and not exists (
            select from requests earlier join cards theirs on theirs.request_id = earlier.id
            where earlier.thread = ${place.thread}
              and earlier.changed_at > ${clock()} - ${longestQueueSeconds} * interval '1 second'
              and (${endingInSql('earlier')}, earlier.number) < (${end}, ${number})
              and theirs.told_end is distinct from ${endingInSql('earlier')}
              and not exists (select from dead_jobs where dead_jobs.request_id = earlier.id and job = 'notify')
          ) as next
        from requests join cards on cards.request_id = requests.id
        where requests.id = ${id}`.execute(db);
      return rows[0]?.next ?? true;
    },
  };
}
