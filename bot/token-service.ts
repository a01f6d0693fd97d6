import * as z from 'zod';
import { IdentityError } from '../src/identity/errors.ts';
import type { UserTokens } from '../src/identity/ports.ts';
import { systemClock, type Clock } from '../src/platform/clock.ts';
import { callHttp, jsonOf, retryAfterMs, type HttpAnswer } from '../src/platform/http.ts';

export interface TokenServiceOptions {
  readonly baseUrl: string;
  /** The Azure Bot OAuth connection whose scope is the bot's own `access_as_user`. */
  readonly connectionName: string;
  readonly appId: string;
  readonly appToken: (signal?: AbortSignal) => Promise<string>;
  readonly fetch?: typeof fetch | undefined;
  readonly clock?: Clock | undefined;
  readonly timeoutMs: number;
}

/** The conversation a sign-in starts from, with the names of a Bot Framework conversation reference. */
export interface SignInConversation {
  readonly activityId?: string | undefined;
  readonly user: {
    readonly id: string;
    readonly name?: string | undefined;
    readonly aadObjectId?: string | undefined;
  };
  readonly bot: { readonly id: string; readonly name?: string | undefined };
  readonly conversation: {
    readonly id: string;
    readonly conversationType?: string | undefined;
    readonly tenantId?: string | undefined;
    readonly isGroup?: boolean | undefined;
    readonly name?: string | undefined;
  };
  readonly serviceUrl: string;
  readonly locale?: string | undefined;
}

export interface SignInResource {
  readonly signInLink: string;
  /** What Teams needs for silent sign-in; absent when the connection has no token exchange URL. */
  readonly tokenExchangeResource?:
    { readonly id: string; readonly uri: string; readonly providerId?: string | undefined } | undefined;
}

export type ExchangeOutcome =
  | { readonly ok: true; readonly token: string }
  /** Consent or a sign-in of the person is missing: the button has to follow. */
  | { readonly ok: false; readonly reason: 'not-exchangeable' };

interface PersonCall {
  readonly userId: string;
  readonly signal?: AbortSignal | undefined;
}

/** The Bot Framework token service, which keeps people's sign-ins. Failures throw IdentityError `token-service-…`. */
export interface TokenService extends UserTokens {
  /** `code` is the six digits of a sign-in by button; a wrong one gives undefined. */
  getToken(call: PersonCall & { readonly code?: string }): Promise<{ readonly token: string } | undefined>;
  exchange(call: PersonCall & { readonly token: string }): Promise<ExchangeOutcome>;
  signInResource(conversation: SignInConversation, signal?: AbortSignal): Promise<SignInResource>;
  signOut(call: PersonCall): Promise<void>;
}

const CHANNEL_ID = 'msteams';

const TokenResponse = z.object({ token: z.string().min(1) });
const SignInResponse = z.object({
  signInLink: z.url(),
  tokenExchangeResource: z
    .object({ id: z.string(), uri: z.string(), providerId: z.string().nullish() })
    .nullish()
    .catch(undefined),
});

/**
 * A small client of our own: the SDK's one tries again for seconds and waits without limit, while a click must
 * be answered within five. It keeps to the SDK's paths, parameters and bodies.
 */
