import { type SqlBool, sql } from 'kysely';
import type { DeviceId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Tx } from './database-port.ts';
import { type Condition, type Here, countByStatus, isReadable, madeHere } from './here.ts';
import { type DeviceRestriction, readRestrictionOf } from './restrictions-in-force.ts';
import { toRequest } from './rows.ts';

/** What our register knows of a device from the requests that were made in one conversation. */
export interface DeviceRecord {
  readonly deviceId: DeviceId;
  /** As last recorded here. */
  readonly name: string | undefined;
  readonly restriction: DeviceRestriction | undefined;
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
  deviceId: DeviceId,
): Promise<DeviceRecord> {
  const isOfDevice = sql<SqlBool>`device_id = ${deviceId}`;
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
    name: await readDeviceName(tx, here, deviceId),
    restriction: await readRestrictionOf(tx, here, deviceId),
    open: await read(tx, here, { only: isOpenHere, order: 'asc', limit: mostOpen }),
    openCount: open.of(() => true),
    last: over[0],
    total: all.of(() => true),
    passedOver: all.unreadable,
    now,
  };
}

export async function readDeviceName(tx: Tx, here: Here, deviceId: DeviceId): Promise<string | undefined> {
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
    .orderBy('number', order)
    .limit(limit)
    .execute();
  return rows.map(toRequest);
}
