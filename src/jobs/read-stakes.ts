import type { DeviceStakes } from '../containment/device.ts';
import type { DeviceId } from '../containment/ids.ts';
import { DefenderError } from '../defender/errors.ts';
import type { Action } from '../containment/request.ts';
import { type MachineAction, isFinished } from '../defender/schema.ts';
import type { Session } from './defender-session.ts';
import type { JobParts } from './parts.ts';

type Parts = Pick<JobParts, 'defender'> & { readonly requests: Pick<JobParts['requests'], 'now'> };
/** One of its parts. */
export type Part = Omit<DeviceStakes, 'at'>;

/** For one card, together with what found and read the device. */
export const mostCalls = 4;
/** An extra: the card is not kept waiting for it. */
const withinMs = 3_000;
const keptAlerts = 3;
const keptUsers = 3;

interface Decision {
  readonly deviceId: DeviceId;
  /** Before a lift, what happened since the restriction counts too. */
  readonly action: Action;
}

/**
 * What an approver should know besides the device itself, as the session's own token sees it. What is not permitted, late or
 * beyond the calls of one card is missing.
 */
export async function readStakes(
  parts: Parts,
  session: Session,
  { deviceId, action }: Decision,
): Promise<DeviceStakes> {
  const options = inTime(session.options);
  const history = once(() => orNothing(historyOf(parts, session.token, { deviceId, action }, options)));
  const begin = async (): Promise<Date | undefined> =>
    action === 'unrestrict' ? beginOf(await history()) : undefined;
  // In the order of their worth; what needs a permission that nobody consented to costs no call.
  const wishes = [
    history,
    ...(mayReadAlerts(session)
      ? [async () => alertsOf(parts, session.token, { deviceId, after: await begin() }, options)]
      : []),
    ...(session.scopes.includes('User.Read.All')
      ? [() => usersOf(parts, session.token, deviceId, options)]
      : []),
  ].slice(0, Math.max(0, mostCalls - session.called()));
  const read = await Promise.all(wishes.map((wish) => orNothing(wish())));
  return read.reduce<DeviceStakes>((all, part) => ({ ...all, ...part }), { at: await parts.requests.now() });
}

/** Of an extra what Defender refuses is missing. */
export async function orNothing<Part extends object>(reading: Promise<Part>): Promise<Part | Partial<Part>> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    return {};
  }
}

/** The calls of a session for extras. */
export function inTime(options: Options): Options {
  const late = AbortSignal.timeout(withinMs);
  const { signal } = options;
  return { ...options, signal: signal === undefined ? late : AbortSignal.any([signal, late]) };
}

/** A call that nobody consented to is not worth making. */
export function mayReadAlerts({ scopes }: Pick<Session, 'scopes'>): boolean {
  return ['Alert.Read', 'Alert.ReadWrite'].some((scope) => scopes.includes(scope));
}

/** Made when first wanted, and once. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

export function beginOf({ restriction }: Pick<Part, 'restriction'>): Date | undefined {
  const since = restriction?.state === 'in-force' ? new Date(restriction.since) : undefined;
  return Number.isNaN(since?.getTime()) ? undefined : since;
}

type Options = Session['options'];

export async function alertsOf(
  parts: Parts,
  token: string,
  query: { readonly deviceId: DeviceId; readonly after: Date | undefined },
  options: Options,
): Promise<Part> {
  const { open, later, isCut } = await parts.defender.alerts(token, query, options);
  const worst = open.slice(0, keptAlerts).map(({ severity, title }) => ({ severity, title }));
  const since = query.after === undefined ? {} : { sinceRestriction: later.length };
  return { alerts: { count: open.length, worst, ...(isCut ? { isCut } : {}), ...since } };
}

async function usersOf(parts: Parts, token: string, id: DeviceId, options: Options): Promise<Part> {
  const users = await parts.defender.logonUsers(token, id, options);
  return { users: { count: users.length, latest: users.slice(0, keptUsers).map(({ name }) => name) } };
}

export const restrictions = ['RestrictCodeExecution', 'UnrestrictCodeExecution'];
const scans = ['RunAntiVirusScan'];

async function historyOf(
  parts: Parts,
  token: string,
  { deviceId, action }: Decision,
  options: Options,
): Promise<Part> {
  const isLift = action === 'unrestrict';
  const query = { machineId: deviceId, types: isLift ? [...restrictions, ...scans] : restrictions };
  const actions = await parts.defender.listOpenActions(token, query, options);
  const restriction = stateOf(actions.filter(({ type }) => restrictions.includes(type)));
  const scan = isLift ? { scan: scanOf(actions.find(({ type }) => scans.includes(type))) } : {};
  return { restriction, ...scan };
}

const scanStates = {
  Pending: 'running',
  InProgress: 'running',
  Succeeded: 'succeeded',
  Failed: 'failed',
  TimeOut: 'timed-out',
  Cancelled: 'cancelled',
} as const satisfies Record<MachineAction['status'], string>;

function scanOf(latest: MachineAction | undefined): DeviceStakes['scan'] {
  if (latest === undefined) return { state: 'none' };
  const at = isFinished(latest) ? (latest.updatedAt ?? latest.createdAt) : latest.createdAt;
  return { state: scanStates[latest.status], scope: latest.scope, at };
}

/** Newest first. One that failed or was cancelled has changed nothing: the one before it counts. */
export function stateOf(actions: readonly MachineAction[]): DeviceStakes['restriction'] {
  const latest = actions.find((action) => !isFinished(action) || action.status === 'Succeeded');
  if (latest === undefined) return { state: 'none' };
  const isLift = latest.type === 'UnrestrictCodeExecution';
  if (isFinished(latest) && isLift) return { state: 'none' };
  const by = latest.requestor === undefined ? {} : { by: latest.requestor };
  if (isFinished(latest)) return { state: 'in-force', since: latest.updatedAt ?? latest.createdAt, ...by };
  return { state: isLift ? 'lifting' : 'restricting', since: latest.createdAt, ...by };
}
