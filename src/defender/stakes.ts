import { anyOf, filterQuery } from './odata.ts';
import { Alert, ListPage, LogonUser } from './schema.ts';
import type { CallOptions, Transport } from './transport.ts';

interface Reading {
  readonly send: Transport;
  readonly apiUrl: string;
  readonly timeoutMs: number;
}

/** More open alerts than this need no number: the device is in trouble. */
export const mostAlerts = 100;
const openStatuses = ['New', 'InProgress'];
const severities = ['high', 'medium', 'low', 'informational'];

/** Open alerts of one device, the most severe and newest first; `Alert.Read`. `device` is one path segment. */
export async function readOpenAlerts(
  { send, apiUrl, timeoutMs }: Reading,
  token: string,
  device: string,
  call: CallOptions,
): Promise<readonly Alert[]> {
  const path = '/api/machines/{id}/alerts';
  const query = `${filterQuery(anyOf('status', openStatuses))}&$top=${mostAlerts}`;
  const url = `${apiUrl}/api/machines/${device}/alerts?${query}`;
  const page = await send(token, { kind: 'read-device', path, url, timeoutMs, schema: ListPage }, call);
  const alerts = page.value.flatMap((entry) => Alert.safeParse(entry).data ?? []);
  // Whether this list really filters is not documented for each field.
  return alerts
    .filter(({ status }) => status === undefined || openStatuses.includes(status))
    .toSorted(inOrder);
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
