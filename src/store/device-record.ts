import { type SqlBool, sql } from 'kysely';
import type { DeviceId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Tx } from './database-port.ts';
import { type Condition, type Here, countByStatus, isReadable, madeHere } from './here.ts';
import { readRestrictedElsewhere } from './restricted-elsewhere.ts';
import { type DeviceRestriction, readRestrictionOf } from './restrictions-in-force.ts';
import { deviceKey, toRequest } from './rows.ts';

/** A device that is known, wishes by a name that nobody has looked up, or both. */
export interface ListedDevice {
  readonly deviceId: DeviceId | undefined;
  /** Names by which it may have been asked for, of requests whose device nobody has found yet. */
  readonly names: readonly string[];
}

export function isAbout({ deviceId, names }: ListedDevice): Condition {
  const known = deviceId === undefined ? [] : [deviceKey({ deviceId })];
  const keys = [...known, ...names.map((deviceName) => deviceKey({ deviceName }))];
  return sql`device_id = any(${keys}::text[])`;
}

/** What our register knows of a device from the requests that were made in one conversation. */
export interface DeviceRecord extends ListedDevice {
  /** As last recorded here. */
  readonly name: string | undefined;
  readonly restriction: DeviceRestriction | undefined;
  /** Somebody has restricted it without any request, and no request has changed that since: the one of this conversation that tells. */
  readonly again?: ContainmentRequest | undefined;
  /** The oldest few of those that have not come to their end. */
  readonly open: readonly ContainmentRequest[];
  readonly openCount: number;
  /** The latest that is over. */
  readonly last: ContainmentRequest | undefined;
  readonly total: number;
  readonly passedOver: number;
  readonly now: Instant;
}

/** A device has one or two open requests here, as a rule. */
const mostOpen = 5;

const isOpen = sql<SqlBool>`status in ('awaiting', 'approved', 'submitting', 'running', 'unclear', 'attention')
  and state->'closed' is null`;

export async function readDeviceRecord(
  tx: Tx,
  now: Instant,
  here: Here,
  device: ListedDevice,
): Promise<DeviceRecord> {
  const { deviceId, names } = device;
  const isOfDevice = isAbout(device);
  const isOpenHere = sql<SqlBool>`${isOfDevice} and ${isOpen}`;
  const all = await countByStatus(tx, here, isOfDevice);
  const open = await countByStatus(tx, here, isOpenHere);
  const over = await read(tx, here, {
    only: sql`${isOfDevice} and not (${isOpen})`,
    order: 'desc',
    limit: 1,
  });
  return {
    deviceId,
    names,
    name: await nameOf(tx, here, device),
    restriction: deviceId === undefined ? undefined : await readRestrictionOf(tx, here, deviceId),
    again: deviceId === undefined ? undefined : await againOf(tx, here, deviceId),
    open: await read(tx, here, { only: isOpenHere, order: 'asc', limit: mostOpen }),
    openCount: open.of(() => true),
    last: over[0],
    total: all.of(() => true),
    passedOver: all.unreadable,
    now,
  };
}

async function againOf(tx: Tx, here: Here, deviceId: DeviceId): Promise<ContainmentRequest | undefined> {
  const only = sql<SqlBool>`device_id = ${deviceId}`;
  return (await readRestrictedElsewhere(tx, here, { limit: 1, only, untilLifted: true })).requests[0];
}

/** As last recorded. */
export async function nameOf(tx: Tx, here: Here, { deviceId }: ListedDevice): Promise<string | undefined> {
  if (deviceId === undefined) return undefined;
  const only = sql<SqlBool>`device_id = ${deviceId} and device->>'name' is not null`;
  const [named] = await read(tx, here, { only, order: 'desc', limit: 1 });
  return named?.device?.name;
}

interface Wanted {
  readonly only: Condition;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
}

async function read(tx: Tx, here: Here, { only, order, limit }: Wanted): Promise<ContainmentRequest[]> {
  const rows = await madeHere(tx, here)
    .where(only)
    .where(isReadable)
    .selectAll()
    .orderBy('created_at', order)
    .orderBy(sql`coalesce(card_number, number)`, order)
    .limit(limit)
    .execute();
  return rows.map(toRequest);
}
