import { cleanLine, cut } from './clean-line.ts';
import { maxTextLength } from './message-text.ts';
import type { ParsedCommand } from './parsed-command.ts';
import { findCommand } from './registry.ts';
import { hasWords } from './visible.ts';
import { plainWord, splitWord } from './words.ts';

/** UTF-16 units of an unknown word that are kept: enough to recognise a typing error. */
const maxUnknownWord = 40;

/** Reads a command from what a person typed, with or without the slash and in any case. Never throws. */
export function parseCommand(text: string): ParsedCommand {
  const line = cleanLine(cut(text, maxTextLength));
  if (!hasWords(line)) return { kind: 'empty' };
  const [word, args] = splitCommandWord(line);
  const command = findCommand(word);
  if (command !== undefined) return command.parse(args);
  return { kind: 'unknown', word: cut(plainWord(word), maxUnknownWord) };
}

/** Some mobile keyboards put a space behind the slash. */
function splitCommandWord(line: string): readonly [word: string, args: string] {
  const [word, args] = splitWord(line);
  return plainWord(word) === '/' ? splitWord(args) : [word, args];
}
