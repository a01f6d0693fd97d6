import distance from 'damerau-levenshtein';
import { type CommandDescription, commands } from './registry.ts';
import { plainWord } from './words.ts';

/** Longer than a command with its typing errors; it bounds the work on what a stranger typed. */
const longestWord = 20;
/** Letters up to which a name has so many near neighbours among ordinary words that only one error is taken for one. */
const shortName = 5;

/**
 * The one command to which a word is near in spelling: one typing error, two in longer names; two letters swapped are one.
 * It is told to the person and never carried out, so what is as near to another command counts for none.
 */
export function nearestCommand(word: string): CommandDescription | undefined {
  const typed = plainWord(word).replace(/^\/+/, '');
  if (typed.length > longestWord) return undefined;
  const [best, next] = commands
    .map((command) => ({ command, errors: distance(typed, command.name).steps }))
    .filter(({ command: { name }, errors }) => errors <= (name.length > shortName ? 2 : 1))
    .toSorted((one, other) => one.errors - other.errors);
  return best === undefined || best.errors === next?.errors ? undefined : best.command;
}
