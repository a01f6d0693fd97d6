import { mostDevices } from '../../src/containment/batch.ts';
import { type Duration, parseDuration } from '../../src/containment/duration.ts';
import { parseDeviceId } from '../../src/containment/ids.ts';
import { type DeviceWish, nameOrId } from '../../src/containment/request.ts';
import { isVisible } from '../../src/containment/visible.ts';
import { parseDeviceName } from './device-name.ts';
import type { Fault, InvalidCommand, ParsedCommand, RestrictionName } from './parsed-command.ts';
import { splitList, splitWord, unwrappedWord } from './words.ts';

/** What stands behind `for`, where that is meant as a duration. */
type Time = Duration | 'none' | 'bad';

/** `<device>[,<device>…] [for <duration>] <reason>`. Of several faults the one that stands first in the command is told. */
export function parseRestriction(command: RestrictionName, args: string): ParsedCommand {
  const { words, rest } = splitList(args);
  const { time, reason } = splitTime(rest);
  const devices = devicesOf(words);
  const fault =
    deviceFault(command, words) ??
    commaFault(command, words, rest) ??
    countFault(command, devices) ??
    durationFault(command, time) ??
    reasonFault(command, reason);
  if (fault !== undefined) return fault;
  const [device] = devices;
  if (device === undefined) return { kind: 'invalid', command, problem: 'missing-device' };
  const duration = typeof time === 'object' ? { duration: time } : {};
  return devices.length === 1
    ? { kind: command, ...device, ...duration, reason }
    : { kind: 'several', action: command, devices, ...duration, reason };
}

/** Named twice is meant once. Whether a name and an id are the same device turns out when it is looked up. */
function devicesOf(words: readonly string[]): readonly DeviceWish[] {
  const devices = words.flatMap((word) => deviceOf(word) ?? []);
  return [...new Map(devices.map((device) => [nameOrId(device), device])).values()];
}

function deviceOf(word: string): DeviceWish | undefined {
  const deviceId = parseDeviceId(word);
  if (deviceId !== undefined) return { deviceId };
  const deviceName = parseDeviceName(word);
  return deviceName === undefined ? undefined : { deviceName };
}

function deviceFault(command: RestrictionName, words: readonly string[]): InvalidCommand | undefined {
  if (words.length === 0) return { kind: 'invalid', command, problem: 'missing-device' };
  for (const [index, word] of words.entries()) {
    const fault = faultOf(command, word);
    if (fault !== undefined) return words.length === 1 ? fault : { ...fault, place: index + 1 };
  }
  return undefined;
}

function faultOf(command: RestrictionName, word: string): Fault | undefined {
  // A run of hex digits of about the length of an id is a mistyped id; calling it a name would send people looking for it.
  if (/^[0-9a-f]{32,}$/.test(word) && word.length !== 40)
    return { kind: 'invalid', command, problem: 'malformed-id', length: word.length };
  return deviceOf(word) === undefined ? { kind: 'invalid', command, problem: 'malformed-device' } : undefined;
}

/** A comma too many makes `for` a device, and its duration another or the beginning of the reason: without an end, all of them. */
function commaFault(
  command: RestrictionName,
  words: readonly string[],
  rest: string,
): InvalidCommand | undefined {
  const [afterList] = splitWord(rest);
  const isSlip = words.some(
    (word, index) => index > 0 && word === 'for' && isAmount(unwrappedWord(words[index + 1] ?? afterList)),
  );
  return isSlip ? { kind: 'invalid', command, problem: 'comma-before-for' } : undefined;
}

function countFault(
  command: RestrictionName,
  { length: count }: readonly DeviceWish[],
): InvalidCommand | undefined {
  return count > mostDevices ? { kind: 'invalid', command, problem: 'too-many-devices', count } : undefined;
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
  if (!isFor(first)) return { time: 'none', reason: text };
  if (afterFor === '') return { time: 'none', reason: '' };

  const [word, reason] = splitWord(afterFor);
  const amount = unwrappedWord(word);
  if (!isAmount(amount)) return { time: 'none', reason: text };
  return { time: parseDuration(amount) ?? 'bad', reason };
}

/** Also in the brackets of a usage line, which may be around all of `[for 4h]`, or with a comma behind it. */
function isFor(word: string): boolean {
  return /^for,?$/.test(unwrappedWord(word));
}

function isAmount(amount: string): boolean {
  return /^(?:[\p{Nd}+\-−±]|[–—~≈]\p{Nd})/u.test(amount);
}
