import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { RequestId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import { type ContainmentRequest, hasOwnThread } from '../containment/request.ts';
import type { Sql } from './database-port.ts';
import type { DatabaseClock } from './now.ts';
import { endingInSql } from './unfinished.ts';

/** People wait for the outcome: a card that cannot be edited holds it up for so long and no longer. */
const patienceSeconds = 60;
/** Nor does an earlier end for ever, of which the thread could not be told. */
const longestQueueSeconds = 600;

/** As for a card (`cards.ts`): longer than a message may take (`bot/post.ts`). */
const tellingSeconds = 15;

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
            greatest(cards.shown_revision, cards.given_up_revision) >= coalesce(cards.due_revision, requests.revision)
            or ${clock()} > ${end}::timestamptz + ${patienceSeconds} * interval '1 second'
          ) and not exists (
            select from requests earlier join cards theirs on theirs.request_id = earlier.id
            where earlier.thread = ${hasOwnThread(place) ? '' : place.thread}
              and earlier.changed_at > ${clock()} - ${longestQueueSeconds} * interval '1 second'
              and (${endingInSql('earlier', 'theirs')}, earlier.number) < (${end}, ${number})
              and theirs.told_end is distinct from ${endingInSql('earlier', 'theirs')}
              and not exists (select from dead_jobs where dead_jobs.request_id = earlier.id and job = 'notify')
          ) as next
        from requests join cards on cards.request_id = requests.id
        where requests.id = ${id}`.execute(db);
      return rows[0]?.next ?? true;
    },
    /** Takes the word on this request: two jobs at once would both say it. Answers undefined while another has it. */
    async begin(id: RequestId): Promise<string | undefined> {
      const teller = randomUUID();
      const row = await db
        .updateTable('cards')
        .set({ teller, telling_until: sql<Date>`${clock()} + ${tellingSeconds} * interval '1 second'` })
        .where('request_id', '=', id)
        .where((eb) => eb.or([eb('telling_until', 'is', null), eb('telling_until', '<=', clock())]))
        .returning('teller')
        .executeTakeFirst();
      return row?.teller ?? undefined;
    },
    async end(id: RequestId, teller: string): Promise<void> {
      await db
        .updateTable('cards')
        .set({ teller: null, telling_until: null })
        .where('request_id', '=', id)
        .where('teller', '=', teller)
        .execute();
    },
  };
}
