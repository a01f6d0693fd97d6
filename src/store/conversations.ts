import type { Sql } from './database-port.ts';
import type { DatabaseClock } from './now.ts';

export type Conversations = ReturnType<typeof createConversations>;

/** How to reach a conversation again. The reference is opaque here: only `bot/` reads it. */
export function createConversations({ sql: db, clock }: { sql: Sql; clock: DatabaseClock }) {
  return {
    /** Overwrites: the service URL of a conversation may change with any inbound activity. */
    async remember(conversation: string, tenantId: string, reference: unknown): Promise<void> {
      const value = JSON.stringify(reference);
      await db
        .insertInto('conversations')
        .values({ conversation, tenant_id: tenantId, reference: value, seen_at: clock(), left_at: null })
        .onConflict((conflict) =>
          conflict.column('conversation').doUpdateSet({ reference: value, seen_at: clock(), left_at: null }),
        )
        .execute();
    },
    async reference(conversation: string): Promise<unknown> {
      const row = await db
        .selectFrom('conversations')
        .select('reference')
        .where('conversation', '=', conversation)
        .executeTakeFirst();
      return row?.reference;
    },
  };
}
