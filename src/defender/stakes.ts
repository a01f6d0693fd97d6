import { eq, filterQuery, or, since } from './odata.ts';
import { Alert, ListPage, LogonUser } from './schema.ts';
import type { CallOptions, Transport } from './transport.ts';

interface Reading {
  readonly send: Transport;
  readonly apiUrl: string;
  readonly timeoutMs: number;
}

/** More open alerts than this need no number: the device is in trouble. */
const mostAlerts = 100;
const openStatuses = ['New', 'InProgress'];
const severities = ['high', 'medium', 'low', 'informational'];

/** Alerts of one device. */
export interface DeviceAlerts {
  /** The most severe and newest first. */
  readonly open: readonly Alert[];
  /** Those that came at or after the time that was asked for, ended ones too. */
  readonly later: readonly Alert[];
  /** There may be more of both. */
  readonly isCut: boolean;
}

export interface WantedAlerts {
  /** One path segment. */
  readonly device: string;
  readonly after: Date | undefined;
}

/** In one call; `Alert.Read`. */
export async function readAlerts(
  { send, apiUrl, timeoutMs }: Reading,
  token: string,
  { device, after }: WantedAlerts,
  call: CallOptions,
): Promise<DeviceAlerts> {
  const path = '/api/machines/{id}/alerts';
  const isOpen = openStatuses.map((status) => eq('status', status));
  const filter = or(...isOpen, ...(after === undefined ? [] : [since('alertCreationTime', after)]));
  const url = `${apiUrl}/api/machines/${device}/alerts?${filterQuery(filter)}&$top=${mostAlerts}`;
  const page = await send(token, { kind: 'read-device', path, url, timeoutMs, schema: ListPage }, call);
  const alerts = page.value.flatMap((entry) => Alert.safeParse(entry).data ?? []);
  // Whether this list really filters is not documented for each field.
  const open = alerts.filter(({ status }) => status === undefined || openStatuses.includes(status));
  const later =
    after === undefined ? [] : alerts.filter(({ createdAt }) => timeOf(createdAt) >= Number(after));
  return { open: open.toSorted(inOrder), later, isCut: page.value.length >= mostAlerts };
}

function inOrder(one: Alert, other: Alert): number {
  const rank = ({ severity }: Alert): number => {
    const place = severities.indexOf(severity?.toLowerCase() ?? '');
    return place === -1 ? severities.length : place;
  };
  return rank(one) - rank(other) || timeOf(other.createdAt) - timeOf(one.createdAt);
}

/** Who was logged on, the latest first; `User.Read.All` of Defender. `device` is one path segment. */
export async function readLogonUsers(
  { send, apiUrl, timeoutMs }: Reading,
  token: string,
  device: string,
  call: CallOptions,
): Promise<readonly LogonUser[]> {
  const path = '/api/machines/{id}/logonusers';
  const url = `${apiUrl}/api/machines/${device}/logonusers`;
  const page = await send(token, { kind: 'read-device', path, url, timeoutMs, schema: ListPage }, call);
  return page.value
    .flatMap((entry) => LogonUser.safeParse(entry).data ?? [])
    .toSorted((one, other) => timeOf(other.lastSeen) - timeOf(one.lastSeen));
}

function timeOf(moment: string | undefined): number {
  return Date.parse(moment ?? '') || 0;
}
