import type { DeviceStakes } from '../containment/device.ts';
import type { DeviceId } from '../containment/ids.ts';
import type { Action } from '../containment/request.ts';
import type { Session } from './defender-session.ts';
import type { JobParts } from './parts.ts';
import {
  type Part,
  alertsOf,
  beginOf,
  inTime,
  mayReadAlerts,
  mostCalls,
  orNothing,
  restrictions,
  stateOf,
} from './read-stakes.ts';

type Parts = Pick<JobParts, 'defender'> & { readonly requests: Pick<JobParts['requests'], 'now'> };

interface Decision {
  readonly deviceIds: readonly DeviceId[];
  readonly action: Action;
}

/**
 * What an approver should know of several devices, in the calls that one card has left: whether each is restricted already
 * needs one list for all; alerts are listed device by device, so they are read only where that is possible for every one.
 */
export async function readStakesOfSeveral(
  parts: Parts,
  session: Session,
  { deviceIds, action }: Decision,
): Promise<{ of(deviceId: DeviceId): DeviceStakes }> {
  const options = inTime(session.options);
  const restricted = await restrictionsOf(parts, session, deviceIds, options);
  const isEnough = deviceIds.length <= mostCalls - session.called();
  const alerts = new Map<DeviceId, Part>();
  if (isEnough && mayReadAlerts(session))
    await Promise.all(
      deviceIds.map(async (deviceId) => {
        const after = action === 'unrestrict' ? beginOf(restricted(deviceId)) : undefined;
        alerts.set(deviceId, await orNothing(alertsOf(parts, session.token, { deviceId, after }, options)));
      }),
    );
  const at = await parts.requests.now();
  return { of: (deviceId) => ({ ...restricted(deviceId), ...alerts.get(deviceId), at }) };
}

/** Empty for each where the list could not be read. */
async function restrictionsOf(
  parts: Parts,
  session: Session,
  deviceIds: readonly DeviceId[],
  options: Session['options'],
): Promise<(deviceId: DeviceId) => Part> {
  const mostPages = mostCalls - session.called();
  if (mostPages < 1) return () => ({});
  const query = { machineIds: deviceIds, types: restrictions, mostPages };
  const listed = await orNothing(
    parts.defender.listActionsOf(session.token, query, options).then((actions) => ({ actions })),
  );
  const { actions } = listed;
  if (actions === undefined) return () => ({});
  const byDevice = Map.groupBy(actions, ({ machineId }) => machineId.toLowerCase());
  return (deviceId) => ({ restriction: stateOf(byDevice.get(deviceId) ?? []) });
}
