import { domainToASCII, domainToUnicode } from 'node:url';
import { type SqlBool, sql } from 'kysely';
import type { DeviceId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import { type DeviceRequest, type NamedRequest, hasDevice } from '../containment/request.ts';
import type { Tx } from './database-port.ts';
import { type Condition, type Here, isReadable, madeHere } from './here.ts';
import { toRequest } from './rows.ts';

export interface KnownDevice {
  readonly deviceId: DeviceId;
  /** The latest request made here for it that bears this name. */
  readonly request: DeviceRequest;
}

/** What a name may mean, as far as requests made here tell. */
export interface NamedDevices {
  readonly devices: readonly KnownDevice[];
  /** Of each name that fits and that nobody has looked up, the latest request. */
  readonly wishes: readonly NamedRequest[];
  readonly now: Instant;
}

interface Wanted {
  readonly name: string;
  readonly limit: number;
}

const recorded = sql<string>`lower(device->>'name')`;
const recordedLabel = sql<string>`left(split_part(lower(device->>'name'), '.', 1), 253)`;
const typedLabel = sql<string>`split_part(device_name, '.', 1)`;

/** By their name or the first label of it, as recorded or as it was typed with a request. */
export async function readDevicesNamed(
  tx: Tx,
  now: Instant,
  here: Here,
  { name, limit }: Wanted,
): Promise<NamedDevices> {
  const rows = await madeHere(tx, here)
    .where(isCalled(spellingsOf(name), name.includes('.')))
    .where(isReadable)
    .selectAll()
    .distinctOn('device_id')
    .orderBy('device_id')
    .orderBy('created_at', 'desc')
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  const requests = rows.map(toRequest);
  return {
    devices: requests
      .filter((request) => hasDevice(request))
      .map((request) => ({ deviceId: request.deviceId, request })),
    wishes: requests.filter((request) => !hasDevice(request)),
    now,
  };
}

/** A name of other letters than ASCII may have been recorded as it is read, or as DNS writes it (`xn--…`). */
function spellingsOf(name: string): readonly string[] {
  const isInternational = /[^ -~]/.test(name) || name.includes('xn--');
  const others = isInternational ? [domainToASCII(name), domainToUnicode(name)] : [];
  return [name, ...others.filter((spelling) => spelling !== '')];
}

/**
 * A full name means that very name; a short one every name that begins with it as a label. What was typed short and is not
 * looked up may be what is asked for in full.
 */
function isCalled(names: readonly string[], isFull: boolean): Condition {
  const labels = sql.join(names.map((name) => name.split('.', 1).join()));
  const sameLabel = sql<SqlBool>`(device is not null and ${recordedLabel} in (${labels})
    or device_name is not null and ${typedLabel} in (${labels}))`;
  if (!isFull) return sameLabel;
  const shorter = names.map((name) => sql`starts_with(${name}, device_name || '.')`);
  return sql`${sameLabel} and (${recorded} in (${sql.join(names)}) or device_name in (${sql.join(names)})
    or starts_with(device_id, 'name:') and (${sql.join(shorter, sql` or `)}))`;
}
