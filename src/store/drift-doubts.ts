import { type SqlBool, sql } from 'kysely';
import type { RequestId } from '../containment/ids.ts';
import type { Action } from '../containment/request.ts';
import { beginsLike } from '../defender/comment.ts';
import type { Tx } from './database-port.ts';
import { type Listed, type ListedChange, isOfKind } from './listed-changes.ts';

/** A request of which Defender may have taken something that our register does not have. */
export interface Doubt {
  /** What marks its comment. */
  readonly mark: RequestId;
  readonly action: Action;
  readonly reason: string;
  /** As far as our register tells nothing was sent for it; before this moment the database may have forgotten that it was. */
  readonly certain: boolean;
  readonly look_first_until: Date | null;
}

/** Something may be on its way to Defender, or be there, and nobody knows which of what it lists that is. */
const isOnItsWay = sql<SqlBool>`(
  status = 'submitting' and state->'attempt'->>'outcome' <> 'unsent'
  or status = 'unclear' and state->'reason'->>'code' = 'outcome-unknown'
  or status in ('approved', 'submitting', 'unclear') and look_first_until is not null)`;

export async function readDoubts(tx: Tx, { tenantId, deviceId }: Listed): Promise<readonly Doubt[]> {
  const { rows } = await sql<Doubt>`
    select coalesce(lead, id) as mark, action, reason, not ${isOnItsWay} as certain, look_first_until
    from requests
    where tenant_id = ${tenantId} and device_id = ${deviceId}
      and (${isOnItsWay} or status = 'awaiting' and look_first_until is not null)`.execute(tx);
  return rows;
}

/** How far Defender's clock and ours may be apart. */
const skewMs = 300_000;

/**
 * A restored backup may have forgotten that a request was approved and sent, see `lookFirst`. What Defender created later than
 * that, or with another comment, is surely not its action: nobody need wait for a decision to hear of it.
 */
export function mayBeForgotten(
  { mark, action, reason, look_first_until: until }: Doubt,
  change: ListedChange,
): boolean {
  if (!isOfKind(action, change) || until === null) return false;
  if (change.marked !== undefined) return change.marked === mark;
  const created = Date.parse(change.createdAt ?? '');
  if (created > until.getTime() + skewMs) return false;
  return beginsLike(change.comment, reason);
}
