import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Event } from '../containment/event.ts';
import type { DeviceId } from '../containment/ids.ts';
import { type ContainmentRequest, type DeviceWish, hasDevice } from '../containment/request.ts';
import { openStatuses } from '../containment/state.ts';
import type { Tx } from './database-port.ts';
import { deviceKey } from './rows.ts';
import type { Tables } from './tables.ts';

type Requests = ExpressionBuilder<Tables, 'requests'>;

/**
 * Requests that mean the same device, as far as can be told. Who gives a name that nobody has looked up means whatever
 * was asked for by that name, or is called so.
 */
export function meansSameDevice(eb: Requests, wish: DeviceWish): Expression<SqlBool> {
  const { deviceId, deviceName } = wish;
  const named = deviceName === undefined ? [] : [eb('device_id', '=', deviceKey({ deviceName }))];
  if (deviceId !== undefined) return eb.or([eb('device_id', '=', deviceId), ...named]);
  const known = sql<string>`lower(device->>'name')`;
  return eb.or([
    ...named,
    eb('device_name', '=', deviceName),
    eb(known, '=', deviceName),
    sql<SqlBool>`starts_with(${known}, ${`${deviceName}.`})`,
  ]);
}

/** Asked where the device of a request turns out: whether others that are open want the same of it already. */
export async function withOpenRequests(tx: Tx, request: ContainmentRequest, event: Event): Promise<Event> {
  if (event.kind !== 'device-read' && event.kind !== 'approve-verified') return event;
  const { deviceId } = event;
  if (hasDevice(request) || deviceId === undefined) return event;
  if (await isTwin(tx, request, deviceId)) return { ...event, isTwin: true };
  const others = await tx
    .selectFrom('requests')
    .select((eb) => [eb.fn.coalesce('card_number', 'number').as('number'), 'conversation'])
    .where('tenant_id', '=', request.tenantId)
    .where('device_id', '=', deviceId)
    .where('action', '=', request.action)
    .where('status', 'in', openStatuses)
    .orderBy('number')
    .execute();
  const { conversation } = request.place;
  return {
    ...event,
    openHere: others.find((other) => other.conversation === conversation)?.number,
    openElsewhere: others.find((other) => other.conversation !== conversation)?.number,
  };
}

/** Another of several devices of the request, however it stands: nothing is done to a device twice by one request. */
async function isTwin(tx: Tx, { batch }: ContainmentRequest, deviceId: DeviceId): Promise<boolean> {
  if (batch === undefined) return false;
  const row = await tx
    .selectFrom('requests')
    .select('id')
    .where('lead', '=', batch.lead)
    .where('device_id', '=', deviceId)
    .executeTakeFirst();
  return row !== undefined;
}

const mostTries = 3;

/** Another request, or a lift, may take the device between the look and the change: then the next look sees it. */
export async function againWhenTaken<T>(change: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await change();
    } catch (error) {
      if (tries === mostTries || !(isTaken(error) || isDeadlock(error))) throw error;
    }
  }
}

/** PostgreSQL's deadlock_detected: of two that waited for each other this one was undone, and may go on after the other. */
export function isDeadlock(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '40P01';
}

/** Two lists that take the same devices in another order would wait for each other's rows for ever. */
export async function oneListAtATime(
  tx: Tx,
  { tenantId, place }: Pick<ContainmentRequest, 'tenantId' | 'place'>,
): Promise<void> {
  const key = `list ${tenantId} ${place.conversation}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx);
}

/** PostgreSQL's unique_violation, of the indexes that keep a device to one open request in a conversation, a box to one lift. */
function isTaken(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === '23505' &&
    'constraint' in error &&
    (error.constraint === 'one_open_request' || error.constraint === 'one_lift_of_box')
  );
}
