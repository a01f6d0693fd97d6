import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { RequestId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import type { Sql } from './database-port.ts';
import type { DatabaseClock } from './now.ts';

export interface Card {
  readonly activityId: string | undefined;
  readonly shownRevision: number;
  /** Seconds since the card was last sent or edited; undefined when it never was. */
  readonly idleSeconds: number | undefined;
  /** Proof of this hold; it is worth nothing once the card is held by somebody else. */
  readonly holder: string;
}

export type Cards = ReturnType<typeof createCards>;

/** After this another process may send or edit. The holder's own limits (`src/jobs/sync-card.ts`) stay below it. */
const holdSeconds = 15;

export function createCards({ sql: db, clock }: { sql: Sql; clock: DatabaseClock }) {
  const heldUntil = () => sql<Date>`${clock()} + ${holdSeconds} * interval '1 second'`;
  const free = { held_until: null, holder: null };
  const read = (id: RequestId) =>
    db.selectFrom('cards').selectAll().where('request_id', '=', id).executeTakeFirst();
  const heldBy = (id: RequestId, holder: string) =>
    db.updateTable('cards').where('request_id', '=', id).where('holder', '=', holder);
  return {
    /**
     * Takes the card for one send or edit; answers undefined while another process has it. A mark, not a lock: no
     * transaction stays open during a call to Teams, so clicks never wait for a card.
     */
    async hold(id: RequestId): Promise<Card | undefined> {
      const holder = randomUUID();
      const row = await db
        .updateTable('cards')
        .set({ held_until: heldUntil(), holder })
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
          holder,
        }
      );
    },
    async release(id: RequestId, holder: string): Promise<void> {
      await heldBy(id, holder).set(free).execute();
    },
    /** Remembers what people see now, and gives the card free; false when somebody else holds it meanwhile. */
    async shown(
      id: RequestId,
      holder: string,
      seen: { readonly activityId: string; readonly revision: number },
    ): Promise<boolean> {
      const row = await heldBy(id, holder)
        .set({ activity_id: seen.activityId, shown_revision: seen.revision, updated_at: clock(), ...free })
        .returning('request_id')
        .executeTakeFirst();
      return row !== undefined;
    },
    /** The platform will not take this revision: no start need try it again. */
    async givenUp(id: RequestId, revision: number): Promise<void> {
      await db
        .updateTable('cards')
        .set({ given_up_revision: revision })
        .where('request_id', '=', id)
        .where('given_up_revision', '<', revision)
        .execute();
    },
    /** Moment of the end that the thread was told of last. */
    toldEnd: async (id: RequestId) => (await read(id))?.told_end ?? undefined,
    async told(id: RequestId, end: Instant): Promise<void> {
      await db.updateTable('cards').set({ told_end: end }).where('request_id', '=', id).execute();
    },
    activityId: async (id: RequestId) => (await read(id))?.activity_id ?? undefined,
  };
}
