import type { FaultTarget } from '../faults.ts';
import type { Need } from './caller.ts';

export type Operation =
  | { readonly name: 'restrict' | 'unrestrict'; readonly deviceId: string }
  | { readonly name: 'device'; readonly key: string }
  | { readonly name: 'devices' }
  | { readonly name: 'alerts' | 'logonUsers'; readonly deviceId: string }
  | { readonly name: 'action' | 'cancel'; readonly actionId: string }
  | { readonly name: 'actions' };

interface Rules {
  /** How the wire log calls it. */
  readonly what: string;
  readonly fault: FaultTarget;
  /** Calls of one kind share a rate limit. */
  readonly kind: 'submit' | 'device' | 'action';
  readonly need: Need;
}

const readDevices: Need = {
  delegated: ['Machine.Read', 'Machine.ReadWrite'],
  application: ['Machine.Read.All', 'Machine.ReadWrite.All'],
  role: 'view data',
};
const readAlerts: Need = {
  delegated: ['Alert.Read', 'Alert.ReadWrite'],
  application: ['Alert.Read.All', 'Alert.ReadWrite.All'],
  role: 'view data',
};
const readUsers: Need = { delegated: ['User.Read.All'], application: ['User.Read.All'], role: 'view data' };
const act: Need = {
  delegated: ['Machine.RestrictExecution'],
  application: ['Machine.RestrictExecution'],
  role: 'active remediation actions',
};
const anyAction = [
  'Machine.CollectForensics',
  'Machine.Isolate',
  'Machine.RestrictExecution',
  'Machine.Scan',
  'Machine.Offboard',
  'Machine.StopAndQuarantine',
  'Machine.LiveResponse',
];
const cancel: Need = { delegated: anyAction, application: anyAction, role: 'active remediation actions' };

export const rulesOf: Readonly<Record<Operation['name'], Rules>> = {
  restrict: { what: 'POST restrictCodeExecution', fault: 'defender.submit', kind: 'submit', need: act },
  unrestrict: { what: 'POST unrestrictCodeExecution', fault: 'defender.submit', kind: 'submit', need: act },
  device: { what: 'GET machine', fault: 'defender.device', kind: 'device', need: readDevices },
  devices: { what: 'GET machines', fault: 'defender.device', kind: 'device', need: readDevices },
  alerts: { what: 'GET alerts', fault: 'defender.device', kind: 'device', need: readAlerts },
  logonUsers: { what: 'GET logonusers', fault: 'defender.device', kind: 'device', need: readUsers },
  action: { what: 'GET machineaction', fault: 'defender.action', kind: 'action', need: readDevices },
  actions: { what: 'GET machineactions', fault: 'defender.list', kind: 'action', need: readDevices },
  cancel: { what: 'POST cancel', fault: 'defender.cancel', kind: 'action', need: cancel },
};

/** Paths are read in any case, with or without the version segment; undefined for what this API has not got. */
export function operationOf(method: string | undefined, path: string): Operation | undefined {
  const [api, ...rest] = path.split('/').slice(1);
  if (api?.toLowerCase() !== 'api') return undefined;
  const segments = rest[0]?.toLowerCase() === 'v1.0' ? rest.slice(1) : rest;
  const [set = '', id, verb, ...more] = segments;
  if (more.length > 0 || id === '') return undefined;
  const call = `${method ?? ''} ${set}${id === undefined ? '' : '/{id}'}${verb === undefined ? '' : `/${verb}`}`;
  return operation(call.toLowerCase(), decoded(id ?? ''));
}

function operation(call: string, id: string): Operation | undefined {
  switch (call) {
    case 'get machines':
      return { name: 'devices' };
    case 'get machines/{id}':
      return { name: 'device', key: id };
    case 'get machines/{id}/alerts':
      return { name: 'alerts', deviceId: id };
    case 'get machines/{id}/logonusers':
      return { name: 'logonUsers', deviceId: id };
    case 'post machines/{id}/restrictcodeexecution':
      return { name: 'restrict', deviceId: id };
    case 'post machines/{id}/unrestrictcodeexecution':
      return { name: 'unrestrict', deviceId: id };
    case 'get machineactions':
      return { name: 'actions' };
    case 'get machineactions/{id}':
      return { name: 'action', actionId: id };
    case 'post machineactions/{id}/cancel':
      return { name: 'cancel', actionId: id };
    default:
      return undefined;
  }
}

/** A segment that does not decode names nothing. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
