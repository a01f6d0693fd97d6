import { sql } from 'kysely';
import type { Person } from '../containment/person.ts';
import type { Sql } from './database-port.ts';

/** Approved requests that still need the approver's sign-in. */
export interface ApprovedWork {
  /** Not yet handed to Defender. */
  readonly unsent: number;
  /** Machine actions that are followed, or looked for. */
  readonly followed: number;
}

export async function readApprovedWork(db: Sql, { tenantId, objectId }: Person): Promise<ApprovedWork> {
  const rows = await db
    .selectFrom('requests')
    .select(['status', sql<number>`count(*)::int`.as('count')])
    .where('tenant_id', '=', tenantId)
    .where('status', 'in', ['approved', 'submitting', 'running', 'unclear'])
    .where(sql`lower(state->'approval'->'by'->>'objectId')`, '=', objectId.toLowerCase())
    .groupBy('status')
    .execute();
  const countOf = (...statuses: readonly string[]) =>
    rows.filter(({ status }) => statuses.includes(status)).reduce((sum, { count }) => sum + count, 0);
  return { unsent: countOf('approved', 'submitting'), followed: countOf('running', 'unclear') };
}
