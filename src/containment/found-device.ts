import type { DeviceFacts } from './device.ts';
import type { FoundDevice } from './event.ts';
import { type ContainmentRequest, type DeviceRequest, hasDevice } from './request.ts';
import type { VoidReason } from './state.ts';

/** The request about the device that somebody's token read, or why it cannot be about that one. */
export type Settled =
  { readonly ok: true; readonly request: DeviceRequest } | { readonly ok: false; readonly why: VoidReason };

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
    request: { ...request, deviceId, device, alsoRequestedIn: openElsewhere ?? request.alsoRequestedIn },
  };
}
