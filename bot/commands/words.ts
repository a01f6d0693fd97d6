/** Quotes of all kinds, and the brackets and back-ticks with which people copy a usage line. */
const quotes = '"\'`“”„‟‘’‚‛«»‹›<>';

/**
 * What stands in quotes, without a comma, spaces at the ends allowed as in French. Several words in quotes are one, and no
 * device can be called that: their first one alone would be another device. Nothing in it can match in two ways.
 */
const quotedWord = new RegExp(
  `[${quotes}] *([^\\s,${quotes}]+(?: +[^\\s,${quotes}]+)*) *[${quotes}](?=[ ,]|$)`,
  'uy',
);
const bareWord = /[^ ,]+/uy;

/** Splits a clean line after its first word. */
export function splitWord(line: string): readonly [word: string, rest: string] {
  const space = line.indexOf(' ');
  return space === -1 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
}

/** The form in which a command word, device or number is compared: compatibility forms (NFKC) folded, no quotes, lower case. */
export function plainWord(word: string): string {
  return trim(word, quotes).normalize('NFKC').toLowerCase();
}

/** The same of a word that people also put in brackets, as a usage line does. */
export function unwrappedWord(word: string): string {
  return trim(word.normalize('NFKC'), `${quotes}()[]{}`).toLowerCase();
}

/** A loop, because a pattern anchored at the end would look at a long run of quotes again and again. */
function trim(word: string, marks: string): string {
  let start = 0;
  let end = word.length;
  while (start < end && marks.includes(word.charAt(start))) start++;
  while (end > start && marks.includes(word.charAt(end - 1))) end--;
  return word.slice(start, end);
}

export interface WordList {
  readonly words: readonly string[];
  /** Whether there was a comma, with something behind it or not. */
  readonly listed: boolean;
  readonly rest: string;
}

/** Reads `a`, `a,b` or `a, b` from the front of a clean line; spaces may stand around the comma. */
export function splitList(line: string): WordList {
  const words: string[] = [];
  let at = 0;
  let listed = false;
  for (;;) {
    const [text, end] = readWord(line, at);
    if (text !== '') words.push(text);
    const next = skipSpaces(line, end);
    if (line.charAt(next) !== ',') return { words, listed, rest: line.slice(next) };
    listed = true;
    at = skipSpaces(line, next + 1);
  }
}

function readWord(line: string, at: number): readonly [text: string, end: number] {
  quotedWord.lastIndex = at;
  bareWord.lastIndex = at;
  const found = quotedWord.exec(line) ?? bareWord.exec(line);
  return found === null ? ['', at] : [plainWord(found[1] ?? found[0]), at + found[0].length];
}

function skipSpaces(line: string, at: number): number {
  let next = at;
  while (line.charAt(next) === ' ') next++;
  return next;
}
