import { isVisible } from '../../src/containment/visible.ts';
import type { DecisionCommand, ParsedCommand } from './parsed-command.ts';
import { readRequestNumber } from './request-number.ts';
import { splitWord } from './words.ts';

/** `<request> [comment]` to approve, `<request> <comment>` to deny: as with the buttons, a denial needs its reason. */
export function parseDecision(command: DecisionCommand['kind'], args: string): ParsedCommand {
  const [word, rest] = splitWord(args);
  if (word === '') return { kind: 'invalid', command, problem: 'missing-request' };
  const requestNumber = readRequestNumber(word);
  if (requestNumber === undefined) return { kind: 'invalid', command, problem: 'bad-request-number' };
  const comment = isVisible(rest) ? rest : '';
  if (command === 'deny' && comment === '') return { kind: 'invalid', command, problem: 'missing-comment' };
  return { kind: command, requestNumber, comment };
}
