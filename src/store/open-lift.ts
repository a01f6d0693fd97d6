import { sql } from 'kysely';
import { takesEnd } from '../containment/box-end.ts';
import type { Event } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import { type ContainmentRequest, type DeviceRequest, hasDevice } from '../containment/request.ts';
import { openStatuses } from '../containment/state.ts';
import type { NewLift, OpenLift } from '../containment/time-box.ts';
import { boxInForce } from '../containment/box-in-force.ts';
import { endWord } from '../containment/lift-word.ts';
import { nextNumber } from './create-request.ts';
import { lockRequest } from './batches.ts';
import type { Tx } from './database-port.ts';
import { holdLiftsTogether } from './lifts-together.ts';
import { readableFormats } from './rows.ts';

type Lifting = Extract<Event, { kind: 'box-ended' } | { kind: 'wish-verified'; wish: 'release' }>;

function isLifting(event: Event): event is Lifting {
  return event.kind === 'box-ended' || (event.kind === 'wish-verified' && event.wish === 'release');
}

/**
 * Asked where a lift would be made: whether one is open already, in this conversation or for this very box, or which is to be
 * joined because it lifts others of the same restriction by the same word.
 */
export async function withOpenLift(tx: Tx, request: ContainmentRequest, event: Event): Promise<Event> {
  if (!isLifting(event) || !hasDevice(request)) return event;
  const open = await openLiftOf(tx, request);
  if (open !== undefined) return { ...event, open };
  return { ...event, lift: await joining(tx, request, event) };
}

async function joining(tx: Tx, request: DeviceRequest, event: Lifting): Promise<NewLift> {
  const { id, number, joins } = event.lift;
  const together = await holdLiftsTogether(tx, request, wordOf(request, event));
  if (together !== undefined) return { id, number: together.number, joins: together.lead };
  // The one whose number it was to have has come to rest meanwhile.
  return { id, number: joins === undefined ? number : await nextNumber(tx, request.tenantId) };
}

/** By which word such an event lifts one of several devices; undefined of a request for one. */
export function wordOf(request: ContainmentRequest, event: LiftedBy): string | undefined {
  const box = boxInForce(request);
  if (request.batch === undefined || box === undefined) return undefined;
  return event.kind === 'box-ended' ? endWord(box) : event.clickId;
}

export type LiftedBy =
  { readonly kind: 'box-ended' } | { readonly kind: 'wish-verified'; readonly clickId: string };

/** Held until the transaction is over: always from the restriction to its lift and never back, so nobody waits in a circle. */
async function openLiftOf(tx: Tx, request: DeviceRequest): Promise<OpenLift | undefined> {
  for (let locked: string | undefined; ;) {
    const row = await findOpenLift(tx, request);
    if (row === undefined) return undefined;
    if (row.id === locked) {
      const isOwn = row.lifts === request.id && readableFormats.includes(row.state_format);
      return { id: row.id as RequestId, number: row.number, takesEnd: isOwn && takesEnd(row.state) };
    }
    // Of several devices with the first: as everybody does, so that nobody waits in a circle.
    await lockRequest(tx, row.id as RequestId);
    locked = row.id;
  }
}

function findOpenLift(tx: Tx, { id, tenantId, place, deviceId }: DeviceRequest) {
  return tx
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
    .executeTakeFirst();
}
