import { sql } from 'kysely';
import { takesEnd } from '../containment/box-end.ts';
import type { Event } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import { type ContainmentRequest, type DeviceRequest, hasDevice } from '../containment/request.ts';
import { openStatuses } from '../containment/state.ts';
import type { OpenLift } from '../containment/time-box.ts';
import type { Tx } from './database-port.ts';
import { readableFormats } from './rows.ts';

/** Asked where a lift would be made: whether one is open already, in this conversation or for this very box. */
export async function withOpenLift(tx: Tx, request: ContainmentRequest, event: Event): Promise<Event> {
  const asks = event.kind === 'box-ended' || (event.kind === 'wish-verified' && event.wish === 'release');
  if (!asks || !hasDevice(request)) return event;
  return { ...event, open: await openLiftOf(tx, request) };
}

/** Held until the transaction is over: always from the restriction to its lift and never back, so nobody waits in a circle. */
async function openLiftOf(
  tx: Tx,
  { id, tenantId, place, deviceId }: DeviceRequest,
): Promise<OpenLift | undefined> {
  const row = await tx
    .selectFrom('requests')
    .select((eb) => [
      'id',
      eb.fn.coalesce('card_number', 'number').as('number'),
      'lifts',
      'state',
      'state_format',
    ])
    .where('tenant_id', '=', tenantId)
    .where('action', '=', 'unrestrict')
    .where((eb) =>
      eb.or([
        eb.and([
          eb('status', 'in', openStatuses),
          eb('conversation', '=', place.conversation),
          eb('device_id', '=', deviceId),
        ]),
        // What has lifted it is as good: nobody has looked at it yet.
        eb.and([
          eb('lifts', '=', id),
          eb.or([
            eb('status', 'in', openStatuses),
            sql<boolean>`status = 'ended' and state->'machineAction'->>'status' = 'Succeeded'`,
          ]),
        ]),
      ]),
    )
    .orderBy(sql`lifts = ${id}`, (order) => order.desc().nullsLast())
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const isOwn = row.lifts === id && readableFormats.includes(row.state_format);
  return { id: row.id as RequestId, number: row.number, takesEnd: isOwn && takesEnd(row.state) };
}
