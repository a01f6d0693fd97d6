import { plainWord } from './words.ts';

/** The number in `#12` or `12`; undefined for anything else. Nine digits keep it within an integer column. */
export function readRequestNumber(word: string): number | undefined {
  const digits = /^#?([1-9][0-9]{0,8})$/.exec(plainWord(word))?.[1];
  return digits === undefined ? undefined : Number(digits);
}
