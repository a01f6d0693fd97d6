import { badQuery } from './api-error.ts';
import { tokensOf } from './odata-tokens.ts';
import type { Token } from './odata-tokens.ts';

type Mark = '(' | ')' | ',';

/** Walks over the tokens of a filter; whatever is not expected there is an `ODataError`. */
export interface Cursor {
  peek(): Token | undefined;
  advance(): void;
  /** Takes one of these words, in any case: real clients send `AND`. */
  word<W extends string>(...words: readonly W[]): W | undefined;
  isMark(mark: Mark): boolean;
  expect(mark: Mark): void;
  expectEnd(): void;
  fail(): never;
}

export function cursorOver(filter: string): Cursor {
  const tokens = tokensOf(filter);
  let next = 0;
  const fail = (): never => {
    const seen = tokens[next];
    const where = seen === undefined ? 'end of $filter' : `'${String(seen.value)}' in $filter`;
    throw badQuery(`Unexpected ${where}.`);
  };
  const isMark = (mark: Mark): boolean => {
    const token = tokens[next];
    return token?.kind === 'mark' && token.value === mark;
  };
  return {
    peek: () => tokens[next],
    advance: () => {
      next += 1;
    },
    word: (...words) => {
      const token = tokens[next];
      if (token?.kind !== 'word') return undefined;
      const found = words.find((word) => word === token.value.toLowerCase());
      if (found !== undefined) next += 1;
      return found;
    },
    isMark,
    expect: (mark) => {
      if (!isMark(mark)) fail();
      next += 1;
    },
    expectEnd: () => {
      if (next < tokens.length) fail();
    },
    fail,
  };
}
