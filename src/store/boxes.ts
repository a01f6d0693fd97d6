import { sql } from 'kysely';
import type { BoxNews } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import { type Instant, type Person, isSamePerson } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Sql } from './database-port.ts';
import { releaseOf, restrictionsToSettle } from './lifts.ts';
import type { DatabaseClock } from './now.ts';
import { registeredRestrictions } from './other-restrictions.ts';

export type Boxes = ReturnType<typeof createBoxes>;

/** People who decided here lately are likely to be there, and entitled. */
const rememberedDays = 30;
const mostPeople = 10;

interface Word {
  readonly id: RequestId;
  readonly of: Instant;
}

/** What the jobs of time boxes ask of the register, and what they have said. */
export function createBoxes({ sql: db, clock }: { readonly sql: Sql; readonly clock: DatabaseClock }) {
  return {
    releaseOf: (restriction: ContainmentRequest) => releaseOf(db, restriction),
    otherRestrictions: (restriction: ContainmentRequest) => registeredRestrictions(db, restriction),
    restrictionsToSettle: (lift: ContainmentRequest) => restrictionsToSettle(db, lift),
    /** Who decided requests in this conversation, the latest first; without those who are asked already. */
    async deciders({ place, tenantId }: ContainmentRequest, but: readonly Person[]): Promise<Person[]> {
      const { rows } = await sql<{ by: Person }>`
        select coalesce(state->'approval'->'by', state->'by') as by from requests
        where tenant_id = ${tenantId} and conversation = ${place.conversation}
          and changed_at > ${clock()} - ${rememberedDays} * interval '1 day'
          and (state->'approval' is not null or status = 'denied')
        order by changed_at desc limit 500`.execute(db);
      const people: Person[] = [];
      for (const { by } of rows) {
        if (![...but, ...people].some((one) => isSamePerson(one, by))) people.push(by);
      }
      return people.slice(0, mostPeople);
    },
    async isTold(id: RequestId, news: BoxNews, of: Instant): Promise<boolean> {
      const row = await db
        .selectFrom('told_boxes')
        .select('told_at')
        .where('request_id', '=', id)
        .where('news', '=', news)
        .where('of', '=', sql<Date>`${of}::timestamptz`)
        .executeTakeFirst();
      return row !== undefined;
    },
    /** Of all that one word was about. */
    async told(news: BoxNews, words: readonly Word[]): Promise<void> {
      await db
        .insertInto('told_boxes')
        .values(words.map(({ id, of }) => ({ request_id: id, news, of, told_at: clock() })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
  };
}
