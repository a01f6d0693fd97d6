import {
  LogLevel,
  type INetworkModule,
  type NetworkRequestOptions,
  type NetworkResponse,
} from '@azure/msal-node';
import * as z from 'zod';
import { isOnHost } from './authority.ts';
import { IdentityError } from './errors.ts';
import { callHttp, jsonOf, retryAfterMs, type HttpAnswer } from '../platform/http.ts';

export interface MsalNetworkOptions {
  readonly timeoutMs: number;
  /** Nothing is sent to another host, whatever Entra's metadata say; undefined for the platform's managed identity. */
  readonly authorityHost?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** What Entra said when it refused, read off the wire: MSAL's errors drop the status, Retry-After and at times the claims. */
export interface EntraRefusal {
  readonly status: number;
  readonly error?: string | undefined;
  readonly aadsts: readonly number[];
  readonly suberror?: string | undefined;
  /** Claims challenge: stays on the server, only a sign-in may carry it. */
  readonly claims?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

export interface MsalNetwork {
  readonly module: INetworkModule;
  lastRefusal(): EntraRefusal | undefined;
  /** A request that was not made; MSAL's own error does not tell. */
  foreignAddress(): IdentityError | undefined;
}

/** MSAL's log lines name users and endpoints and would go to the console. */
export const SILENT_LOGGER = {
  loggerCallback: (): void => undefined,
  piiLoggingEnabled: false,
  logLevel: LogLevel.Error,
};

const ErrorBody = z.object({
  error: z.string().max(200).optional().catch(undefined),
  error_codes: z.array(z.number().int()).max(20).catch([]),
  suberror: z.string().max(200).optional().catch(undefined),
  claims: z.string().max(16_384).optional().catch(undefined),
});

/** MSAL's own client has no time limit: a hanging authority would hold a turn for ever. */
export function createMsalNetwork(options: MsalNetworkOptions): MsalNetwork {
  let refusal: EntraRefusal | undefined;
  let foreign: IdentityError | undefined;

  const send = async <T>(
    url: string,
    method: string,
    request?: NetworkRequestOptions,
  ): Promise<NetworkResponse<T>> => {
    const { authorityHost } = options;
    if (authorityHost !== undefined && !isOnHost(url, authorityHost))
      throw (foreign = new IdentityError('foreign-address'));
    const answer = await callHttp({
      ...options,
      url,
      method,
      headers: request?.headers ?? {},
      body: request?.body,
    });
    const body = jsonOf(answer);
    if (answer.status !== 200) refusal = refusalOf(answer, body);
    // MSAL writes into the body and dies of a TypeError on a page of a proxy.
    if (typeof body !== 'object' || body === null) throw new Error('answer is not a JSON object');
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: body as T };
  };

  return {
    module: {
      sendGetRequestAsync: (url, request) => send(url, 'GET', request),
      sendPostRequestAsync: (url, request) => send(url, 'POST', request),
    },
    lastRefusal: () => refusal,
    foreignAddress: () => foreign,
  };
}

function refusalOf({ status, headers }: HttpAnswer, body: unknown): EntraRefusal {
  const { error, error_codes = [], suberror, claims } = ErrorBody.safeParse(body).data ?? {};
  const wait = headers.get('retry-after');
  const told = status === 429 || wait !== null;
  const delay = told ? retryAfterMs(wait, new Date()) : undefined;
  return { status, error, aadsts: error_codes, suberror, claims, retryAfterMs: delay };
}