export function createTokenService(options: TokenServiceOptions): TokenService {
  const send = createSender(options);
  const person = (userId: string): Record<string, string> => ({
    userId,
    connectionName: options.connectionName,
    channelId: CHANNEL_ID,
  });

  const signOut: TokenService['signOut'] = async ({ userId, signal }) => {
    const query = person(userId);
    const answer = await send({ method: 'DELETE', path: 'api/usertoken/SignOut', query, signal });
    // Who has no sign-in is signed out already.
    if (answer.status !== 404) accepted(answer);
  };

  const getToken: TokenService['getToken'] = async ({ userId, code, signal }) => {
    const query = { ...person(userId), ...(code === undefined ? {} : { code }) };
    const answer = await send({ method: 'GET', path: 'api/usertoken/GetToken', query, signal });
    if (isRefusedToPerson(answer)) return undefined;
    return TokenResponse.safeParse(readable(answer)).data;
  };

  return {
    getToken,
    getUserToken: async ({ teamsId }, { signal } = {}) =>
      (await getToken({ userId: teamsId, signal }))?.token,
    exchange: async ({ userId, token, signal }) => {
      const body = JSON.stringify({ token });
      const path = 'api/usertoken/exchange';
      const answer = await send({ method: 'POST', path, query: person(userId), body, signal });
      const exchanged = isRefusedToPerson(answer) ? undefined : TokenResponse.safeParse(readable(answer));
      if (exchanged?.success !== true) return { ok: false, reason: 'not-exchangeable' };
      return { ok: true, token: exchanged.data.token };
    },
    signInResource: async (conversation, signal) => {
      const query = { state: signInState(options, conversation) };
      const answer = await send({ method: 'GET', path: 'api/botsignin/GetSignInResource', query, signal });
      const resource = SignInResponse.safeParse(jsonOf(accepted(answer))).data;
      if (resource === undefined)
        throw new IdentityError('token-service-unavailable', { detail: 'unreadable' });
      return { signInLink: resource.signInLink, tokenExchangeResource: exchangeResourceOf(resource) };
    },
    signOut,
    dropUserToken: ({ teamsId }) => signOut({ userId: teamsId }),
  };
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

function createSender(options: TokenServiceOptions): (call: Call) => Promise<HttpAnswer> {
  const base = options.baseUrl.replace(/\/+$/, '');
  const clock = options.clock ?? systemClock;
  return async ({ method, path, query, body, signal }) => {
    // One limit for the bot's own token and the call together.
    const deadline = AbortSignal.timeout(options.timeoutMs);
    const limit = signal ? AbortSignal.any([signal, deadline]) : deadline;
    const headers: Record<string, string> = {
      authorization: `Bearer ${await options.appToken(limit)}`,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    };
    const url = `${base}/${path}?${new URLSearchParams(query).toString()}`;
    const { fetch, timeoutMs } = options;
    try {
      const answer = await callHttp({ url, method, headers, body, signal: limit, timeoutMs, fetch });
      if (answer.status !== 429) return answer;
      const wait = retryAfterMs(answer.headers.get('retry-after'), clock.now());
      throw new IdentityError('token-service-throttled', { retryAfterMs: wait });
    } catch (error) {
      if (error instanceof IdentityError) throw error;
      throw new IdentityError('token-service-unavailable', { cause: error });
    }
  };
}

/** The service's ways of saying that this person has no such token or code, or must consent first. */
function isRefusedToPerson({ status }: HttpAnswer): boolean {
  return status === 400 || status === 404 || status === 412;
}

function accepted(answer: HttpAnswer): HttpAnswer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  const code = answer.status >= 500 ? 'token-service-unavailable' : 'token-service-refused';
  throw new IdentityError(code, { detail: `HTTP ${answer.status}` });
}

/**
 * An empty 200 has been seen for "no token". One that cannot be read says nothing about the person, who must not be asked
 * to sign in for it.
 */
function readable(answer: HttpAnswer): unknown {
  const content = jsonOf(accepted(answer));
  if (content === undefined && answer.text !== '')
    throw new IdentityError('token-service-unavailable', { detail: 'unreadable' });
  return content;
}

/** The service reads this back when the sign-in ends, to know which bot and connection it was for. */
function signInState(options: TokenServiceOptions, facts: SignInConversation): string {
  const { activityId, user, bot, conversation, serviceUrl, locale } = facts;
  const reference = { activityId, bot, channelId: CHANNEL_ID, conversation, locale, serviceUrl, user };
  const state = { connectionName: options.connectionName, conversation: reference, msAppId: options.appId };
  return Buffer.from(JSON.stringify(state)).toString('base64');
}

function exchangeResourceOf(
  resource: z.infer<typeof SignInResponse>,
): SignInResource['tokenExchangeResource'] {
  if (!resource.tokenExchangeResource) return undefined;
  const { id, uri, providerId } = resource.tokenExchangeResource;
  return { id, uri, providerId: providerId ?? undefined };
}
