import type { Random } from '../support/random.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** Values that parsers, templates, logs and databases have stumbled over. */
const odd: readonly [Json, ...Json[]] = [
  null,
  true,
  0,
  -1,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e\u2066gnp.exe',
  '\u200b'.repeat(200),
  '👩‍👩‍👧‍👦'.repeat(300),
  'ﷺ'.repeat(500),
  'a'.repeat(20_000),
  '${$root}{{DATE()}}<at>Cordon</at>',
  '__proto__',
  'constructor',
  '../../../etc/passwd',
  '%2e%2e%2f%00',
  "'; drop table requests; --",
  '\r\nset-cookie: a=b\r\n{"level":"fatal"}',
  'https://evil.example/',
  'cordon:req_aaaaaaaaaaaaaaaaaaaaaa',
  '19:forged@thread.tacv2;messageid=1',
  [],
  {},
  [[]],
  { id: {} },
  { toString: 'no', valueOf: 1, length: -1 },
];

/** A copy with one to six changes somewhere inside. */
export function mutateValue(random: Random, original: unknown): Json {
  let value = structuredClone(original) as Json;
  for (let changes = random.whole(1, 6); changes > 0; changes -= 1) value = change(random, value);
  return value;
}

function change(random: Random, value: Json): Json {
  if (value === null || typeof value !== 'object') return scalar(random, value);
  if (Array.isArray(value)) {
    if (value.length === 0 || random.chance(0.2)) return [...value, random.pick(odd)];
    const at = random.whole(0, value.length - 1);
    return value.map((item, index) => (index === at ? change(random, item) : item));
  }
  return changeObject(random, value);
}

function changeObject(random: Random, value: { [key: string]: Json }): Json {
  const keys = Object.keys(value);
  const key = keys[random.whole(0, Math.max(0, keys.length - 1))] ?? 'type';
  const old = value[key] ?? null;
  switch (random.whole(0, 9)) {
    case 0:
      return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    case 1:
      return { ...value, [key]: random.pick(odd) };
    case 2:
      return { ...value, [key.toUpperCase()]: old };
    case 3:
      return polluted(value);
    case 4:
      return { ...value, [key]: [old] };
    default:
      return { ...value, [key]: change(random, old) };
  }
}

/** An own property of that name, as only a parser can make it. */
function polluted(value: { [key: string]: Json }): Json {
  const copy = { ...value };
  Object.defineProperty(copy, '__proto__', { value: { admin: true }, enumerable: true });
  return copy;
}

function scalar(random: Random, value: Json): Json {
  if (typeof value !== 'string' || random.chance(0.4)) return random.pick(odd);
  const at = random.whole(0, value.length);
  const extra = random.pick(odd);
  return value.slice(0, at) + (typeof extra === 'string' ? extra : '\n') + value.slice(at);
}

/** Damage below the level of JSON: cut, doubled, flipped, nested deep, not UTF-8. */
export function mutateBytes(random: Random, text: string): Buffer {
  const bytes = Buffer.from(text);
  const at = random.whole(0, Math.max(0, bytes.length - 1));
  switch (random.whole(0, 6)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes, bytes.subarray(at)]);
    case 2: {
      const flipped = Buffer.from(bytes);
      flipped[at] = random.whole(0, 255);
      return flipped;
    }
    case 3:
      return Buffer.from(`{"value":${deep(random.whole(10, 20_000))},${text.slice(1)}`);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff, 0xfe, 0xc0]), bytes.subarray(at)]);
    case 5:
      return Buffer.from(`\ufeff${text}`);
    default:
      return Buffer.from(text.replace('{', '{"from":{"id":"29:other"},"type":"message","type":"invoke",'));
  }
}
