import { sql } from 'kysely';
import { openStatuses } from '../containment/state.ts';
import type { Sql } from './database-port.ts';

export interface RequestCounts {
  readonly open: ReadonlyMap<string, number>;
  /** Somebody has to look at these: in `Needs attention`, and not closed. */
  readonly needAttention: number;
}

/** Seconds of the epoch; 0 while some tenant was never compared. */
export async function comparedSeconds(db: Sql): Promise<number> {
  const row = await db
    .selectFrom('drift_sweeps')
    .select(sql<number>`min(coalesce(extract(epoch from compared_at), 0))::float8`.as('at'))
    // A tenant that is served no more is asked for no more.
    .where('due_at', '>', sql<Date>`now() - interval '1 day'`)
    .executeTakeFirst();
  return row?.at ?? 0;
}

export async function countRequests(db: Sql): Promise<RequestCounts> {
  const rows = await db
    .selectFrom('requests')
    .select((eb) => ['status', eb.fn.countAll<string>().as('n')])
    .where('status', 'in', [...openStatuses, 'attention'])
    .where(sql<boolean>`state->'closed' is null`)
    .groupBy('status')
    .execute();
  const counted = new Map(rows.map(({ status, n }) => [status, Number(n)]));
  return {
    open: new Map(openStatuses.map((status) => [status, counted.get(status) ?? 0])),
    needAttention: (counted.get('attention') ?? 0) + (counted.get('unclear') ?? 0),
  };
}
