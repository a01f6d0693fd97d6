import type { Selectable } from 'kysely';
import type { DeviceId, RequestId } from '../containment/ids.ts';
import type { Action, ContainmentRequest, Place } from '../containment/request.ts';
import type { Tables } from './tables.ts';

/** Ids and unions were parsed before they were written: what comes back is what went in. */
export function toRequest(row: Selectable<Tables['requests']>): ContainmentRequest {
  return {
    id: row.id as RequestId,
    tenantId: row.tenant_id,
    number: row.number,
    action: row.action as Action,
    deviceId: row.device_id as DeviceId,
    device: row.device ?? undefined,
    reason: row.reason,
    requestor: row.requestor,
    place: { conversation: row.conversation, thread: row.thread, kind: row.place_kind as Place['kind'] },
    alsoRequestedIn: row.also_requested_in ?? undefined,
    ...(row.hold ? { hold: row.hold } : {}),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    state: row.state,
    revision: row.revision,
  };
}
