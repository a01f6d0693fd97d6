import type { IncomingMessage, ServerResponse } from 'node:http';
import { applyFault } from '../apply-fault.ts';
import type { Faults } from '../faults.ts';
import type { Wire } from '../wire.ts';
import type { Device, Person } from '../world.ts';
import { createActionStore } from './action-store.ts';
import { notFound } from './api-error.ts';
import { authorize, identify } from './caller.ts';
import type { Caller } from './caller.ts';
import { exchangeOver } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import type { ActionStatus, ActionType, SimAction, Submission, VerifyToken } from './model.ts';
import { perform } from './operations.ts';
import type { Answer, Estate } from './operations.ts';
import { createPresence } from './presence.ts';
import { createRateLimit } from './rate-limit.ts';
import { readBody } from './request-body.ts';
import { rulesOf } from './routes.ts';

export interface DefenderOptions {
  readonly devices: readonly Device[];
  readonly people: readonly Person[];
  readonly verifyToken: VerifyToken;
  readonly faults: Faults;
  readonly wire: Wire;
  /** 1 is for people to watch; tests take 0.05. */
  readonly pace?: number;
  readonly now?: () => number;
  /** The audience that a token must have. */
  readonly resource?: string;
}

interface AddedAction {
  readonly deviceId: string;
  readonly type: ActionType;
  readonly requestor?: string;
  readonly comment?: string;
  readonly source?: string;
  /** Moves by itself from `Pending`, unless given: then it has ended at once. */
  readonly status?: ActionStatus;
  /** Of an antivirus scan. */
  readonly scope?: 'Quick' | 'Full';
  /** Milliseconds of the epoch. */
  readonly createdAt?: number;
}

export interface Defender {
  /** For paths below `/api/`. */
  handle(req: IncomingMessage, res: ServerResponse): void;
  actions(): readonly SimAction[];
  submissions(): readonly Submission[];
  setOnline(deviceId: string, online: boolean): void;
  isOnline(deviceId: string): boolean;
  finish(actionId: string, status: ActionStatus): void;
  /** An action that somebody else started, for instance in the portal. */
  addAction(action: AddedAction): SimAction;
  /** Forgets actions, submissions, spent quota, and which devices were switched on or off. */
  reset(): void;
  stop(): void;
}

/** The simulated Microsoft Defender for Endpoint API: what is documented, and the odd things users reported. */
export function createDefender(options: DefenderOptions): Defender {
  const { devices, faults, pace = 1, now = Date.now } = options;
  const presence = createPresence(devices, faults);
  const actions = createActionStore({ presence, faults, pace, now });
  const submissions: Submission[] = [];
  const rates = createRateLimit(faults, now);
  const estate: Estate = { devices, actions, submissions, faults, now };
  const authority = { resource: 'https://api.securitycenter.microsoft.com', ...options };

  const answer = (exchange: Exchange, caller: Caller, body: string | undefined): Answer => {
    const { operation, url } = exchange;
    if (operation === undefined) throw notFound(`Resource ${url.pathname}`);
    const { kind, need } = rulesOf[operation.name];
    rates.count(`${caller.tenant} ${kind}`);
    authorize(caller, need);
    return perform({ operation, caller, url, body, contentType: exchange.contentType }, estate);
  };
  const serve = async (exchange: Exchange, req: IncomingMessage): Promise<void> => {
    const body = await readBody(req);
    const caller = await identify(req.headers.authorization, authority);
    const said = (): string => `${caller.name} ${exchange.url.href} ${body ?? ''}`;
    const fault = exchange.operation && faults.take(rulesOf[exchange.operation.name].fault, said);
    exchange.note({ caller, body, fault });
    applyFault(fault, exchange.res, () => {
      exchange.finish(() => answer(exchange, caller, body));
    });
  };

  return {
    handle: (req, res) => {
      const exchange = exchangeOver(req, res, options.wire);
      serve(exchange, req).catch((error: unknown) => {
        exchange.finish(() => {
          throw error;
        });
      });
    },
    actions: () => actions.all(),
    submissions: () => [...submissions],
    setOnline: (deviceId, online) => {
      presence.set(deviceId, online);
      actions.moveAll();
    },
    isOnline: (deviceId) => presence.isOnline(deviceId),
    finish: (actionId, status) => {
      if (actions.change(actionId, status) === undefined) throw new Error(`No machine action ${actionId}`);
    },
    addAction: (added) => add(added, estate),
    reset: () => {
      actions.reset();
      presence.reset();
      submissions.length = 0;
      rates.reset();
    },
    stop: () => {
      actions.stop();
    },
  };
}

function add(
  { deviceId, type, status, ...facts }: AddedAction,
  { devices, actions, now }: Estate,
): SimAction {
  const device = devices.find(({ id }) => id === deviceId);
  if (device === undefined) throw new Error(`No device ${deviceId}`);
  const { requestor = 'portal.operator@contoso.example', comment = '', source = 'Portal' } = facts;
  const createdAt = facts.createdAt ?? now();
  return actions.start({ device, type, requestor, comment, source, createdAt, status, scope: facts.scope });
}
