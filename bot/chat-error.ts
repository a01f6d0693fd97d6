import { z } from 'zod';
import { retryAfterMs } from '../src/platform/http.ts';
import { systemClock } from '../src/platform/clock.ts';
import { ChatError } from '../src/jobs/ports.ts';

const RestError = z.object({ statusCode: z.number() });

const passingStatuses: ReadonlySet<number> = new Set([401, 408, 412, 429]);

/** 403 with one of these: the bot is not in the conversation, or may not speak there. No other 403 says so. */
const shutOutCodes: ReadonlySet<string> = new Set([
  'BotNotInConversationRoster',
  'BotDisabledByAdmin',
  'ConversationBlockedByUser',
  'MessageWritesBlocked',
  'ForbiddenOperationException',
]);
/** 403 that no message of ours will ever get past: a wrong host of the cloud, somebody else's message. */
const refusedCodes: ReadonlySet<string> = new Set(['InvalidBotApiHost', 'NotEnoughPermissions']);

/**
 * Microsoft's table of connector errors: 412, 429 and 502–504 come again, 404 and most 403 mean that the message is
 * gone. No answer at all comes again too, and so does one that cannot be read, whatever its status says. 401 is about the
 * bot's own token, which is renewed: it must not cost a request its card.
 */
export function toChatError(error: unknown): unknown {
  if (error instanceof ChatError) return error;
  const rest = RestError.safeParse(error);
  if (!rest.success) return isNetworkTrouble(error) ? new ChatError('later') : error;
  const status = rest.data.statusCode;
  const answer = answerOf(error);
  const codes = codesOf(answer.body);
  const code = codes.at(-1);
  if (status === 404) return new ChatError('gone', { status, code });
  if (status === 403) return forbidden(codes);
  if (status < 400 || status >= 500 || passingStatuses.has(status)) {
    return new ChatError('later', { status, code, ...(status === 429 ? waitOf(answer) : {}) });
  }
  return new ChatError('refused', { status, code });
}

function forbidden(codes: readonly string[]): ChatError {
  const status = 403;
  const shutOut = codes.find((code) => shutOutCodes.has(code));
  if (shutOut !== undefined) return new ChatError('left', { status, code: shutOut });
  const refused = codes.find((code) => refusedCodes.has(code));
  // Teams answers an edit of a message that somebody deleted with a 403 that names no reason.
  return refused === undefined
    ? new ChatError('gone', { status, code: codes.at(-1) })
    : new ChatError('refused', { status, code: refused });
}

interface Answer {
  readonly header: (name: string) => string | undefined;
  readonly body: unknown;
}

function answerOf(error: unknown): Answer {
  const response = read(error, 'response');
  const headers = read(response, 'headers');
  const get = read(headers, 'get');
  return {
    header: (name) => {
      const value: unknown = typeof get === 'function' ? Reflect.apply(get, headers, [name]) : undefined;
      return typeof value === 'string' ? value : undefined;
    },
    body: parsed(read(response, 'bodyAsText')),
  };
}

/** Without `Retry-After` nobody knows; a date counts from the answer's own, for our clock may be wrong. */
function waitOf({ header }: Answer): { retryAfterMs?: number } {
  const value = header('retry-after');
  if (value === undefined) return {};
  const sentAt = new Date(header('date') ?? Number.NaN);
  return { retryAfterMs: retryAfterMs(value, Number.isNaN(sentAt.getTime()) ? systemClock.now() : sentAt) };
}

/** The service nests its reasons: `error.code`, `subCode`, an inner error, even JSON inside a message. */
const reasonKeys = ['code', 'errorCode', 'subCode'];
const innerKeys = ['error', 'innererror', 'innerError', 'innerHttpError', 'message'];
const deepest = 4;

/** From the outermost to the innermost. A code is one word: free text of the service goes nowhere. */
function codesOf(body: unknown, depth = 0): readonly string[] {
  if (depth > deepest) return [];
  const value = typeof body === 'string' ? parsed(body) : body;
  const own = reasonKeys.map((key) => read(value, key)).filter((code) => isCode(code));
  return [...own, ...innerKeys.flatMap((key) => codesOf(read(value, key), depth + 1))];
}

function isCode(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_]{1,60}$/.test(value);
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string' || text.length > 65_536) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function read(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function isNetworkTrouble(error: unknown): boolean {
  return (
    error instanceof Error && ['HttpFailure', 'RestError', 'IdentityError', 'AbortError'].includes(error.name)
  );
}
