import { sql } from 'kysely';
import type { Sql } from './database-port.ts';
import type { DatabaseClock } from './now.ts';

/** Teams delivers again for minutes, not for days. */
const keptHours = 48;

export type AnsweredMessages = ReturnType<typeof createAnsweredMessages>;

export function createAnsweredMessages({ sql: db, clock }: { sql: Sql; clock: DatabaseClock }) {
  return {
    /** True for the first delivery of a message only. */
    async claim(conversation: string, activityId: string): Promise<boolean> {
      const row = await db
        .insertInto('answered_messages')
        .values({ conversation, activity_id: activityId, answered_at: clock() })
        .onConflict((conflict) => conflict.doNothing())
        .returning('activity_id')
        .executeTakeFirst();
      return row !== undefined;
    },
    /** The reply could not be given: the next delivery of the message may try. */
    async release(conversation: string, activityId: string): Promise<void> {
      await db
        .deleteFrom('answered_messages')
        .where('conversation', '=', conversation)
        .where('activity_id', '=', activityId)
        .execute();
    },
    async prune(): Promise<void> {
      await db
        .deleteFrom('answered_messages')
        .where('answered_at', '<', sql<Date>`${clock()} - ${keptHours} * interval '1 hour'`)
        .execute();
    },
  };
}
