import type { Faults } from '../faults.ts';
import type { Device } from '../world.ts';

export interface Presence {
  isOnline(deviceId: string): boolean;
  set(deviceId: string, online: boolean): void;
  /** Back to what the devices were at the start. */
  reset(): void;
}

/** Which devices are reachable: as seeded, as switched since, and none while the board says so. */
export function createPresence(devices: readonly Device[], faults: Faults): Presence {
  const switched = new Map<string, boolean>();
  const seeded = (deviceId: string): boolean => devices.find(({ id }) => id === deviceId)?.online ?? false;
  return {
    isOnline: (deviceId) => !faults.get().devicesOffline && (switched.get(deviceId) ?? seeded(deviceId)),
    set: (deviceId, online) => {
      switched.set(deviceId, online);
    },
    reset: () => {
      switched.clear();
    },
  };
}
