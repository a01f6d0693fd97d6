import { isOfOneDevice } from '../../src/containment/batch.ts';
import type { VoidReason } from '../../src/containment/state.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';

/** The device's name where it is a plain host name; otherwise its id, which cannot mean anything else to Teams. */
export function targetOf(request: ContainmentRequest): string {
  const name = request.device?.name ?? request.deviceName;
  return name !== undefined && name.length <= 100 && /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/i.test(name)
    ? name
    : `device ${request.deviceId ?? 'named on the card'}`;
}

/** The same of why a press came to nothing, which is told once where it is the same for many. */
export function voidForSeveral(request: ContainmentRequest, why: VoidReason): string {
  if (request.batch === undefined || isOfOneDevice(why)) return ofSeveral(request, ' for ');
  return ' for some of its devices, as their rows say';
}

/** Which of several devices it is about; nothing where there is but one. */
export function ofSeveral(request: ContainmentRequest, before: string): string {
  return request.batch === undefined ? '' : `${before}${targetOf(request)}`;
}
