import { type SqlBool, sql } from 'kysely';
import type { RequestId } from '../containment/ids.ts';
import type { RegisteredRestriction } from '../containment/other-restrictions.ts';
import { type ContainmentRequest, hasDevice } from '../containment/request.ts';
import type { Sql } from './database-port.ts';
import { readableFormats, toRequest } from './rows.ts';

/** What was approved and has not come to its end, or holds as far as our register knows. */
const mayRestrict = sql<SqlBool>`(requests.status in ('approved', 'submitting', 'running', 'unclear')
  or requests.took_effect is not null and requests.released is null and not exists (
    select from requests lift
    where lift.tenant_id = requests.tenant_id and lift.device_id = requests.device_id
      and lift.action = 'unrestrict' and lift.took_effect is not null
      and (lift.took_effect, coalesce(lift.card_number, lift.number))
        > (requests.took_effect, coalesce(requests.card_number, requests.number))))`;

/** Other requests of the tenant, wherever they were made, by which the device may be restricted. */
export async function registeredRestrictions(
  db: Sql,
  restriction: ContainmentRequest,
): Promise<RegisteredRestriction[]> {
  if (!hasDevice(restriction)) return [];
  const rows = await db
    .selectFrom('requests')
    .selectAll()
    .where('tenant_id', '=', restriction.tenantId)
    .where('device_id', '=', restriction.deviceId)
    .where('action', '=', 'restrict')
    .where('id', '<>', restriction.id)
    .where(mayRestrict)
    .orderBy('created_at', 'desc')
    .execute();
  return rows.map((row) => ({
    id: row.id as RequestId,
    request: readableFormats.includes(row.state_format) ? toRequest(row) : undefined,
  }));
}
