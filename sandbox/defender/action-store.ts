import { randomUUID } from 'node:crypto';
import type { Faults } from '../faults.ts';
import type { Device } from '../world.ts';
import { sevenDigits } from './bodies.ts';
import { isFinal } from './model.ts';
import type { ActionStatus, ActionType, SimAction } from './model.ts';
import type { Presence } from './presence.ts';
import { createTimers } from './timers.ts';

/** At pace 1 a watcher can follow: so long an online device takes to fetch an action, and to carry it out. */
const fetchMs = 2_000;
const workMs = 3_000;
/** What Windows calls access denied, 0x80070005, as a signed 32-bit number. */
const accessDenied = -2_147_024_891;

interface StartedAction {
  readonly device: Device;
  readonly type: ActionType;
  readonly requestor: string;
  readonly comment: string;
  readonly source: string;
  /** Milliseconds of the epoch; now, when absent. */
  readonly createdAt?: number;
  /** It has ended so when it was made. */
  readonly status?: ActionStatus | undefined;
  readonly scope?: SimAction['scope'];
}

export interface ActionStore {
  start(facts: StartedAction): SimAction;
  find(id: string): SimAction | undefined;
  /** In the order of their creation. */
  all(): readonly SimAction[];
  /** Answers undefined for an id that nobody has. */
  change(id: string, status: ActionStatus, by?: Cancellation): SimAction | undefined;
  /** To be called when a device may have come online: what waited for it goes on. */
  moveAll(): void;
  reset(): void;
  stop(): void;
}

type Cancellation = Pick<SimAction, 'cancellationRequestor' | 'cancellationComment'>;

interface StoreOptions {
  readonly presence: Presence;
  readonly faults: Faults;
  readonly pace: number;
  readonly now: () => number;
}

/** Machine actions that move by themselves: Pending → InProgress → an end, while their device is online. */
export function createActionStore({ presence, faults, pace, now }: StoreOptions): ActionStore {
  const actions = new Map<string, SimAction>();
  const timers = createTimers();
  let tail = 1_447;
  const stamp = (ms = now()): string => {
    tail = (tail + 5) % 10_000;
    return sevenDigits(ms, tail);
  };
  const change = (id: string, facts: Partial<SimAction>): SimAction | undefined => {
    const action = actions.get(id);
    if (action === undefined) return undefined;
    const changed = { ...action, ...facts, lastUpdateDateTimeUtc: stamp() };
    actions.set(id, changed);
    timers.clear(id);
    move(changed);
    return changed;
  };
  /** Sets the next step going, unless the device is offline and has to come back first. */
  const move = ({ id, status, machineId }: SimAction): void => {
    if (isFinal(status) || !presence.isOnline(machineId)) return;
    timers.start(id, (status === 'Pending' ? fetchMs : workMs) * pace, () => {
      step(id);
    });
  };
  const step = (id: string): void => {
    const action = actions.get(id);
    if (action === undefined || !presence.isOnline(action.machineId)) return;
    const { defenderEnd, defenderEndByDevice } = faults.get();
    const end = defenderEndByDevice[action.machineId] ?? defenderEnd;
    change(id, action.status === 'Pending' ? { status: 'InProgress' } : ended(end, stamp()));
  };
  const moveAll = (): void => {
    for (const action of actions.values()) move(action);
  };
  const unwatch = faults.onChange(moveAll);

  return {
    start: (facts) => {
      const { status, createdAt = now() } = facts;
      const begun = pending(facts, createdAt, stamp);
      const action = status === undefined ? begun : { ...begun, ...ended(status, stamp(createdAt)) };
      actions.set(action.id, action);
      move(action);
      return action;
    },
    find: (id) => actions.get(id),
    all: () => [...actions.values()],
    change: (id, status, by) => change(id, { ...ended(status, stamp()), ...by }),
    moveAll,
    reset: () => {
      timers.clearAll();
      actions.clear();
    },
    stop: () => {
      timers.clearAll();
      unwatch();
    },
  };
}

function pending(facts: StartedAction, createdAt: number, stamp: (ms: number) => string): SimAction {
  return {
    id: randomUUID(),
    type: facts.type,
    status: 'Pending',
    machineId: facts.device.id,
    computerDnsName: facts.device.name,
    requestor: facts.requestor,
    requestorComment: facts.comment,
    requestSource: facts.source,
    scope: facts.scope,
    creationDateTimeUtc: stamp(createdAt),
    lastUpdateDateTimeUtc: stamp(createdAt),
    cancellationRequestor: null,
    cancellationComment: null,
    cancellationDateTimeUtc: null,
    errorHResult: 0,
    createdAt,
  };
}

function ended(status: ActionStatus, at: string): Partial<SimAction> {
  if (status === 'Failed') return { status, errorHResult: accessDenied };
  if (status !== 'Cancelled') return { status };
  const by = { cancellationRequestor: 'portal.operator@contoso.example', cancellationDateTimeUtc: at };
  return { status, ...by, cancellationComment: 'Cancelled in the Action center' };
}
