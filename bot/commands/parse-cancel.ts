import type { ParsedCommand } from './parsed-command.ts';
import { isVisible } from '../../src/containment/visible.ts';
import { readRequestNumber } from './request-number.ts';
import { splitWord } from './words.ts';

/** `<request> <reason>`; a request is `#12` or `12`. */
export function parseCancel(args: string): ParsedCommand {
  const [word, reason] = splitWord(args);
  if (word === '') return { kind: 'invalid', command: 'cancel', problem: 'missing-request' };
  const requestNumber = readRequestNumber(word);
  if (requestNumber === undefined)
    return { kind: 'invalid', command: 'cancel', problem: 'bad-request-number' };
  if (!isVisible(reason)) return { kind: 'invalid', command: 'cancel', problem: 'missing-reason' };
  return { kind: 'cancel', requestNumber, reason };
}
