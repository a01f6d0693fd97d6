import type { ConnectorClientOptions } from 'botframework-connector';
import { callHttp } from '../src/platform/http.ts';
import { asTeamsWants } from './alone.ts';

export interface ConnectorHttpOptions {
  readonly timeoutMs: number;
  readonly fetch?: typeof fetch | undefined;
}

export type ConnectorHttpClient = NonNullable<ConnectorClientOptions['httpClient']>;

/** Members pages are the largest answers, some hundred kB. */
const MAX_ANSWER_BYTES = 4_194_304;
/** fetch computes these itself and refuses contradictions. */
const OWN_HEADERS = new Set(['content-length', 'host', 'connection', 'transfer-encoding', 'accept-encoding']);

/** `httpClient` is the only option of the connector that is honoured; its default one waits without limit. */
export function createConnectorHttpClient(options: ConnectorHttpOptions): ConnectorHttpClient {
  return {
    sendRequest: async (request) => {
      const sent = Object.entries(request.headers.toJson({ preserveCase: true }));
      const headers = Object.fromEntries(sent.filter(([name]) => !OWN_HEADERS.has(name.toLowerCase())));
      const answer = await callHttp({
        ...asTeamsWants({ url: request.url, headers, body: textOf(request.body) }),
        method: request.method,
        timeoutMs: options.timeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
        signal: request.abortSignal instanceof AbortSignal ? request.abortSignal : undefined,
        fetch: options.fetch,
      });
      // The SDK's header class is not exported: an emptied copy of the request's headers is one.
      const answered = request.headers.clone();
      answered.headerNames().forEach((name) => answered.remove(name));
      answer.headers.forEach((value, name) => answered.set(name, value));
      return { request, status: answer.status, headers: answered, bodyAsText: answer.text };
    },
  };
}

function textOf(body: unknown): string | undefined {
  if (body === undefined || body === null || typeof body === 'string') return body ?? undefined;
  throw new TypeError('Only text bodies are sent to the connector.');
}
