import type { Faults } from '../faults.ts';
import type { Device } from '../world.ts';
import type { ActionStore } from './action-store.ts';
import { ApiError, forbidden, notFound } from './api-error.ts';
import { alertBody, alertList, logonUserBody } from './stakes-bodies.ts';
import { actionBody, actionList, deviceBody, deviceList, freshActionBody, withContext } from './bodies.ts';
import { sees } from './caller.ts';
import type { Caller } from './caller.ts';
import { isFinal } from './model.ts';
import type { ActionType, SimAction, Submission } from './model.ts';
import { listBody } from './odata-query.ts';
import { optionalComment, requiredComment } from './request-body.ts';
import type { Operation } from './routes.ts';

export interface Estate {
  readonly devices: readonly Device[];
  readonly actions: ActionStore;
  readonly submissions: Submission[];
  readonly faults: Faults;
  readonly now: () => number;
}

export interface Call {
  readonly operation: Operation;
  readonly caller: Caller;
  readonly url: URL;
  /** Undefined when it was too large. */
  readonly body: string | undefined;
  readonly contentType: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Does what an already authorised call asks for. */
export function perform(call: Call, estate: Estate): Answer {
  const { operation, caller, url } = call;
  const { defenderPageSize } = estate.faults.get();
  switch (operation.name) {
    case 'restrict':
      return submit(call, operation.deviceId, 'RestrictCodeExecution', estate);
    case 'unrestrict':
      return submit(call, operation.deviceId, 'UnrestrictCodeExecution', estate);
    case 'device': {
      const device = deviceFor(caller, operation.key, estate, true);
      return ok(withContext(deviceBody(device, estate.now()), 'Machines'));
    }
    case 'devices': {
      const seen = estate.devices.filter((device) => sees(caller, device));
      const rows = seen.map((device) => deviceBody(device, estate.now()));
      return ok(listBody(rows, url, deviceList, defenderPageSize));
    }
    case 'action': {
      const action = actionFor(caller, operation.actionId, estate);
      if (isFresh(action, estate)) throw notFound(`Machine action ${operation.actionId}`);
      return ok(withContext(actionBody(action), 'MachineActions/$entity'));
    }
    case 'actions':
      return ok(listBody(visibleActions(caller, estate).map(actionBody), url, actionList, defenderPageSize));
    case 'cancel':
      return cancel(call, operation.actionId, estate);
    default:
      return stakes(call, operation, estate);
  }
}

type StakesOperation = Extract<Operation, { readonly name: 'alerts' | 'logonUsers' }>;

function stakes({ caller, url }: Call, { name, deviceId }: StakesOperation, estate: Estate): Answer {
  const device = deviceFor(caller, deviceId, estate, true);
  const now = estate.now();
  if (name === 'logonUsers') {
    const users = (device.users ?? []).map((user, place) => logonUserBody(user, place, now));
    return ok(withContext({ value: users }, 'Users'));
  }
  const alerts = (device.alerts ?? []).map((alert, place) => alertBody(device, alert, place, now));
  return ok(listBody(alerts, url, alertList, estate.faults.get().defenderPageSize));
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** Every submission is noted, refused ones too: the log must show what was tried and what became of it. */
function submit(call: Call, deviceId: string, type: ActionType, estate: Estate): Answer {
  const { caller } = call;
  const note = (facts: { comment: string; accepted: boolean; actionId?: string }): void => {
    const at = new Date(estate.now()).toISOString();
    estate.submissions.push({ at, deviceId, action: type, by: caller.name, ...facts });
  };
  let comment = '';
  try {
    comment = requiredComment(call.body, call.contentType);
    const device = deviceFor(caller, deviceId, estate, false);
    refuseUnsupported(device);
    const { action, created } = startOrJoin({ caller, device, type, comment }, estate);
    note({ comment, accepted: created, actionId: action.id });
    return { status: 201, body: withContext(freshActionBody(action), 'MachineActions/$entity') };
  } catch (error) {
    note({ comment, accepted: false });
    throw error;
  }
}

interface Wanted {
  readonly caller: Caller;
  readonly device: Device;
  readonly type: ActionType;
  readonly comment: string;
}

function startOrJoin(wanted: Wanted, { actions, faults }: Estate): { action: SimAction; created: boolean } {
  const { caller, device, type, comment } = wanted;
  const { defenderDuplicate, commentCut } = faults.get();
  const active = actions.all().find((action) => {
    return action.machineId === device.id && action.type === type && !isFinal(action.status);
  });
  if (active === undefined) {
    const kept = comment.slice(0, commentCut);
    const started = { device, type, requestor: caller.name, comment: kept, source: 'PublicApi' };
    return { action: actions.start(started), created: true };
  }
  if (defenderDuplicate === 'existing') return { action: active, created: false };
  throw new ApiError(400, 'ActiveRequestAlreadyExists', 'Action is already in progress');
}

/** App execution can be restricted on Windows 10 1709 and later, 11, and Server 2019 and later. */
function refuseUnsupported({ os, onboarding, name }: Device): void {
  if (os !== 'Windows10' && os !== 'Windows11' && os !== 'WindowsServer2022')
    throw new ApiError(400, 'OsPlatformNotSupported', `The action is not supported on ${os}.`);
  // Not documented for devices that never reported; the general code is the safest guess.
  if (onboarding !== 'Onboarded') throw new ApiError(400, 'BadRequest', `Machine ${name} is not onboarded.`);
}

function cancel(call: Call, actionId: string, estate: Estate): Answer {
  const comment = optionalComment(call.body, call.contentType);
  const action = actionFor(call.caller, actionId, estate);
  if (isFinal(action.status))
    throw new ApiError(400, 'BadRequest', `The action is ${action.status} and can not be cancelled.`);
  const by = { cancellationRequestor: call.caller.name, cancellationComment: comment };
  const cancelled = estate.actions.change(action.id, 'Cancelled', by) ?? action;
  return ok(withContext(actionBody(cancelled), 'MachineActions/$entity'));
}

/** Reading takes a name too, in any case; acting takes only the id. */
function deviceFor(caller: Caller, key: string, estate: Estate, byName: boolean): Device {
  const wanted = key.toLowerCase();
  const device = estate.devices.find(({ id, name }) => id === wanted || (byName && name === wanted));
  if (device === undefined || device.isGhost === true) throw notFound(`Machine ${key}`);
  if (!sees(caller, device)) throw outOfScope(`Machine ${key}`, estate.faults);
  return device;
}

function actionFor(caller: Caller, id: string, estate: Estate): SimAction {
  const action = estate.actions.find(id.toLowerCase());
  if (action === undefined) throw notFound(`Machine action ${id}`);
  if (!seesAction(caller, action, estate)) throw outOfScope(`Machine action ${id}`, estate.faults);
  return action;
}

/** What Defender answers here is not documented, so the board decides. */
function outOfScope(what: string, faults: Faults): ApiError {
  return faults.get().outOfScope === '404' ? notFound(what) : forbidden(`No access to ${what}.`);
}

/** Newest first, as the service lists them. */
function visibleActions(caller: Caller, estate: Estate): readonly SimAction[] {
  const newestFirst = estate.actions.all().toSorted((one, other) => other.createdAt - one.createdAt);
  return newestFirst.filter((action) => !isFresh(action, estate) && seesAction(caller, action, estate));
}

function seesAction(caller: Caller, action: SimAction, { devices }: Estate): boolean {
  const device = devices.find(({ id }) => id === action.machineId);
  return device !== undefined && sees(caller, device);
}

/** Replication: readers do not know an action for a while after it was made. */
function isFresh(action: SimAction, { faults, now }: Estate): boolean {
  return now() - action.createdAt < faults.get().defenderLagMs;
}
