import {
  type ActionsQuery,
  type SucceededQuery,
  createActionLists,
  idsPerCall,
  readActionsOf,
  readSucceeded,
} from './action-lists.ts';
import { type DeviceList, type WantedDevice, listDevices } from './device-list.ts';
import { type FoundDevices, createDeviceSearch } from './device-search.ts';
import { DefenderError } from './errors.ts';
import type { CallGovernor } from './governor.ts';
import { and, anyOf, eq, isIn, since } from './odata.ts';
import { newestFirst } from './reconcile.ts';
import { type LogonUser, Machine, MachineAction } from './schema.ts';
import { type DeviceAlerts, readAlerts, readLogonUsers } from './stakes.ts';
import { createTransport } from './transport.ts';
import type { CallOptions, DefenderCall } from './transport.ts';

export interface DefenderClientOptions {
  /** Origin of the API, `https://api.security.microsoft.com`. */
  readonly apiUrl: string;
  readonly fetch: typeof fetch;
  readonly governor: CallGovernor;
  readonly timeouts?: { readonly readMs?: number; readonly submitMs?: number };
  readonly onCall?: ((call: DefenderCall) => void) | undefined;
}

interface ActionQuery {
  readonly machineId: string;
  readonly types: readonly string[];
  readonly createdSince?: Date;
}

interface AlertQuery {
  readonly deviceId: string;
  /** With it, ended ones that came since then are read too. */
  readonly after?: Date | undefined;
}

interface Submission {
  readonly machineId: string;
  readonly action: 'restrict' | 'unrestrict';
  readonly comment: string;
}

/** Every method takes the delegated token to call with, and throws nothing but `DefenderError`. */
export interface DefenderClient {
  readDevice(token: string, deviceId: string, options: CallOptions): Promise<Machine>;
  /** The devices of a name that the token's owner sees. */
  findDevices(token: string, name: string, options: CallOptions): Promise<FoundDevices>;
  /** For a name that fits none: the most similar ones, nearest first. */
  nearestDevices(token: string, name: string, options: CallOptions): Promise<readonly Machine[]>;
  /** In one call, so no more than `inCalls` puts together. */
  listDevices(token: string, wanted: readonly WantedDevice[], options: CallOptions): Promise<DeviceList>;
  /** Of at most `mostAlerts` alerts; the token needs `Alert.Read`. */
  alerts(token: string, query: AlertQuery, options: CallOptions): Promise<DeviceAlerts>;
  /** The latest first; the token needs `User.Read.All` of Defender. */
  logonUsers(token: string, deviceId: string, options: CallOptions): Promise<readonly LogonUser[]>;
  /** Open and ended actions of one device, newest first. All of them, or an error: half a list proves nothing. */
  listOpenActions(token: string, query: ActionQuery, options: CallOptions): Promise<MachineAction[]>;
  /** The same of several devices, in so many calls at most. */
  listActionsOf(token: string, query: ActionsQuery, options: CallOptions): Promise<MachineAction[]>;
  /** Those that the token's owner can see, a part of them should Defender not list all: absence proves nothing. */
  listSucceeded(token: string, query: SucceededQuery, options: CallOptions): Promise<MachineAction[]>;
  /** Those of the actions that the token's owner can see. */
  listActionsById(token: string, ids: readonly string[], options: CallOptions): Promise<MachineAction[]>;
  /** The answer need not be the action that this call created: see `judgeSubmitted`. */
  submit(token: string, submission: Submission, options: CallOptions): Promise<MachineAction>;
  cancelAction(
    token: string,
    actionId: string,
    comment: string,
    options: CallOptions,
  ): Promise<MachineAction>;
}

const defaultReadMs = 10_000;
/** A POST that is given up leaves its outcome in the dark, so it gets more time. */
const defaultSubmitMs = 15_000;
const verbs = { restrict: 'restrictCodeExecution', unrestrict: 'unrestrictCodeExecution' } as const;

