import { pino } from 'pino';

/** JSON lines on stdout. Messages are fixed words; what varies goes into fields. */
export interface Log {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
}

/** Also tells each step of the work: too much for anything but a search. */
export interface TracingLog extends Log {
  trace(fields: Fields, message: string): void;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Words with a dot in them, which JWTs are, and bearer headers. A word is looked at from its beginning only: a pattern that
 * could begin anywhere in it would take the square of its length.
 */
const secretLike = /(?<![\w-])[\w-]{8,}(?:\.[\w-]+)+\.?|\bBearer\s+\S+/gi;
const secretNames = /token|secret|password|authorization|assertion|credential|cookie|private.?key/i;
/** Controls, line separators and what turns the direction of writing: a terminal or viewer must show the line as it is. */
const unseen = /[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}]/gu;
/** In UTF-16 units. */
const longestText = 2_000;

/**
 * A logger through which no token or secret passes, at any level: by name of the field and by look of the value.
 * `secrets` is looked at for each line, since it grows when a secret is rotated.
 */
export function createLog(level: string, secrets: Iterable<string> = []): TracingLog {
  const hidden = (): string[] => [...secrets].filter((secret) => secret.length >= 6);
  const logger = pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label) => ({ level: label }),
      log: (fields) => clean(fields, hidden(), 0) as Record<string, unknown>,
    },
    serializers: { err: (error: unknown) => error },
    hooks: {
      logMethod(args, method) {
        const [fields, message] = args;
        method.call(this, fields, cleanText(message ?? '', hidden()));
      },
      // Escaped as JSON escapes: whoever parses the line gets the text as it was.
      streamWrite: (line) => line.replaceAll(unseen, escaped),
    },
  });
  return logger;
}

function clean(value: unknown, hidden: readonly string[], depth: number): unknown {
  if (typeof value === 'string') return cleanText(value, hidden);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 5) return '[deep]';
  if (value instanceof Error) return describeError(value, hidden, depth);
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => clean(item, hidden, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      cleanText(key, hidden),
      secretNames.test(key) && mayHoldSecret(inner) ? '[redacted]' : clean(inner, hidden, depth + 1),
    ]),
  );
}

/** Counts and flags about tokens stay readable; whatever could be or hold one does not. */
function mayHoldSecret(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null);
}

/** Name, code, message and stack; never the properties libraries hang on errors (requests, headers, bodies). */
function describeError(error: Error, hidden: readonly string[], depth: number): unknown {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    name: error.name,
    code,
    message: cleanText(error.message, hidden),
    stack: cleanText(error.stack ?? '', hidden),
    ...(error.cause === undefined ? {} : { cause: clean(error.cause, hidden, depth + 1) }),
  };
}

/** Redacted first: a secret that is cut in two is known no more. */
function cleanText(text: string, hidden: readonly string[]): string {
  let safe = text.replaceAll(secretLike, redacted);
  for (const secret of hidden) safe = safe.replaceAll(secret, '[redacted]');
  return safe.slice(0, longestText);
}

function redacted(word: string): string {
  if (/^Bearer\s/i.test(word)) return '[redacted]';
  // `{"` in base64, with which the header of every JWT begins.
  const start = word.indexOf('eyJ');
  return start < 0 ? word : `${word.slice(0, start)}[redacted]`;
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
