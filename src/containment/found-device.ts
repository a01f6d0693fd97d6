import type { DeviceFacts } from './device.ts';
import { matchOfName } from './device-name.ts';
import type { FoundDevice } from './event.ts';
import type { Instant } from './person.ts';
import { type ContainmentRequest, type DeviceRequest, hasDevice } from './request.ts';
import type { VoidReason } from './state.ts';

/**
 * Whether somebody's token is still to say what is known of the device. A lift of a time box has the facts of the restriction;
 * what came since is missing. Whether it is restricted already is worth another look: mostly that failed in passing.
 */
export function isToLookUp({ state, device, lifts }: ContainmentRequest): boolean {
  if (state.status !== 'awaiting') return false;
  if (device?.stakes === undefined) return device === undefined || lifts !== undefined;
  return device.stakes.restriction === undefined;
}

const soonestAgainMs = 60_000;
const latestAgainMs = 15 * 60_000;

/** Less and less often, as that may fail for ever: after a minute, then when the request is twice as old as at the last look. */
export function isDueToLookUp(request: ContainmentRequest, now: Instant): boolean {
  if (!isToLookUp(request)) return false;
  const at = request.device?.stakes?.at;
  if (at === undefined) return true;
  const age = Date.parse(at) - Date.parse(request.createdAt);
  const wait = Math.min(Math.max(age, soonestAgainMs), latestAgainMs);
  return Date.parse(now) - Date.parse(at) >= wait;
}

/** The request about the device that somebody's token read, or why it cannot be about that one. */
export type Settled =
  { readonly ok: true; readonly request: DeviceRequest } | { readonly ok: false; readonly why: VoidReason };

/** Made by a name, and found since. */
export function isFoundByName(request: ContainmentRequest): request is FoundByName {
  return hasDevice(request) && request.deviceName !== undefined;
}

type FoundByName = DeviceRequest & { readonly deviceName: string };

/** Not known before the first card: what is found later comes with its facts. */
export function wasFoundSince(request: ContainmentRequest): request is FoundByName {
  return isFoundByName(request) && request.device !== undefined;
}

/**
 * A card that was drawn before the device was found shows what was typed. Where that is not the whole name, whoever approves
 * has to say which device their card shows. What says so is never trusted, it can only be refused.
 */
export function mayBeUnseen(request: ContainmentRequest): boolean {
  return wasFoundSince(request) && matchOfName(request.deviceName, request.device?.name ?? '') !== 'exact';
}

/** What was typed as a name becomes the device that was found; what has a device keeps it. */
export function withFoundDevice(
  request: ContainmentRequest,
  found: FoundDevice,
  device: DeviceFacts,
): Settled {
  const { deviceId, openHere, openElsewhere } = found;
  if (hasDevice(request)) {
    const isAnother = deviceId !== undefined && deviceId !== request.deviceId;
    return isAnother
      ? { ok: false, why: { code: 'other-device' } }
      : { ok: true, request: { ...request, device } };
  }
  if (deviceId === undefined) return { ok: false, why: { code: 'device-unclear' } };
  if (openHere !== undefined) return { ok: false, why: { code: 'already-requested', number: openHere } };
  return {
    ok: true,
    // What was found by the name alone may be about another device.
    request: { ...request, deviceId, device, alsoRequestedIn: openElsewhere },
  };
}
