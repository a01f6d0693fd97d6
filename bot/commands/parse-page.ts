import type { ParsedCommand } from './parsed-command.ts';
import { plainWord, splitWord } from './words.ts';

type Page = { readonly page: number } | { readonly problem: 'bad-page' | 'nothing-follows' };

/** The number of a page or nothing, which is page 1. Nine digits keep what is computed from it exact. */
export function readPage(args: string): Page {
  const [word, rest] = splitWord(args.trim());
  if (word === '') return { page: 1 };
  const digits = /^[1-9][0-9]{0,8}$/.exec(plainWord(word))?.[0];
  if (digits === undefined) return { problem: 'bad-page' };
  return rest === '' ? { page: Number(digits) } : { problem: 'nothing-follows' };
}

/** `[page]`, for a list that takes nothing else. */
export function parsePaged(kind: 'pending' | 'active', args: string): ParsedCommand {
  const read = readPage(args);
  return 'page' in read
    ? { kind, page: read.page }
    : { kind: 'invalid', command: kind, problem: read.problem };
}
