import type { DeviceFacts } from '../containment/device.ts';
import type { DeviceId } from '../containment/ids.ts';
import { DefenderError } from '../defender/errors.ts';
import type { Machine } from '../defender/schema.ts';
import type { Session } from './defender-session.ts';
import type { JobParts } from './parts.ts';

/** A valid id is now and then answered with 404 and found on the next try. */
export async function readDeviceTwice(
  parts: Pick<JobParts, 'defender'>,
  session: Session,
  deviceId: DeviceId,
): Promise<Machine> {
  try {
    return await parts.defender.readDevice(session.token, deviceId, session.options);
  } catch (error) {
    if (!(error instanceof DefenderError) || error.kind !== 'not-found') throw error;
    return parts.defender.readDevice(session.token, deviceId, session.options);
  }
}

export function factsOf(machine: Machine): DeviceFacts {
  return {
    name: machine.computerDnsName,
    osPlatform: machine.osPlatform,
    osVersion: machine.version,
    health: machine.healthStatus,
    onboarding: machine.onboardingStatus,
    risk: machine.riskScore,
    exposure: machine.exposureLevel,
    value: machine.deviceValue,
    group: machine.rbacGroupName,
    lastSeen: machine.lastSeen,
    ...extrasOf(machine),
  };
}

/** More than a card could show says nothing more. */
const mostTags = 20;

function extrasOf(machine: Machine): Partial<DeviceFacts> {
  const { machineTags, defenderAvStatus, isPotentialDuplication, mergedIntoMachineId } = machine;
  return {
    ...(machineTags.length === 0 ? {} : { tags: machineTags.slice(0, mostTags) }),
    ...(defenderAvStatus === undefined ? {} : { antivirus: defenderAvStatus }),
    ...(isPotentialDuplication === true ? { isPotentialDuplicate: true } : {}),
    ...(mergedIntoMachineId === undefined ? {} : { mergedInto: mergedIntoMachineId }),
  };
}
