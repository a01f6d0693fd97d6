import { type SqlBool, sql } from 'kysely';
import type { DeviceId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Sql, Tx } from './database-port.ts';
import { type DeviceRecord, type ListedDevice, isAbout, nameOf, readDeviceRecord } from './device-record.ts';
import { type NamedDevices, readDevicesNamed } from './devices-named.ts';
import { withMembers } from './batches.ts';
import {
  type Here,
  type Slice,
  countByStatus,
  inSnapshot,
  isOneOfEach,
  isReadable,
  madeHere,
} from './here.ts';
import type { DatabaseClock } from './now.ts';
import { type InForce, readInForce } from './restrictions-in-force.ts';
import { readableFormats, toRequest } from './rows.ts';

/** Some rows of a list as it was at one moment. */
export interface Listed {
  readonly requests: readonly ContainmentRequest[];
  readonly total: number;
  /** Rows of this list that only a newer program can read; not in `total`. */
  readonly passedOver: number;
  readonly now: Instant;
}

export interface Waiting extends Listed {
  readonly awaiting: number;
  readonly needAttention: number;
}

export interface History extends Listed {
  /** Of the device, as last recorded here. */
  readonly name: string | undefined;
}

/** A device as somebody may type it. */
export type WantedDevice =
  | { readonly by: 'id'; readonly deviceId: DeviceId }
  /** Its DNS name or the first label of that, in lower case. */
  | { readonly by: 'name'; readonly name: string };

export interface NumberedRequest {
  readonly request: ContainmentRequest;
  readonly now: Instant;
}

export type RequestLists = ReturnType<typeof createRequestLists>;

/** What the commands that only show something read: our own register, page by page, and of one conversation only. */
export function createRequestLists(parts: { readonly sql: Sql; readonly clock: DatabaseClock }) {
  return {
    /** What awaits a decision, then what needs attention and was not closed; each oldest first. */
    waiting: (here: Here, slice: Slice): Promise<Waiting> =>
      inSnapshot(parts, (tx, now) => readWaiting(tx, now, here, slice)),
    /** All requests for a device, newest first. */
    ofDevice: (here: Here, device: ListedDevice, slice: Slice): Promise<History> =>
      inSnapshot(parts, (tx, now) => readOfDevice(tx, now, { here, device, slice })),
    /** Restrictions that hold, oldest first. */
    inForce: (here: Here, slice: Slice): Promise<InForce> =>
      inSnapshot(parts, (tx, now) => readInForce(tx, now, here, slice)),
    device: (here: Here, device: ListedDevice): Promise<DeviceRecord> =>
      inSnapshot(parts, (tx, now) => readDeviceRecord(tx, now, here, device)),
    /** Devices that requests made here concern, as far as is known. */
    devicesNamed: (here: Here, name: string, limit: number): Promise<NamedDevices> =>
      inSnapshot(parts, (tx, now) => readDevicesNamed(tx, now, here, { name, limit })),
    /** `newer`: there is one, and only a newer program can read it. */
    byNumber: (here: Here, number: number): Promise<NumberedRequest | 'newer' | undefined> =>
      inSnapshot(parts, (tx, now) => readByNumber(tx, now, here, number)),
  };
}

/** In words that the partial index knows again. */
const isWaiting = sql<SqlBool>`status in ('awaiting', 'attention', 'unclear') and state->'closed' is null
  and ${isOneOfEach}`;

async function readWaiting(tx: Tx, now: Instant, here: Here, slice: Slice): Promise<Waiting> {
  const counted = await countByStatus(tx, here, isWaiting);
  const rows = await madeHere(tx, here)
    .where(isWaiting)
    .where(isReadable)
    .selectAll()
    .orderBy(sql`status <> 'awaiting'`)
    .orderBy('created_at')
    .orderBy('number')
    .offset(slice.offset)
    .limit(slice.limit)
    .execute();
  const awaiting = counted.of((status) => status === 'awaiting');
  const needAttention = counted.of((status) => status !== 'awaiting');
  return {
    requests: rows.map(toRequest),
    total: awaiting + needAttention,
    awaiting,
    needAttention,
    passedOver: counted.unreadable,
    now,
  };
}

interface OfDevice {
  readonly here: Here;
  readonly device: ListedDevice;
  readonly slice: Slice;
}

async function readOfDevice(tx: Tx, now: Instant, { here, device, slice }: OfDevice): Promise<History> {
  const isOfDevice = isAbout(device);
  const counted = await countByStatus(tx, here, isOfDevice);
  const rows = await madeHere(tx, here)
    .where(isOfDevice)
    .where(isReadable)
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('number', 'desc')
    .offset(slice.offset)
    .limit(slice.limit)
    .execute();
  return {
    requests: rows.map(toRequest),
    name: await nameOf(tx, here, device),
    total: counted.of(() => true),
    passedOver: counted.unreadable,
    now,
  };
}

async function readByNumber(
  tx: Tx,
  now: Instant,
  here: Here,
  number: number,
): Promise<NumberedRequest | 'newer' | undefined> {
  const row = await madeHere(tx, here).where('number', '=', number).selectAll().executeTakeFirst();
  if (row === undefined) return undefined;
  if (!readableFormats.includes(row.state_format)) return 'newer';
  return { request: await withMembers(tx, toRequest(row)), now };
}
