import type { ParsedCommand } from './parsed-command.ts';
import { readWantedDevice } from './wanted-device.ts';
import { splitList } from './words.ts';

/** `<request | device>`; digits are the number of a request, as in `/cancel`. */
export function parseStatus(args: string): ParsedCommand {
  const command = 'status';
  const { words, listed, rest } = splitList(args);
  const [word] = words;
  if (word === undefined) return { kind: 'invalid', command, problem: 'missing-subject' };
  if (listed) return { kind: 'invalid', command, problem: 'several-subjects' };
  if (/^(?:#.*|[-+−]?\p{Nd}{1,31})$/u.test(word)) return ofRequest(word, rest);
  const device = readWantedDevice(word);
  if ('problem' in device) return { kind: 'invalid', command, ...device };
  return rest === ''
    ? { kind: 'status', of: device }
    : { kind: 'invalid', command, problem: 'nothing-follows' };
}

/** Nine digits keep the number within an integer column. */
function ofRequest(word: string, rest: string): ParsedCommand {
  const digits = /^#?([1-9][0-9]{0,8})$/.exec(word)?.[1];
  if (digits === undefined) return { kind: 'invalid', command: 'status', problem: 'bad-request-number' };
  return rest === ''
    ? { kind: 'status', of: { by: 'number', number: Number(digits) } }
    : { kind: 'invalid', command: 'status', problem: 'nothing-follows' };
}
