import { parseDeviceId } from '../../src/containment/ids.ts';
import { parseDuration } from './duration.ts';
import type { DeviceWish } from '../../src/containment/request.ts';
import { parseDeviceName } from './device-name.ts';
import type { InvalidCommand, LaterFeature, ParsedCommand, RestrictionName } from './parsed-command.ts';
import { splitList, splitWord } from './words.ts';
import { isVisible } from '../../src/containment/visible.ts';

type Duration = 'none' | 'valid' | 'bad';

/** `<device>[,<device>…] [for <duration>] <reason>`. Of several faults the one that stands first in the command is told. */
export function parseRestriction(command: RestrictionName, args: string): ParsedCommand {
  const { words, listed, rest } = splitList(args);
  const { duration, reason } = splitDuration(rest);
  const fault =
    deviceFault(command, words) ?? durationFault(command, duration) ?? reasonFault(command, reason);
  if (fault !== undefined) return fault;

  const device = deviceOf(words[0] ?? '');
  const feature = laterFeature({ listed, timed: duration === 'valid' });
  if (feature !== undefined) return { kind: 'later', command, feature };
  return device === undefined
    ? { kind: 'invalid', command, problem: 'malformed-device' }
    : { kind: command, ...device, reason };
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

function durationFault(command: RestrictionName, duration: Duration): InvalidCommand | undefined {
  if (duration === 'none') return undefined;
  if (command === 'unrestrict') return { kind: 'invalid', command, problem: 'duration-not-taken' };
  return duration === 'bad' ? { kind: 'invalid', command, problem: 'bad-duration' } : undefined;
}

function reasonFault(command: RestrictionName, reason: string): InvalidCommand | undefined {
  return isVisible(reason) ? undefined : { kind: 'invalid', command, problem: 'missing-reason' };
}

/** `for` and a word that begins with a digit or a sign is meant as a duration; `for` and any other word begins the reason. */
function splitDuration(text: string): { readonly duration: Duration; readonly reason: string } {
  const [first, afterFor] = splitWord(text);
  if (first.normalize('NFKC').toLowerCase() !== 'for') return { duration: 'none', reason: text };
  if (afterFor === '') return { duration: 'none', reason: '' };

  const [word, reason] = splitWord(afterFor);
  const amount = word.normalize('NFKC').toLowerCase();
  if (!/^(?:[\p{Nd}+\-−±]|[–—]\p{Nd})/u.test(amount)) return { duration: 'none', reason: text };
  return { duration: parseDuration(word) === undefined ? 'bad' : 'valid', reason };
}

interface Extras {
  readonly listed: boolean;
  readonly timed: boolean;
}

function laterFeature({ listed, timed }: Extras): LaterFeature | undefined {
  if (listed) return 'device-list';
  return timed ? 'duration' : undefined;
}
