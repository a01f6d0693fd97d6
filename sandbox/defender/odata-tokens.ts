import { badQuery } from './api-error.ts';

export type Token =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'date'; readonly value: bigint }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'word'; readonly value: string }
  | { readonly kind: 'mark'; readonly value: '(' | ')' | ',' };

/** Order matters: a date begins like a number. */
const patterns = {
  space: /\s+/y,
  text: /'(?:[^']|'')*'/y,
  date: /\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?(?:Z|[+-]\d\d:\d\d))?(?![\w.:-])/y,
  number: /-?\d+(?:\.\d+)?(?![\w.:-])/y,
  word: /[A-Za-z_]\w*/y,
  mark: /[(),]/y,
};

export function tokensOf(filter: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < filter.length) {
    const found = matchAt(filter, at);
    if (found === undefined) throw badQuery(`Syntax error at position ${at} in '${filter}'.`);
    at += found.raw.length;
    if (found.kind !== 'space') tokens.push(token(found.kind, found.raw));
  }
  return tokens;
}

type Kind = keyof typeof patterns;

function matchAt(filter: string, at: number): { kind: Kind; raw: string } | undefined {
  for (const [kind, pattern] of Object.entries(patterns)) {
    pattern.lastIndex = at;
    const raw = pattern.exec(filter)?.[0];
    if (raw !== undefined) return { kind: kind as Kind, raw };
  }
  return undefined;
}

function token(kind: Exclude<Kind, 'space'>, raw: string): Token {
  switch (kind) {
    case 'text':
      return { kind, value: raw.slice(1, -1).replaceAll("''", "'") };
    case 'date':
      return { kind, value: ticks(raw) };
    case 'number':
      return { kind, value: Number(raw) };
    case 'word':
      return { kind, value: raw };
    case 'mark':
      return { kind, value: raw as '(' | ')' | ',' };
  }
}

/**
 * 100-nanosecond ticks since the epoch, which is how exact Defender's 7-digit times are: more than a JavaScript
 * number holds.
 */
export function ticks(date: string): bigint {
  const fraction = /\.(\d{1,7})/.exec(date)?.[1] ?? '';
  const ms = Date.parse(date.replace(/\.\d+/, ''));
  if (Number.isNaN(ms)) throw badQuery(`'${date}' is not a date.`);
  return BigInt(ms) * 10_000n + BigInt(fraction.padEnd(7, '0'));
}
