import { type Duration, parseDuration } from '../../src/containment/duration.ts';
import { parseDeviceId } from '../../src/containment/ids.ts';
import type { DeviceWish } from '../../src/containment/request.ts';
import { parseDeviceName } from './device-name.ts';
import type { InvalidCommand, ParsedCommand, RestrictionName } from './parsed-command.ts';
import { splitList, splitWord } from './words.ts';
import { isVisible } from '../../src/containment/visible.ts';

/** What stands behind `for`, where that is meant as a duration. */
type Time = Duration | 'none' | 'bad';

/** `<device>[,<device>…] [for <duration>] <reason>`. Of several faults the one that stands first in the command is told. */
export function parseRestriction(command: RestrictionName, args: string): ParsedCommand {
  const { words, listed, rest } = splitList(args);
  const { time, reason } = splitTime(rest);
  const fault = deviceFault(command, words) ?? durationFault(command, time) ?? reasonFault(command, reason);
  if (fault !== undefined) return fault;

  const device = deviceOf(words[0] ?? '');
  if (listed) return { kind: 'later', command, feature: 'device-list' };
  return device === undefined
    ? { kind: 'invalid', command, problem: 'malformed-device' }
    : { kind: command, ...device, ...(typeof time === 'object' ? { duration: time } : {}), reason };
}

function deviceOf(word: string): DeviceWish | undefined {
  const deviceId = parseDeviceId(word);
  if (deviceId !== undefined) return { deviceId };
  const deviceName = parseDeviceName(word);
  return deviceName === undefined ? undefined : { deviceName };
}

function deviceFault(command: RestrictionName, words: readonly string[]): InvalidCommand | undefined {
  if (words.length === 0) return { kind: 'invalid', command, problem: 'missing-device' };
  // A run of hex digits of about the length of an id is a mistyped id; calling it a name would send people looking for it.
  const mistyped = words.find((word) => /^[0-9a-f]{32,}$/.test(word) && word.length !== 40);
  if (mistyped !== undefined) {
    return { kind: 'invalid', command, problem: 'malformed-id', length: mistyped.length };
  }
  const readable = words.every((word) => deviceOf(word) !== undefined);
  return readable ? undefined : { kind: 'invalid', command, problem: 'malformed-device' };
}

function durationFault(command: RestrictionName, time: Time): InvalidCommand | undefined {
  if (time === 'none') return undefined;
  if (command === 'unrestrict') return { kind: 'invalid', command, problem: 'duration-not-taken' };
  return time === 'bad' ? { kind: 'invalid', command, problem: 'bad-duration' } : undefined;
}

function reasonFault(command: RestrictionName, reason: string): InvalidCommand | undefined {
  return isVisible(reason) ? undefined : { kind: 'invalid', command, problem: 'missing-reason' };
}

/** `for` and a word that begins with a digit or a sign is meant as a duration; `for` and any other word begins the reason. */
function splitTime(text: string): { readonly time: Time; readonly reason: string } {
  const [first, afterFor] = splitWord(text);
  if (first.normalize('NFKC').toLowerCase() !== 'for') return { time: 'none', reason: text };
  if (afterFor === '') return { time: 'none', reason: '' };

  const [word, reason] = splitWord(afterFor);
  const amount = word.normalize('NFKC').toLowerCase();
  if (!/^(?:[\p{Nd}+\-−±]|[–—]\p{Nd})/u.test(amount)) return { time: 'none', reason: text };
  return { time: parseDuration(amount) ?? 'bad', reason };
}
