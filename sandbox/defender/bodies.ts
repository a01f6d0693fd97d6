import { createHash } from 'node:crypto';
import type { Device } from '../world.ts';
import { contextRoot } from './odata-query.ts';
import type { ListSchema } from './odata-query.ts';
import type { Row } from './odata-filter.ts';
import { isFinal } from './model.ts';
import type { SimAction } from './model.ts';

/** How devices and machine actions look on the wire; fields come and go as in bodies recorded from the service. */

export const actionList: ListSchema = {
  set: 'MachineActions',
  filterable: {
    id: 'text',
    status: 'text',
    machineId: 'text',
    type: 'text',
    requestor: 'text',
    creationDateTimeUtc: 'date',
  },
  sortable: ['creationDateTimeUtc', 'lastUpdateDateTimeUtc'],
};

/** `machineTags` is filterable there, by a lambda that nobody here needs. */
export const deviceList: ListSchema = {
  set: 'Machines',
  filterable: {
    id: 'text',
    computerDnsName: 'text',
    version: 'text',
    deviceValue: 'text',
    aadDeviceId: 'text',
    lastSeen: 'date',
    exposureLevel: 'text',
    onboardingStatus: 'text',
    lastIpAddress: 'text',
    healthStatus: 'text',
    osPlatform: 'text',
    riskScore: 'text',
    rbacGroupId: 'number',
  },
  sortable: ['lastSeen', 'firstSeen'],
};

export function withContext(row: Row, set: string): Row {
  return { '@odata.context': contextRoot + set, ...row };
}

/** The answer to a POST that made an action names every field, most of them null. */
export function freshActionBody(action: SimAction): Row {
  return {
    ...actionHead(action),
    ...actionCancellation(action),
    errorHResult: action.errorHResult,
    scope: null,
    externalId: null,
    requestSource: action.requestSource,
    relatedFileInfo: null,
    commands: [],
    troubleshootInfo: null,
  };
}

/** Read later, the same action lacks what its type and status have no use for. */
export function actionBody(action: SimAction): Row {
  return {
    ...actionHead(action),
    ...(action.status === 'Cancelled' ? actionCancellation(action) : {}),
    ...(isFinal(action.status) ? { errorHResult: action.errorHResult } : {}),
    requestSource: action.requestSource,
    ...(action.scope === undefined ? {} : { scope: action.scope }),
    relatedFileInfo: null,
  };
}

function actionHead(action: SimAction): Row {
  return {
    id: action.id,
    type: action.type,
    title: null,
    requestor: action.requestor,
    requestorComment: action.requestorComment,
    status: action.status,
    machineId: action.machineId,
    computerDnsName: action.computerDnsName,
    creationDateTimeUtc: action.creationDateTimeUtc,
    lastUpdateDateTimeUtc: action.lastUpdateDateTimeUtc,
  };
}

function actionCancellation(action: SimAction): Row {
  return {
    cancellationRequestor: action.cancellationRequestor,
    cancellationComment: action.cancellationComment,
    cancellationDateTimeUtc: action.cancellationDateTimeUtc,
  };
}

/** `now` in milliseconds; `lastSeen` is the last full report, about daily, not the last contact. */
export function deviceBody(device: Device, now: number): Row {
  const digest = createHash('sha1').update(device.id).digest();
  const [a = 0, b = 0, c = 0] = digest;
  const sleptDays = device.health === 'Active' ? 0 : 3 + (a % 5);
  const windows = device.os.startsWith('Windows');
  return {
    id: device.id,
    computerDnsName: device.name,
    firstSeen: sevenDigits(now - (90 + a) * dayMs, b),
    lastSeen: sevenDigits(now - sleptDays * dayMs - (b % 20) * 3_600_000, c),
    osPlatform: device.os,
    version: device.version,
    osProcessor: 'x64',
    osArchitecture: '64-bit',
    lastIpAddress: `10.20.${a % 32}.${b}`,
    lastExternalIpAddress: `203.0.113.${c}`,
    ...(windows ? { osBuild: osBuilds[device.os] ?? 19_045 } : {}),
    healthStatus: device.health,
    deviceValue: device.value,
    rbacGroupId: groupId(device.group),
    rbacGroupName: device.group,
    riskScore: device.risk,
    exposureLevel: device.exposure,
    isAadJoined: windows,
    aadDeviceId: windows ? uuidFrom(digest.toString('hex')) : null,
    onboardingStatus: device.onboarding,
    managedBy: windows ? 'Intune' : 'Unknown',
    machineTags: device.tags,
    ipAddresses: [
      {
        ipAddress: `10.20.${a % 32}.${b}`,
        macAddress: '00155D0A0B0C',
        type: 'Ethernet',
        operationalStatus: 'Up',
      },
    ],
    isPotentialDuplication: device.isPotentialDuplicate === true,
    mergedIntoMachineId: device.mergedInto ?? null,
  };
}

const dayMs = 86_400_000;
const osBuilds: Readonly<Record<string, number>> = {
  Windows11: 26_100,
  Windows10: 19_045,
  WindowsServer2022: 20_348,
};

function groupId(group: string): number {
  return 100 + (createHash('sha1').update(group).digest()[0] ?? 0);
}

function uuidFrom(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Defender writes times with seven fractional digits; the last four say nothing but have to be there. */
export function sevenDigits(ms: number, tail: number): string {
  return new Date(ms).toISOString().replace('Z', `${String(tail % 10_000).padStart(4, '0')}Z`);
}
