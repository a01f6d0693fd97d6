import { type SqlBool, sql } from 'kysely';
import { type FoundChange, untold } from '../containment/elsewhere.ts';
import type { BoxNews } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import type { BatchPlace } from '../containment/request.ts';
import type { State } from '../containment/state.ts';
import { openStatuses } from '../containment/state.ts';
import type { RunningBox } from '../containment/time-box.ts';
import type { Database, Sql } from './database-port.ts';
import type { DatabaseClock } from './now.ts';
import { batchOf, readableFormats } from './rows.ts';

export interface Unfinished {
  readonly id: RequestId;
  readonly state: State;
  readonly batch?: BatchPlace | undefined;
  readonly isShown: boolean;
  readonly isTold: boolean;
  /** The jobs for what the request is now that failed too often. */
  readonly givenUp: readonly string[];
  /** Of a restriction in force. */
  readonly box: RunningBox | undefined;
  /** What the thread was told of the box, by `newsKey`. */
  readonly toldNews: readonly string[];
  /** What was changed elsewhere and the thread was not told of. */
  readonly untold: readonly FoundChange[];
}

export function newsKey(news: BoxNews, of: Instant): string {
  return `${news} ${Date.parse(of)}`;
}

/** `momentToTell` of `src/containment/batch.ts`, for a row of `requests` and its card under these names. */
export function endingInSql(table = 'requests', card = 'cards') {
  const state = sql.ref(`${table}.state`);
  return sql<string | null>`case when ${sql.ref(`${table}.lead`)} is null
    then coalesce(${state}->'closed'->>'at', ${state}->>'endedAt', ${state}->>'at')
    else ${sql.ref(`${card}.due_end`)} end`;
}

/** What nobody could be shown or told of for so long is left as it is. */
const keptDays = 7;

/** Requests that may have work left which no job stands for: those open, those in force for a time, and those whose end is not shown or told. */
export async function readUnfinished(db: Sql, clock: DatabaseClock): Promise<readonly Unfinished[]> {
  // Of several devices only the first has a card; there is nothing to show or to tell of the others alone.
  const hasNoCard = sql<boolean>`cards.request_id is null`;
  const isShown = sql<boolean>`(${hasNoCard} or greatest(cards.shown_revision, cards.given_up_revision)
    >= coalesce(cards.due_revision, requests.revision))`;
  const givenUp = sql<readonly string[]>`array(
    select dead_jobs.job from dead_jobs
    where dead_jobs.request_id = requests.id and dead_jobs.request_revision >= requests.revision)`;
  const isTold = sql<boolean>`(${hasNoCard} or cards.told_end is not distinct from ${endingInSql()})`;
  const toldNews = sql<readonly string[]>`array(
    select told_boxes.news || ' ' || (extract(epoch from told_boxes.of) * 1000)::bigint from told_boxes
    where told_boxes.request_id = requests.id)`;
  const toldElsewhere = sql<string | null>`coalesce(cards.told_elsewhere, requests.told_elsewhere)`;
  const mayBeUntold = sql<SqlBool>`requests.elsewhere is not null
    and ${toldElsewhere} is distinct from requests.elsewhere->-1->>'actionId'`;
  const isRecent = sql<SqlBool>`requests.changed_at > ${clock()} - ${keptDays} * interval '1 day'`;
  const rows = await db
    .selectFrom('requests')
    .leftJoin('cards', 'cards.request_id', 'requests.id')
    .select(['requests.id', 'requests.state', 'requests.box', 'requests.box_until'])
    .select(['requests.lead', 'requests.batch_place', 'requests.batch_size'])
    .select(['requests.elsewhere', toldElsewhere.as('told_elsewhere')])
    .select([isShown.as('is_shown'), isTold.as('is_told'), givenUp.as('given_up'), toldNews.as('told_news')])
    // What a newer program wrote is that one's to go on with.
    .where('requests.state_format', 'in', readableFormats)
    .where((eb) =>
      eb.or([
        eb('requests.status', 'in', openStatuses),
        eb('requests.box_until', 'is not', null),
        eb.and([
          // The first of several devices may have come to its end long before the others.
          eb.or([isRecent, eb('cards.due_revision', 'is not', null)]),
          eb.or([eb.not(isShown), eb.not(isTold)]),
        ]),
        eb.and([isRecent, mayBeUntold]),
      ]),
    )
    .execute();
  return rows.map((row) => ({
    id: row.id as RequestId,
    state: row.state,
    ...batchOf(row),
    isShown: row.is_shown,
    isTold: row.is_told,
    givenUp: row.given_up,
    box: row.box_until === null ? undefined : row.box?.running,
    toldNews: row.told_news,
    untold: untold(row.elsewhere ?? undefined, row.told_elsewhere ?? undefined),
  }));
}

/**
 * Takes back what a dead process had in its hands: its cards, messages it was replying to, and the machine actions of its
 * last sweep. Only where no other process can be alive; elsewhere marks and leases end by themselves, within a minute.
 */
export async function takeBack({ sql: db }: Database, clock: DatabaseClock): Promise<void> {
  await db
    .updateTable('cards')
    .set({ held_until: null, holder: null, telling_until: null, teller: null })
    .where((eb) => eb.or([eb('held_until', 'is not', null), eb('telling_until', 'is not', null)]))
    .execute();
  await db
    .updateTable('answered_messages')
    .set({ claimed_until: clock() })
    .where('claimed_until', 'is not', null)
    .execute();
  await db.updateTable('tracked_actions').set({ next_look_at: clock(), lease: null }).execute();
}
