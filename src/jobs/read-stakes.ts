import type { DeviceStakes } from '../containment/device.ts';
import type { DeviceId } from '../containment/ids.ts';
import { DefenderError } from '../defender/errors.ts';
import { type MachineAction, isFinished } from '../defender/schema.ts';
import { mostAlerts } from '../defender/stakes.ts';
import type { Session } from './defender-session.ts';
import type { JobParts } from './parts.ts';

type Parts = Pick<JobParts, 'defender'> & { readonly requests: Pick<JobParts['requests'], 'now'> };
/** One of its parts. */
type Part = Omit<DeviceStakes, 'at'>;

/** For one card, together with what found and read the device. */
const mostCalls = 4;
/** An extra: the card is not kept waiting for it. */
const withinMs = 3_000;
const keptAlerts = 3;
const keptUsers = 3;

/**
 * What an approver should know besides the device itself, as the session's own token sees it. What is not permitted, late or
 * beyond the calls of one card is missing.
 */
export async function readStakes(parts: Parts, session: Session, deviceId: DeviceId): Promise<DeviceStakes> {
  const late = AbortSignal.timeout(withinMs);
  const { signal } = session.options;
  const options = {
    ...session.options,
    signal: signal === undefined ? late : AbortSignal.any([signal, late]),
  };
  const may = (...any: readonly string[]): boolean => any.some((scope) => session.scopes.includes(scope));
  // In the order of their worth; what needs a permission that nobody consented to costs no call.
  const wishes = [
    () => restrictionOf(parts, session.token, deviceId, options),
    ...(may('Alert.Read', 'Alert.ReadWrite')
      ? [() => alertsOf(parts, session.token, deviceId, options)]
      : []),
    ...(may('User.Read.All') ? [() => usersOf(parts, session.token, deviceId, options)] : []),
  ].slice(0, Math.max(0, mostCalls - session.called()));
  const read = await Promise.all(wishes.map((wish) => orNothing(wish())));
  return read.reduce<DeviceStakes>((all, part) => ({ ...all, ...part }), { at: await parts.requests.now() });
}

async function orNothing(reading: Promise<Part>): Promise<Part> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    return {};
  }
}

type Options = Session['options'];

async function alertsOf(parts: Parts, token: string, id: DeviceId, options: Options): Promise<Part> {
  const alerts = await parts.defender.openAlerts(token, id, options);
  const worst = alerts.slice(0, keptAlerts).map(({ severity, title }) => ({ severity, title }));
  const isCut = alerts.length >= mostAlerts ? { isCut: true } : {};
  return { alerts: { count: alerts.length, worst, ...isCut } };
}

async function usersOf(parts: Parts, token: string, id: DeviceId, options: Options): Promise<Part> {
  const users = await parts.defender.logonUsers(token, id, options);
  return { users: { count: users.length, latest: users.slice(0, keptUsers).map(({ name }) => name) } };
}

const types = ['RestrictCodeExecution', 'UnrestrictCodeExecution'];

async function restrictionOf(
  parts: Parts,
  token: string,
  machineId: DeviceId,
  options: Options,
): Promise<Part> {
  const actions = await parts.defender.listOpenActions(token, { machineId, types }, options);
  return { restriction: stateOf(actions) };
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
