import { z } from 'zod';
import { retryAfterMs } from '../src/platform/http.ts';
import { systemClock } from '../src/platform/clock.ts';
import { ChatError } from '../src/jobs/ports.ts';

const RestError = z.object({ statusCode: z.number() });

/**
 * Microsoft's table of connector errors: 412, 429 and 502–504 come again, 403 and 404 mean that the message, the
 * conversation or the bot's membership is gone. No answer at all comes again too.
 */
export function toChatError(error: unknown): unknown {
  if (error instanceof ChatError) return error;
  const rest = RestError.safeParse(error);
  if (!rest.success) return isNetworkTrouble(error) ? new ChatError('later') : error;
  const status = rest.data.statusCode;
  if (status === 403 || status === 404) return new ChatError('gone', { status });
  if (status === 412 || status === 429 || status === 408 || status >= 500) {
    const header = retryAfterHeader(error);
    return new ChatError('later', {
      status,
      ...(status === 429 ? { retryAfterMs: retryAfterMs(header, systemClock.now()) } : {}),
    });
  }
  return new ChatError('refused', { status });
}

function retryAfterHeader(error: unknown): string | undefined {
  const response: unknown = error instanceof Error ? Reflect.get(error, 'response') : undefined;
  const headers: unknown =
    typeof response === 'object' && response !== null ? Reflect.get(response, 'headers') : undefined;
  if (typeof headers !== 'object' || headers === null) return undefined;
  const get: unknown = Reflect.get(headers, 'get');
  const value: unknown = typeof get === 'function' ? Reflect.apply(get, headers, ['retry-after']) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function isNetworkTrouble(error: unknown): boolean {
  return (
    error instanceof Error && ['HttpFailure', 'RestError', 'IdentityError', 'AbortError'].includes(error.name)
  );
}
