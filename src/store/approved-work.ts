import { sql } from 'kysely';
import type { Person } from '../containment/person.ts';
import type { Sql } from './database-port.ts';

/** Approved requests that still need the approver's sign-in. */
export interface ApprovedWork {
  /** Not yet handed to Defender. */
  readonly unsent: number;
  /** Machine actions that are followed, or looked for. */
  readonly followed: number;
  /** Restrictions in force for a time whose end they approved. */
  readonly boxes: number;
}

/** A POST that may have reached Defender is looked for like an action; what awaits the approver's retry was never sent. */
export async function readApprovedWork(db: Sql, { tenantId, objectId }: Person): Promise<ApprovedWork> {
  const isFollowed = sql<boolean>`case status
    when 'running' then true
    when 'unclear' then state->'reason'->>'code' = 'outcome-unknown'
    when 'submitting' then state->'attempt'->>'outcome' <> 'unsent'
    else false end`;
  const rows = await db
    .selectFrom('requests')
    .select([isFollowed.as('followed'), sql<number>`count(*)::int`.as('count')])
    .where('tenant_id', '=', tenantId)
    .where('status', 'in', ['approved', 'submitting', 'running', 'unclear'])
    .where(sql`lower(state->'approval'->'by'->>'objectId')`, '=', objectId.toLowerCase())
    .groupBy(isFollowed)
    .execute();
  const countOf = (followed: boolean) => rows.find((row) => row.followed === followed)?.count ?? 0;
  const { boxes } = await db
    .selectFrom('requests')
    .select(sql<number>`count(*)::int`.as('boxes'))
    .where('tenant_id', '=', tenantId)
    .where('box_until', 'is not', null)
    .where(sql`lower(box->'running'->'authorisedBy'->>'objectId')`, '=', objectId.toLowerCase())
    .where(sql<boolean>`box->'running'->'spentOn' is null`)
    .executeTakeFirstOrThrow();
  return { unsent: countOf(false), followed: countOf(true), boxes };
}
