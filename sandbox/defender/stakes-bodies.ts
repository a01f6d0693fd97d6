import { createHash } from 'node:crypto';
import type { Device, WorldAlert } from '../world.ts';
import type { Row } from './odata-filter.ts';
import type { ListSchema } from './odata-query.ts';

/** How alerts of a device and who logged on there look on the wire. */

export const alertList: ListSchema = {
  set: 'Alerts',
  filterable: { id: 'text', status: 'text', severity: 'text', category: 'text', alertCreationTime: 'date' },
  sortable: ['alertCreationTime'],
};

const minuteMs = 60_000;

/** `place`: the oldest is 0. */
export function alertBody(device: Device, alert: WorldAlert, place: number, now: number): Row {
  const digest = createHash('sha1').update(`${device.id}${place}`).digest();
  const created = new Date(now - (120 - 10 * place) * minuteMs).toISOString();
  return {
    id: `da${digest.readUIntBE(0, 6)}_${digest.readInt32BE(8)}`,
    incidentId: 2_481,
    severity: alert.severity,
    status: alert.status,
    classification: null,
    determination: null,
    category: 'SuspiciousActivity',
    detectionSource: 'WindowsDefenderAtp',
    title: alert.title,
    alertCreationTime: created,
    lastUpdateTime: created,
    machineId: device.id,
    computerDnsName: device.name,
  };
}

/** `place`: the latest is 0. */
export function logonUserBody(user: string, place: number, now: number): Row {
  const [accountDomain, accountName] = user.split('\\');
  return {
    id: user,
    accountName: accountName ?? user,
    accountDomain: accountDomain ?? '',
    firstSeen: new Date(now - 30 * 24 * 60 * minuteMs).toISOString(),
    lastSeen: new Date(now - (place + 1) * 60 * minuteMs).toISOString(),
    logonTypes: 'Interactive',
    isDomainAdmin: false,
    isOnlyNetworkUser: null,
  };
}
