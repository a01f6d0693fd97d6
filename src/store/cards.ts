import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { cardOf } from '../containment/batch.ts';
import type { RequestId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Sql, Tx } from './database-port.ts';
import type { DatabaseClock } from './now.ts';

export interface Card {
  readonly activityId: string | undefined;
  readonly shownRevision: number;
  /** Of this revision and older ones the platform takes no message. */
  readonly givenUpRevision: number;
  /** What the platform shows, as far as we know; undefined when there is no message. */
  readonly picture: string | undefined;
  /** How the request stood then. */
  readonly standing: string | undefined;
  /** How often it was posted anew because it was deleted. */
  readonly replacements: number;
  /** Seconds since the card was last sent or edited; undefined when it never was. */
  readonly idleSeconds: number | undefined;
  /** Proof of this hold; it is worth nothing once the card is held by somebody else. */
  readonly holder: string;
}

interface Parts {
  readonly sql: Sql;
  readonly clock: DatabaseClock;
}

export type Cards = ReturnType<typeof createCards>;

export interface Seen {
  readonly activityId: string;
  readonly revision: number;
  readonly picture: string;
  readonly standing: string;
}

/** What nobody could be shown for so long is left as it is. */
const keptDays = 7;
/** Given up with this revision, a card is given up for all times. */
const everyRevision = 2_147_483_647;

/** After this another process may send or edit. The holder's own limits (`src/jobs/sync-card.ts`) stay below it. */
const holdSeconds = 15;

export function createCards({ sql: db, clock }: Parts) {
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
    hold: (id: RequestId) => hold({ sql: db, clock }, id),
    async release(id: RequestId, holder: string): Promise<void> {
      await heldBy(id, holder).set(free).execute();
    },
    /** Remembers what people see now, and gives the card free; false when somebody else holds it meanwhile. */
    async shown(id: RequestId, holder: string, seen: Seen): Promise<boolean> {
      const row = await heldBy(id, holder)
        .set({ ...shownBy(seen), updated_at: clock(), ...free })
        .returning('request_id')
        .executeTakeFirst();
      return row !== undefined;
    },
    /**
     * To be said before an edit: should its answer be lost, nobody knows what people see, and the next one is made. One for a
     * press leaves the standing as it is.
     */
    async unsure(id: RequestId, holder: string, mayStandOtherwise = true): Promise<void> {
      await heldBy(id, holder).set(unsureOf(mayStandOtherwise)).execute();
    },
    /** This revision looks like the one that people see already. */
    async looksTheSame(id: RequestId, holder: string, revision: number): Promise<void> {
      await heldBy(id, holder)
        .set({ shown_revision: revision, ...free })
        .execute();
    },
    /**
     * The message was deleted: the next one is its replacement. Counted before that one is sent, so that a kill in
     * between may post one too many, but never one after the other.
     */
    async deleted(id: RequestId, holder: string): Promise<void> {
      await heldBy(id, holder)
        .set((eb) => ({
          activity_id: null,
          shown_revision: 0,
          shown_picture: null,
          replacements: eb('replacements', '+', 1),
          ...free,
        }))
        .execute();
    },
    /** The platform will not take this revision, or none any more: no start need try it again. */
    async givenUp(id: RequestId, revision: number | 'all'): Promise<void> {
      const last = revision === 'all' ? everyRevision : revision;
      await db
        .updateTable('cards')
        .set({ given_up_revision: last })
        .where('request_id', '=', id)
        .where('given_up_revision', '<', last)
        .execute();
    },
    /** Moment of the end that the thread was told of last. */
    toldEnd: async (id: RequestId) => (await read(id))?.told_end ?? undefined,
    async told(id: RequestId, end: Instant): Promise<void> {
      await db.updateTable('cards').set({ told_end: end }).where('request_id', '=', id).execute();
    },
    /** The machine action elsewhere that the thread was told of last. */
    toldElsewhere: (request: OnCard) => toldElsewhere(db, request),
    toldOfElsewhere: (request: OnCard, actionId: string) => toldOfElsewhere(db, request, actionId),
    activityId: async (id: RequestId) => (await read(id))?.activity_id ?? undefined,
  };
}

function shownBy({ activityId, revision, picture, standing }: Seen) {
  const shown = { shown_revision: revision, shown_picture: picture, shown_standing: standing };
  return { activity_id: activityId, ...shown };
}

function unsureOf(mayStandOtherwise: boolean) {
  return { shown_picture: null, ...(mayStandOtherwise ? { shown_standing: null } : {}) };
}

type OnCard = Pick<ContainmentRequest, 'id' | 'batch'>;

/** Of several devices only the first has a card: what was told of each is kept with each. */
function hasNoCard(request: OnCard): boolean {
  return cardOf(request) !== request.id;
}

async function toldElsewhere(db: Sql, request: OnCard): Promise<string | undefined> {
  const row = hasNoCard(request)
    ? await db.selectFrom('requests').select('told_elsewhere').where('id', '=', request.id).executeTakeFirst()
    : await db
        .selectFrom('cards')
        .select('told_elsewhere')
        .where('request_id', '=', request.id)
        .executeTakeFirst();
  return row?.told_elsewhere ?? undefined;
}

async function toldOfElsewhere(db: Sql, request: OnCard, actionId: string): Promise<void> {
  const told = { told_elsewhere: actionId };
  if (hasNoCard(request)) await db.updateTable('requests').set(told).where('id', '=', request.id).execute();
  else await db.updateTable('cards').set(told).where('request_id', '=', request.id).execute();
}

async function hold({ sql: db, clock }: Parts, id: RequestId): Promise<Card | undefined> {
  const heldUntil = sql<Date>`${clock()} + ${holdSeconds} * interval '1 second'`;
  const holder = randomUUID();
  const row = await db
    .updateTable('cards')
    .set({ held_until: heldUntil, holder })
    .where('request_id', '=', id)
    .where((eb) => eb.or([eb('held_until', 'is', null), eb('held_until', '<=', clock())]))
    .returning(['activity_id', 'shown_revision', 'given_up_revision', 'shown_picture', 'shown_standing'])
    .returning('replacements')
    .returning(sql<number | null>`extract(epoch from ${clock()} - updated_at)::float8`.as('idle'))
    .executeTakeFirst();
  return (
    row && {
      activityId: row.activity_id ?? undefined,
      shownRevision: row.shown_revision,
      givenUpRevision: row.given_up_revision,
      picture: row.shown_picture ?? undefined,
      standing: row.shown_standing ?? undefined,
      replacements: row.replacements,
      idleSeconds: row.idle ?? undefined,
      holder,
    }
  );
}

/** Cards that were given up because the bot was away from a conversation; for what is given up for ever stays so. */
export async function takeUpAgain(
  tx: Tx,
  conversations: readonly string[],
  clock: DatabaseClock,
): Promise<RequestId[]> {
  const rows = await tx
    .updateTable('cards')
    .from('requests')
    .set({ given_up_revision: 0 })
    .whereRef('requests.id', '=', 'cards.request_id')
    .where('requests.conversation', 'in', conversations)
    .where('requests.changed_at', '>', sql<Date>`${clock()} - ${keptDays} * interval '1 day'`)
    .where(sql<boolean>`cards.shown_revision < coalesce(cards.due_revision, requests.revision)`)
    .where('cards.given_up_revision', '<', everyRevision)
    .returning('cards.request_id')
    .execute();
  return rows.map((row) => row.request_id as RequestId);
}
