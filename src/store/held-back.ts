import { sql } from 'kysely';
import type { RequestId } from '../containment/ids.ts';
import type { Sql } from './database-port.ts';
import { readableFormats } from './rows.ts';

export type HeldBack = readonly RequestId[];

/** In these nothing has been handed to Defender, as far as is known. */
const beforeDefender = ['awaiting', 'approved', 'submitting', 'unclear'];

/** Requests whose hold differs from the pause that began at `since`; without a pause, all that have a hold. */
export async function readHeldBack(db: Sql, since: string | undefined): Promise<HeldBack> {
  const rows = await db
    .selectFrom('requests')
    .select('id')
    .where('state_format', 'in', readableFormats)
    .where((eb) =>
      since === undefined
        ? eb('hold', 'is not', null)
        : eb.and([
            eb('status', 'in', beforeDefender),
            sql<boolean>`hold->>'since' is distinct from ${since}`,
          ]),
    )
    .orderBy('created_at')
    .execute();
  return rows.map((row) => row.id as RequestId);
}

/** How many requests a pause holds back. */
export async function countHeldBack(db: Sql): Promise<number> {
  const { count } = await db
    .selectFrom('requests')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('status', 'in', beforeDefender)
    .executeTakeFirstOrThrow();
  return Number(count);
}
