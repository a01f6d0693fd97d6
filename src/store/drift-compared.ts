import { sql } from 'kysely';
import type { DeviceId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import type { Sql, Tx } from './database-port.ts';
import type { Here } from './here.ts';
import type { DatabaseClock } from './now.ts';

/**
 * When each watched device was last compared with Defender: seen in the list of somebody who sees it, and nothing left out that
 * was listed of it. One that is watched from now on was just confirmed by its own request.
 */
export async function watch(
  db: Sql,
  clock: DatabaseClock,
  tenantId: string,
  devices: readonly DeviceId[],
): Promise<void> {
  const ids = [...new Set(devices)];
  await sql`
    insert into drift_devices (tenant_id, device_id, compared_at)
    select ${tenantId}, device_id, ${clock()} from unnest(${ids}::text[]) as watched (device_id)
    on conflict do nothing`.execute(db);
  await sql`
    delete from drift_devices
    where tenant_id = ${tenantId} and device_id <> all(${ids}::text[])`.execute(db);
}

export async function compared(
  db: Sql,
  clock: DatabaseClock,
  tenantId: string,
  devices: readonly DeviceId[],
): Promise<void> {
  if (devices.length === 0) return;
  await db
    .updateTable('drift_devices')
    .set({ compared_at: clock() })
    .where('tenant_id', '=', tenantId)
    .where('device_id', 'in', [...devices])
    .execute();
}

/** The sweep is over: what it could not compare keeps its time. */
export async function swept(db: Sql, clock: DatabaseClock, tenantId: string): Promise<void> {
  await sql`
    update drift_sweeps set swept_at = ${clock()}, compared_at = coalesce(
      (select min(drift_devices.compared_at) from drift_devices where drift_devices.tenant_id = ${tenantId}), ${clock()})
    where tenant_id = ${tenantId}`.execute(db);
}

/** When all watched devices of a conversation's requests were last compared; undefined: no sweep was made yet. */
export async function readComparedAt(tx: Tx, { tenantId, conversation }: Here): Promise<Instant | undefined> {
  const { rows } = await sql<{ at: Date | null }>`
    select least(swept_at, (
      select min(device.compared_at) from drift_devices device
      where device.tenant_id = ${tenantId} and exists (
        select from requests
        where requests.tenant_id = ${tenantId} and requests.device_id = device.device_id
          and requests.conversation = ${conversation}
          and (requests.took_effect is not null or requests.elsewhere is not null)))) as at
    from drift_sweeps where tenant_id = ${tenantId} and swept_at is not null`.execute(tx);
  return rows[0]?.at?.toISOString();
}
