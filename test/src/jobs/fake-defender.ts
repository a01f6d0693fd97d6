import { randomUUID } from 'node:crypto';
import type { DefenderClient } from '../../../src/defender/client.ts';
import { DefenderError } from '../../../src/defender/errors.ts';
import type { Machine, MachineAction } from '../../../src/defender/schema.ts';

export type FakeDefender = ReturnType<typeof fakeDefender>;

/** Other answers than the usual ones; undefined is the usual one again. */
type Script = { [Call in keyof DefenderClient]?: DefenderClient[Call] | undefined };

const types = { restrict: 'RestrictCodeExecution', unrestrict: 'UnrestrictCodeExecution' } as const;

/** Takes actions and lists them, as Defender does; a test may put another answer in the place of any call. */
export function fakeDefender() {
  const actions: MachineAction[] = [];
  const calls: string[] = [];
  let script: Script = {};

  const usual: DefenderClient = {
    readDevice: (_token, id) => Promise.resolve(aMachine({ id })),
    findDevices: () => Promise.resolve({ fit: 'none', machines: [], isCut: false }),
    nearestDevices: () => Promise.resolve([]),
    listDevices: (_token, wanted) =>
      Promise.resolve({
        machines: wanted.flatMap((one) => ('id' in one ? [aMachine({ id: one.id })] : [])),
        isCut: false,
      }),
    alerts: () => Promise.resolve({ open: [], later: [], isCut: false }),
    logonUsers: () => Promise.resolve([]),
    listOpenActions: (_token, { machineId }) =>
      Promise.resolve(actions.filter((action) => action.machineId === machineId)),
    listActionsOf: (_token, { machineIds }) =>
      Promise.resolve(actions.filter(({ machineId }) => machineIds.includes(machineId))),
    listSucceeded: (_token, { machineIds }) =>
      Promise.resolve(
        actions.filter(({ machineId, status }) => status === 'Succeeded' && machineIds.includes(machineId)),
      ),
    listActionsById: (_token, ids) => Promise.resolve(actions.filter((action) => ids.includes(action.id))),
    submit: (_token, { machineId, action, comment }) => {
      const taken = anAction({ machineId, type: types[action], requestorComment: comment });
      actions.push(taken);
      return Promise.resolve(taken);
    },
    cancelAction: (_token, id, comment) => {
      const index = actions.findIndex((action) => action.id === id);
      const action = actions[index];
      if (action === undefined) return Promise.reject(new DefenderError('not-found'));
      const cancelled = { ...action, status: 'Cancelled', cancellationComment: comment } as const;
      actions[index] = cancelled;
      return Promise.resolve(cancelled);
    },
  };

  const client: DefenderClient = {
    readDevice: (...args) =>
      count('readDevice', args[0], () => (script.readDevice ?? usual.readDevice)(...args)),
    findDevices: (...args) =>
      count('findDevices', args[0], () => (script.findDevices ?? usual.findDevices)(...args)),
    nearestDevices: (...args) =>
      count('nearestDevices', args[0], () => (script.nearestDevices ?? usual.nearestDevices)(...args)),
    listDevices: (...args) =>
      count('listDevices', args[0], () => (script.listDevices ?? usual.listDevices)(...args)),
    alerts: (...args) => count('alerts', args[0], () => (script.alerts ?? usual.alerts)(...args)),
    logonUsers: (...args) =>
      count('logonUsers', args[0], () => (script.logonUsers ?? usual.logonUsers)(...args)),
    listOpenActions: (...args) =>
      count('listOpenActions', args[0], () => (script.listOpenActions ?? usual.listOpenActions)(...args)),
    listActionsOf: (...args) =>
      count('listActionsOf', args[0], () => (script.listActionsOf ?? usual.listActionsOf)(...args)),
    listSucceeded: (...args) =>
      count('listSucceeded', args[0], () => (script.listSucceeded ?? usual.listSucceeded)(...args)),
    listActionsById: (...args) =>
      count('listActionsById', args[0], () => (script.listActionsById ?? usual.listActionsById)(...args)),
    submit: (...args) => count('submit', args[0], () => (script.submit ?? usual.submit)(...args)),
    cancelAction: (...args) =>
      count('cancelAction', args[0], () => (script.cancelAction ?? usual.cancelAction)(...args)),
  };

  function count<T>(call: string, token: string, make: () => Promise<T>): Promise<T> {
    calls.push(call);
    tokens.push(token);
    return make();
  }

  const tokens: string[] = [];
  return {
    client,
    usual,
    actions,
    /** Names of the calls that were made, and whose token each bore. */
    calls,
    tokens,
    count: (call: keyof DefenderClient) => calls.filter((one) => one === call).length,
    answers(more: Script): void {
      script = { ...script, ...more };
    },
    /** Moves an action on, as Defender would tell with the next list. */
    move(id: string, status: MachineAction['status']): void {
      const index = actions.findIndex((action) => action.id === id);
      const action = actions[index];
      if (action !== undefined) actions[index] = { ...action, status, rawStatus: status };
    },
    reset(): void {
      script = {};
      for (const list of [actions, calls, tokens]) list.length = 0;
    },
  };
}

export function aMachine(given: Partial<Machine> = {}): Machine {
  return {
    id: '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567',
    computerDnsName: 'ws-finance-017.contoso.example',
    osPlatform: 'Windows11',
    onboardingStatus: 'Onboarded',
    machineTags: [],
    ...given,
  };
}

export function anAction(given: Partial<MachineAction> = {}): MachineAction {
  return {
    id: randomUUID(),
    type: 'RestrictCodeExecution',
    status: 'Pending',
    rawStatus: 'Pending',
    requestor: 'alex.moreno@contoso.example',
    machineId: '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567',
    createdAt: new Date().toISOString(),
    ...given,
  };
}

export function failing(...args: ConstructorParameters<typeof DefenderError>): () => Promise<never> {
  return () => Promise.reject(new DefenderError(...args));
}
