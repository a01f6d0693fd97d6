import { sql } from 'kysely';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Tx } from './database-port.ts';
import type { Condition, Here } from './here.ts';
import { readableFormats, toRequest } from './rows.ts';

interface FoundRow {
  readonly total: string;
  readonly ids: readonly string[];
}

interface Asked {
  readonly limit: number;
  readonly only?: Condition;
  /** Also what a request has restricted since, somewhere else perhaps: it is restricted all the same. */
  readonly untilLifted?: boolean;
}

/**
 * Devices that somebody has restricted without any request, after a request of this conversation: for each the latest such
 * request. None of them is in force, and nobody lifts them by themselves. What a request has restricted itself, if only late,
 * is in force by that request.
 */
export async function readRestrictedElsewhere(
  tx: Tx,
  { tenantId, conversation }: Here,
  { limit, only = sql`true`, untilLifted = false }: Asked,
): Promise<{ readonly requests: readonly ContainmentRequest[]; readonly total: number }> {
  const { rows } = await sql<FoundRow>`
    with latest as (
      select distinct on (device_id) id, device_id, coalesce(card_number, number) as asked_as, left(elsewhere->-1->>'at', 19) as at
      from requests
      where tenant_id = ${tenantId} and conversation = ${conversation}
        and elsewhere->-1->>'became' = 'restricted' and elsewhere->-1->'origin'->'itself' is null and ${only}
        and released->>'after' is distinct from elsewhere->-1->>'actionId'
        and state_format in (${sql.join(readableFormats)})
      order by device_id, elsewhere->-1->>'at' desc, asked_as desc),
    standing as (
      select id, at, asked_as from latest
      where not exists (
        select from requests other
        where other.tenant_id = ${tenantId} and other.device_id = latest.device_id
          and ((other.action = 'unrestrict' or not ${untilLifted}::boolean) and (other.took_effect collate "C" > latest.at
              or other.took_effect is null and left(other.elsewhere->0->>'at', 19) > latest.at)
            or other.elsewhere->-1->>'became' = 'lifted' and left(other.elsewhere->-1->>'at', 19) > latest.at)))
    select (select count(*) from standing) as total,
      array(select id from standing order by at, asked_as, id limit ${limit}) as ids`.execute(tx);
  const { total = '0', ids = [] } = rows[0] ?? {};
  const found = await tx
    .selectFrom('requests')
    .selectAll()
    .where('id', 'in', [...ids, ''])
    .execute();
  const requests = new Map(found.map((row) => [row.id, toRequest(row)]));
  return { requests: ids.flatMap((id) => requests.get(id) ?? []), total: Number(total) };
}
