import { sql } from 'kysely';
import type { Sql } from './database-port.ts';

export type CommentLimits = ReturnType<typeof createCommentLimits>;

/** Microsoft documents no limit; this many characters were accepted so far. */
const usualCommentLimit = 1_000;

/** How much of a comment Defender was seen to keep. A cut comment loses our mark, so the next one is shorter. */
export function createCommentLimits(db: Sql) {
  return {
    async read(tenantId: string): Promise<number> {
      const row = await db
        .selectFrom('defender_limits')
        .select('comment_length')
        .where('tenant_id', '=', tenantId)
        .where('kind', '=', 'submit')
        .executeTakeFirst();
      return row?.comment_length ?? usualCommentLimit;
    },
    async lower(tenantId: string, length: number): Promise<void> {
      await db
        .insertInto('defender_limits')
        .values({ tenant_id: tenantId, kind: 'submit', paused_until: null, comment_length: length })
        .onConflict((conflict) =>
          conflict.columns(['tenant_id', 'kind']).doUpdateSet({
            comment_length: sql`least(defender_limits.comment_length, excluded.comment_length)`,
          }),
        )
        .execute();
    },
  };
}
