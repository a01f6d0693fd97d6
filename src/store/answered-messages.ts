import { sql } from 'kysely';
import type { Sql } from './database-port.ts';
import type { DatabaseClock } from './now.ts';

/** Teams delivers again for minutes, not for days. */
const keptHours = 48;
/** Whoever claimed a message and has not replied by then is taken for dead: a message takes at most 10 s (`bot/post.ts`). */
const claimSeconds = 12;

/** `elsewhere`: another delivery of the message is being answered just now. */
export type Claim = 'ours' | 'elsewhere' | 'replied';

export type AnsweredMessages = ReturnType<typeof createAnsweredMessages>;

export function createAnsweredMessages({ sql: db, clock }: { sql: Sql; clock: DatabaseClock }) {
  const of = (conversation: string, activityId: string) =>
    db
      .selectFrom('answered_messages')
      .select('claimed_until')
      .where('conversation', '=', conversation)
      .where('activity_id', '=', activityId);
  return {
    /** For one delivery of a message at a time, until it was replied to. */
    async claim(conversation: string, activityId: string): Promise<Claim> {
      const until = sql<Date>`${clock()} + ${claimSeconds} * interval '1 second'`;
      const claimed = await db
        .insertInto('answered_messages')
        .values({ conversation, activity_id: activityId, answered_at: clock(), claimed_until: until })
        .onConflict((conflict) =>
          conflict
            .columns(['conversation', 'activity_id'])
            .doUpdateSet({ claimed_until: until })
            .where('answered_messages.claimed_until', '<=', clock()),
        )
        .returning('activity_id')
        .executeTakeFirst();
      if (claimed !== undefined) return 'ours';
      const row = await of(conversation, activityId).executeTakeFirst();
      return row?.claimed_until === null ? 'replied' : 'elsewhere';
    },
    async replied(conversation: string, activityId: string): Promise<void> {
      await db
        .updateTable('answered_messages')
        .set({ claimed_until: null })
        .where('conversation', '=', conversation)
        .where('activity_id', '=', activityId)
        .execute();
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
