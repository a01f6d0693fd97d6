import type { ContainmentRequest } from '../../src/containment/request.ts';

/** The device's name where it is a plain host name; otherwise its id, which cannot mean anything else to Teams. */
export function targetOf(request: ContainmentRequest): string {
  const name = request.device?.name ?? request.deviceName;
  return name !== undefined && name.length <= 100 && /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/i.test(name)
    ? name
    : `device ${request.deviceId ?? 'named on the card'}`;
}
