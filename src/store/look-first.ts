import { sql } from 'kysely';
import type { RequestId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import { openStatuses } from '../containment/state.ts';
import type { Sql, Tx } from './database-port.ts';

export interface BeforeSending {
  /** A restored backup may have forgotten what was sent: "not there" counts only after this moment. */
  readonly lookFirstUntil?: Instant | undefined;
  /** Last change of the request, of its hold for example. */
  readonly changedAt: Instant;
}

export type LookFirst = ReturnType<typeof createLookFirst>;

/** Marks of requests for which Defender is asked before anything is sent. */
export function createLookFirst(db: Sql) {
  return {
    async of(id: RequestId): Promise<BeforeSending | undefined> {
      const row = await db
        .selectFrom('requests')
        .select(['look_first_until', 'changed_at'])
        .where('id', '=', id)
        .executeTakeFirst();
      return (
        row && {
          lookFirstUntil: row.look_first_until?.toISOString(),
          changedAt: row.changed_at.toISOString(),
        }
      );
    },
    /** Only the mark that was honoured: a second restored backup sets a later one. */
    async done(id: RequestId, until: Instant): Promise<void> {
      await db
        .updateTable('requests')
        .set({ look_first_until: null })
        .where('id', '=', id)
        .where('look_first_until', '=', sql<Date>`${until}::timestamptz`)
        .execute();
    },
  };
}

/** Also those that await approval: they may have been approved and sent after the backup was made. */
export async function markOpenRequests(tx: Tx, until: Instant): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('requests')
    .set({ look_first_until: until })
    .where('status', 'in', openStatuses)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/**
 * Whether Defender is still being asked for requests that could be submitted; not for ever.
 */
export async function isLookingFirst(db: Sql, now: Instant, patienceSeconds: number): Promise<boolean> {
  const row = await db
    .selectFrom('requests')
    .select('id')
    .where('status', 'in', ['approved', 'submitting'])
    .where('look_first_until', 'is not', null)
    .where(sql<boolean>`look_first_until + ${patienceSeconds} * interval '1 second' > ${now}::timestamptz`)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
