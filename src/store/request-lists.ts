import { domainToASCII, domainToUnicode } from 'node:url';
import { type SqlBool, sql } from 'kysely';
import type { DeviceId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Sql, Tx } from './database-port.ts';
import { type DeviceRecord, readDeviceName, readDeviceRecord } from './device-record.ts';
import { type Here, type Slice, countByStatus, inSnapshot, isReadable, madeHere } from './here.ts';
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

export interface KnownDevice {
  readonly deviceId: DeviceId;
  /** The latest request made here that recorded this name. */
  readonly request: ContainmentRequest;
}

export interface NamedDevices {
  readonly devices: readonly KnownDevice[];
  readonly now: Instant;
}

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
    ofDevice: (here: Here, deviceId: DeviceId, slice: Slice): Promise<History> =>
      inSnapshot(parts, (tx, now) => readOfDevice(tx, now, { here, deviceId, slice })),
    /** Restrictions that hold, oldest first. */
    inForce: (here: Here, slice: Slice): Promise<InForce> =>
      inSnapshot(parts, (tx, now) => readInForce(tx, now, here, slice)),
    device: (here: Here, deviceId: DeviceId): Promise<DeviceRecord> =>
      inSnapshot(parts, (tx, now) => readDeviceRecord(tx, now, here, deviceId)),
    /** Devices that requests made here are known to concern, by id. */
    devicesNamed: (here: Here, name: string, limit: number): Promise<NamedDevices> =>
      inSnapshot(parts, (tx, now) => readDevicesNamed(tx, now, here, { name, limit })),
    /** `newer`: there is one, and only a newer program can read it. */
    byNumber: (here: Here, number: number): Promise<NumberedRequest | 'newer' | undefined> =>
      inSnapshot(parts, (tx, now) => readByNumber(tx, now, here, number)),
  };
}

/** In words that the partial index knows again. */
const isWaiting = sql<SqlBool>`status in ('awaiting', 'attention', 'unclear') and state->'closed' is null`;

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
  readonly deviceId: DeviceId;
  readonly slice: Slice;
}

async function readOfDevice(tx: Tx, now: Instant, { here, deviceId, slice }: OfDevice): Promise<History> {
  const isOfDevice = sql<SqlBool>`device_id = ${deviceId}`;
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
    name: await readDeviceName(tx, here, deviceId),
    total: counted.of(() => true),
    passedOver: counted.unreadable,
    now,
  };
}

const recordedName = sql<string>`lower(device->>'name')`;
const firstLabel = sql<string>`left(split_part(lower(device->>'name'), '.', 1), 253)`;

/** A name of other letters than ASCII may have been recorded as it is read, or as DNS writes it (`xn--…`). */
function spellingsOf(name: string): readonly string[] {
  const isInternational = /[^ -~]/.test(name) || name.includes('xn--');
  const others = isInternational ? [domainToASCII(name), domainToUnicode(name)] : [];
  return [name, ...others.filter((spelling) => spelling !== '')];
}

/** A full name means that very name; a short one every name that begins with it as a label. */
async function readDevicesNamed(
  tx: Tx,
  now: Instant,
  here: Here,
  { name, limit }: { readonly name: string; readonly limit: number },
): Promise<NamedDevices> {
  const names = spellingsOf(name);
  const labels = names.map((spelling) => spelling.split('.', 1).join());
  const named = madeHere(tx, here).where('device', 'is not', null).where(firstLabel, 'in', labels);
  const rows = await (name.includes('.') ? named.where(recordedName, 'in', names) : named)
    .where(isReadable)
    .selectAll()
    .distinctOn('device_id')
    .orderBy('device_id')
    .orderBy('created_at', 'desc')
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  const devices = rows.map(toRequest).map((request) => ({ deviceId: request.deviceId, request }));
  return { devices, now };
}

async function readByNumber(
  tx: Tx,
  now: Instant,
  here: Here,
  number: number,
): Promise<NumberedRequest | 'newer' | undefined> {
  const row = await madeHere(tx, here).where('number', '=', number).selectAll().executeTakeFirst();
  if (row === undefined) return undefined;
  return readableFormats.includes(row.state_format) ? { request: toRequest(row), now } : 'newer';
}
