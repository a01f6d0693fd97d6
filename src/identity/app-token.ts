import { systemClock, type Clock } from '../platform/clock.ts';
import type { CredentialSource } from './credential.ts';
import { IdentityError } from './errors.ts';
import { requestToken, type TokenAnswer } from './token-request.ts';

export interface AppTokenSourceOptions {
  readonly authorityHost: string;
  readonly clientId: string;
  readonly homeTenantId: string;
  readonly credential: CredentialSource;
  readonly timeoutMs: number;
  readonly fetch?: typeof fetch | undefined;
  readonly clock?: Clock | undefined;
}

export interface AppTokenRequest {
  /** The bot's home tenant unless told otherwise. */
  readonly tenantId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Tokens of the bot itself (client credentials). */
export interface AppTokenSource {
  /** `scope` is `<resource>/.default`. Throws IdentityError `app-token-…`. */
  acquire(scope: string, request?: AppTokenRequest): Promise<string>;
}

interface Entry {
  token?: { readonly value: string; readonly expiresAt: number };
  failure?: { readonly error: IdentityError; readonly until: number };
  inFlight?: Promise<string>;
}

/** A token is renewed this long before it ends. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** When renewal fails, the old token serves on until this long before its end. */
const USABLE_BEFORE_MS = 60_000;
/** A failure is remembered this long, so that a burst of jobs makes one request, not a hundred. */
const FAILURE_MS = 2_000;

export function createAppTokenSource(options: AppTokenSourceOptions): AppTokenSource {
  const clock = options.clock ?? systemClock;
  // Bounded: a few scopes for each allow-listed tenant.
  const entries = new Map<string, Entry>();

  const renew = async (entry: Entry, scope: string, tenantId: string): Promise<string> => {
    // No caller's signal: several may wait for this one request.
    const answer = await requestToken(options, tenantId, (app) =>
      app.acquireTokenByClientCredential({ scopes: [scope], skipCache: true }),
    );
    const now = clock.now().getTime();
    if (answer.kind === 'token' && answer.result.expiresOn !== null) {
      const value = answer.result.accessToken;
      entry.token = { value, expiresAt: answer.result.expiresOn.getTime() };
      delete entry.failure;
      return value;
    }
    const error = errorOf(answer);
    entry.failure = { error, until: now + FAILURE_MS };
    if (entry.token !== undefined && entry.token.expiresAt - now > USABLE_BEFORE_MS) return entry.token.value;
    throw error;
  };

  return {
    acquire: async (scope, request = {}) => {
      const tenantId = request.tenantId ?? options.homeTenantId;
      const key = `${tenantId.toLowerCase()} ${scope}`;
      const entry = entries.get(key) ?? {};
      entries.set(key, entry);
      const ready = readyToken(entry, clock.now().getTime());
      if (ready !== undefined) return ready;
      entry.inFlight ??= renew(entry, scope, tenantId).finally(() => delete entry.inFlight);
      return abortable(entry.inFlight, request.signal);
    },
  };
}

function readyToken(entry: Entry, now: number): string | undefined {
  const left = entry.token === undefined ? 0 : entry.token.expiresAt - now;
  if (left > RENEW_BEFORE_MS) return entry.token?.value;
  if (entry.failure === undefined || entry.failure.until <= now) return undefined;
  if (left > USABLE_BEFORE_MS) return entry.token?.value;
  throw entry.failure.error;
}

function errorOf(answer: TokenAnswer): IdentityError {
  switch (answer.kind) {
    case 'no-credential':
      return answer.error;
    case 'refused': {
      const { status, aadsts, retryAfterMs } = answer.refusal;
      const detail = aadsts.length > 0 ? `AADSTS${String(aadsts[0])}` : `HTTP ${status}`;
      const code = status === 429 || status >= 500 ? 'app-token-unavailable' : 'app-token-refused';
      return new IdentityError(code, { detail, retryAfterMs });
    }
    case 'token':
      return new IdentityError('app-token-unavailable', { detail: 'no expiry' });
    case 'no-answer':
      return new IdentityError('app-token-unavailable', { cause: answer.error });
  }
}

/** One caller gives up waiting; the request goes on for the others. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const giveUp = (): void => reject(new IdentityError('app-token-unavailable', { detail: 'cancelled' }));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