export function createDefenderClient(options: DefenderClientOptions): DefenderClient {
  const apiUrl = options.apiUrl.replace(/\/+$/, '');
  const send = createTransport(options);
  const timeoutMs = options.timeouts?.readMs ?? defaultReadMs;
  const submitMs = options.timeouts?.submitMs ?? defaultSubmitMs;
  const reading = { send, apiUrl, timeoutMs };
  const lists = createActionLists(reading);
  const devices = createDeviceSearch(reading);

  return {
    async readDevice(token, deviceId, call) {
      const url = `${apiUrl}/api/machines/${segment(deviceId)}`;
      const path = '/api/machines/{id}';
      const device = await send(token, { kind: 'read-device', path, url, timeoutMs, schema: Machine }, call);
      // This address takes names too: facts of another device must not decide about the one asked for.
      if (isDeviceId(deviceId) && !sameId(device.id, deviceId)) throw new DefenderError('unreadable');
      return device;
    },

    findDevices: (token, name, call) => devices.find(token, name, call),
    nearestDevices: (token, name, call) => devices.nearest(token, name, call),
    listDevices: (token, wanted, call) => listDevices(reading, token, wanted, call),

    alerts: async (token, { deviceId, after }, call) =>
      readAlerts(reading, token, { device: segment(deviceId), after }, call),

    logonUsers: async (token, deviceId, call) => readLogonUsers(reading, token, segment(deviceId), call),

    async listOpenActions(token, { machineId, types, createdSince }, call) {
      const created = createdSince ? [since('creationDateTimeUtc', createdSince)] : [];
      const filter = and(eq('machineId', machineId), anyOf('type', types), ...created);
      const { actions, complete } = await lists(token, filter, call);
      if (!complete) throw new DefenderError('unreadable');
      const wanted = actions.filter(
        (action) =>
          sameId(action.machineId, machineId) && types.includes(action.type) && isSince(action, createdSince),
      );
      return newestFirst(wanted);
    },

    listActionsOf: (token, query, call) => readActionsOf(lists, token, query, call),
    listSucceeded: (token, query, call) => readSucceeded(lists, token, query, call),

    async listActionsById(token, ids, call) {
      const wanted = new Map(ids.map((id) => [id.toLowerCase(), id]));
      const found = new Map<string, MachineAction>();
      for (const chunk of chunks([...wanted.values()], idsPerCall)) {
        const { actions } = await lists(token, isIn('id', chunk), call);
        for (const action of actions) {
          const key = action.id.toLowerCase();
          if (wanted.has(key)) found.set(key, action);
        }
      }
      return [...found.values()];
    },

    submit(token, { machineId, action, comment }, call) {
      const path = `/api/machines/{id}/${verbs[action]}`;
      return post(token, { path, id: machineId, comment }, call);
    },

    cancelAction: (token, actionId, comment, call) =>
      post(token, { path: '/api/machineactions/{id}/cancel', id: actionId, comment }, call),
  };

  async function post(token: string, { path, id, comment }: Post, call: CallOptions): Promise<MachineAction> {
    const url = apiUrl + path.replace('{id}', segment(id));
    const spec = { kind: 'submit', path, url, comment, timeoutMs: submitMs, schema: MachineAction } as const;
    return send(token, spec, call);
  }
}

interface Post {
  readonly path: string;
  readonly id: string;
  readonly comment: string;
}

/** An id as one path segment. A segment of dots would climb to another address. */
function segment(id: string): string {
  if (!/^[A-Za-z0-9._-]{1,256}$/.test(id) || /^\.+$/.test(id)) throw new DefenderError('bad-request');
  return id;
}

function isDeviceId(text: string): boolean {
  return /^[0-9a-f]{40}$/i.test(text);
}

function sameId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** By whole seconds, as the filter says it; an action without a readable time is kept. */
function isSince(action: MachineAction, time: Date | undefined): boolean {
  if (time === undefined) return true;
  return !(Date.parse(action.createdAt) < Math.floor(time.getTime() / 1_000) * 1_000);
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
