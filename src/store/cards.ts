import { sql } from 'kysely';
import type { RequestId } from '../containment/ids.ts';
import type { Sql } from './database-port.ts';
import type { DatabaseClock } from './now.ts';

export interface Card {
  readonly activityId: string | undefined;
  readonly shownRevision: number;
  /** Seconds since the card was last sent or edited; undefined when it never was. */
  readonly idleSeconds: number | undefined;
}

export type Cards = ReturnType<typeof createCards>;

/** Longer than a call to Teams may take (10 s); after it another process may send or edit. */
const holdSeconds = 12;

export function createCards({ sql: db, clock }: { sql: Sql; clock: DatabaseClock }) {
  const heldUntil = sql<Date>`${clock()} + ${holdSeconds} * interval '1 second'`;
  return {
    /**
     * Takes the card for one send or edit; answers undefined while another process has it. A mark, not a lock: no
     * transaction stays open during a call to Teams, so clicks never wait for a card.
     */
    async hold(id: RequestId): Promise<Card | undefined> {
      const row = await db
        .updateTable('cards')
        .set({ held_until: heldUntil })
        .where('request_id', '=', id)
        .where((eb) => eb.or([eb('held_until', 'is', null), eb('held_until', '<=', clock())]))
        .returning(['activity_id', 'shown_revision'])
        .returning(sql<number | null>`extract(epoch from ${clock()} - updated_at)::float8`.as('idle'))
        .executeTakeFirst();
      return (
        row && {
          activityId: row.activity_id ?? undefined,
          shownRevision: row.shown_revision,
          idleSeconds: row.idle ?? undefined,
        }
      );
    },
    async release(id: RequestId): Promise<void> {
      await db.updateTable('cards').set({ held_until: null }).where('request_id', '=', id).execute();
    },
    /** Remembers what people see now, and gives the card free. */
    async shown(id: RequestId, activityId: string, revision: number): Promise<void> {
      await db
        .updateTable('cards')
        .set({ activity_id: activityId, shown_revision: revision, updated_at: clock(), held_until: null })
        .where('request_id', '=', id)
        .execute();
    },
    /** The status whose end the thread was told of last. */
    async toldStatus(id: RequestId): Promise<string | undefined> {
      const row = await db
        .selectFrom('cards')
        .select('told_status')
        .where('request_id', '=', id)
        .executeTakeFirst();
      return row?.told_status ?? undefined;
    },
    async told(id: RequestId, status: string): Promise<void> {
      await db.updateTable('cards').set({ told_status: status }).where('request_id', '=', id).execute();
    },
    async activityId(id: RequestId): Promise<string | undefined> {
      const row = await db
        .selectFrom('cards')
        .select('activity_id')
        .where('request_id', '=', id)
        .executeTakeFirst();
      return row?.activity_id ?? undefined;
    },
  };
}
