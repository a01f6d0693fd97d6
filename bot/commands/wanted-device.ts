import { parseDeviceId } from '../../src/containment/ids.ts';
import type { WantedDevice } from '../../src/store/request-lists.ts';

/** Longest DNS name that can be written (RFC 1035, 2.3.4, in text form). */
const maxNameLength = 253;

export type DeviceFault =
  { readonly problem: 'malformed-id'; readonly length: number } | { readonly problem: 'malformed-subject' };

/**
 * Reads what somebody typed for a device that a list is about. It is only compared with what was recorded, so any letters
 * will do, but nothing that no DNS name holds.
 */
export function readWantedDevice(word: string): WantedDevice | DeviceFault {
  const deviceId = parseDeviceId(word);
  if (deviceId !== undefined) return { by: 'id', deviceId };
  // A run of hex digits of about the length of an id is a mistyped id, not a name.
  if (/^[0-9a-f]{32,}$/.test(word)) return { problem: 'malformed-id', length: word.length };
  const name = word.replace(/\.$/, '');
  const isName = name.length <= maxNameLength && /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}._-]*$/u.test(name);
  return isName ? { by: 'name', name } : { problem: 'malformed-subject' };
}
