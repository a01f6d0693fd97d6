/** One bounded HTTP call: a time limit, a size limit and no redirects, since most calls carry a token. */
export interface HttpCall {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly timeoutMs: number;
  /** Bytes of the answer that are read at most; 1 MiB unless told otherwise. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
  readonly fetch?: typeof fetch | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export type HttpFailureCode = 'timed-out' | 'cancelled' | 'too-large' | 'not-reached';

/** No complete answer arrived. The message is fixed, because that of the cause may quote an address or a header. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly code: HttpFailureCode;

  constructor(code: HttpFailureCode, cause?: unknown) {
    super(`HTTP call failed: ${code}`, { cause });
    this.code = code;
  }
}

const DEFAULT_MAX_BYTES = 1_048_576;

export async function callHttp(call: HttpCall): Promise<HttpAnswer> {
  const timeout = AbortSignal.timeout(call.timeoutMs);
  const signal = call.signal ? AbortSignal.any([call.signal, timeout]) : timeout;
  try {
    const response = await (call.fetch ?? fetch)(call.url, {
      method: call.method ?? 'GET',
      headers: { ...call.headers },
      redirect: 'error',
      signal,
      ...(call.body === undefined ? {} : { body: call.body }),
    });
    const text = await readBounded(response, call.maxBytes ?? DEFAULT_MAX_BYTES);
    return { status: response.status, headers: response.headers, text };
  } catch (error) {
    if (error instanceof HttpFailure) throw error;
    if (call.signal?.aborted === true) throw new HttpFailure('cancelled', error);
    throw new HttpFailure(timeout.aborted ? 'timed-out' : 'not-reached', error);
  }
}

/** The body as JSON, or undefined when it is none: what to do then is the caller's rule. */
export function jsonOf(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    return undefined;
  }
}

const DEFAULT_RETRY_AFTER_MS = 60_000;
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Retry-After as milliseconds (RFC 9110: seconds or a date), between 1 s and 1 h; a minute when absent. */
export function retryAfterMs(value: string | null | undefined, now: Date): number {
  if (value === null || value === undefined || value.trim() === '') return DEFAULT_RETRY_AFTER_MS;
  const wait = /^\s*\d{1,9}\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime();
  if (Number.isNaN(wait)) return DEFAULT_RETRY_AFTER_MS;
  return Math.min(Math.max(wait, 1000), MAX_RETRY_AFTER_MS);
}

async function readBounded(response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream, so nothing more is downloaded.
    if (size > maxBytes) throw new HttpFailure('too-large');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
