import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Sql } from './database-port.ts';
import type { DatabaseClock } from './now.ts';
import type { Tables } from './tables.ts';

/** Where somebody speaks: a chat, or a channel and its team where that is named. */
export interface Whereabouts {
  readonly conversation: string;
  readonly team?: string | undefined;
}

/** By then Teams has long forgotten them too, and delivers nothing of theirs. */
const keptDays = 400;
/** Teams does not say how old its list of members may be. Until then whoever is listed passes, and is asked after again. */
const listLagMinutes = 10;

export type Departures = ReturnType<typeof createDepartures>;

/** People of whom the chat platform said that they left a team or chat, until it says that they are back. */
export function createDepartures({ sql: db, clock }: { sql: Sql; clock: DatabaseClock }) {
  return {
    async left(place: string, people: readonly string[]): Promise<void> {
      if (people.length === 0) return;
      await db
        .insertInto('departures')
        .values([...new Set(people)].map((teamsId) => ({ place, teams_id: teamsId, left_at: clock() })))
        .onConflict((conflict) => conflict.columns(['place', 'teams_id']).doUpdateSet({ left_at: clock() }))
        .execute();
    },
    async returned({ conversation, team }: Whereabouts, people: readonly string[]): Promise<void> {
      if (people.length === 0) return;
      await db
        .deleteFrom('departures')
        .where('place', 'in', team === undefined ? [conversation] : [conversation, team])
        .where('teams_id', 'in', people)
        .execute();
    },
    /** Teams' list has them. It may be older than their leaving, which is forgotten only when it cannot be any more. */
    async listed(where: Whereabouts, teamsId: string): Promise<void> {
      await db
        .deleteFrom('departures')
        .where('teams_id', '=', teamsId)
        .where((eb) => isAt(eb, where))
        .where('left_at', '<', sql<Date>`${clock()} - ${listLagMinutes} * interval '1 minute'`)
        .execute();
    },
    async hasLeft(where: Whereabouts, teamsId: string): Promise<boolean> {
      const row = await db
        .selectFrom('departures')
        .select('place')
        .where('teams_id', '=', teamsId)
        .where((eb) => isAt(eb, where))
        .executeTakeFirst();
      return row !== undefined;
    },
    async prune(): Promise<void> {
      await db
        .deleteFrom('departures')
        .where('left_at', '<', sql<Date>`${clock()} - ${keptDays} * interval '1 day'`)
        .execute();
    },
  };
}

function isAt(
  eb: ExpressionBuilder<Tables, 'departures'>,
  { conversation, team }: Whereabouts,
): Expression<SqlBool> {
  return eb.or([
    eb('place', 'in', team === undefined ? [conversation] : [conversation, team]),
    // Not every activity names the team of its channel.
    eb(
      'place',
      'in',
      eb
        .selectFrom('conversations')
        .select('team')
        .where('conversation', '=', conversation)
        .where('team', 'is not', null)
        .$castTo<{ team: string }>(),
    ),
  ]);
}
