import type { ParsedCommand } from './parsed-command.ts';
import { isVisible } from '../../src/containment/visible.ts';
import { plainWord, splitWord } from './words.ts';

/** `<request> <reason>`; a request is `#12` or `12`. Nine digits keep the number within an integer column. */
export function parseCancel(args: string): ParsedCommand {
  const [word, reason] = splitWord(args);
  if (word === '') return { kind: 'invalid', command: 'cancel', problem: 'missing-request' };
  const digits = /^#?([1-9][0-9]{0,8})$/.exec(plainWord(word))?.[1];
  if (digits === undefined) return { kind: 'invalid', command: 'cancel', problem: 'bad-request-number' };
  if (!isVisible(reason)) return { kind: 'invalid', command: 'cancel', problem: 'missing-reason' };
  return { kind: 'cancel', requestNumber: Number(digits), reason };
}
