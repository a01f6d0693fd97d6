import { createHash, randomBytes } from 'node:crypto';
import type { TokenError } from './aadsts.ts';
import { tokenErrors } from './aadsts.ts';
import { botAppId } from './world.ts';
import type { Issued } from './issued.ts';
import type { Person } from './world.ts';

/** What the bot asked a person's browser to bring to the authorize endpoint. */
export interface AuthorizationRequest {
  readonly tenant: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string | undefined;
  readonly challenge: string;
  readonly scopes: readonly string[];
  /** The person has to make an extra step, as Conditional Access would have it. */
  readonly extraStep: boolean;
}

export interface AuthorizationCodes {
  /** Redirects of the bot's registration, all of type Web. */
  register(redirectUri: string): void;
  /** Undefined when the request cannot be answered by a redirect: it names another application, or another place. */
  read(tenant: string, query: URLSearchParams): AuthorizationRequest | undefined;
  issue(request: AuthorizationRequest, person: Person): string;
  redeem(tenant: string, form: URLSearchParams): Redeemed | TokenError;
}

interface Redeemed {
  readonly person: Person;
  readonly request: AuthorizationRequest;
}

/** As Entra's. */
const lifetimeMs = 10 * 60_000;

export function createAuthorizationCodes(now: () => number, issued?: Issued): AuthorizationCodes {
  const redirects = new Set<string>();
  const open = new Map<string, Redeemed & { readonly at: number; used: boolean }>();
  return {
    register: (redirectUri) => redirects.add(redirectUri),
    read: (tenant, query) => {
      const redirectUri = query.get('redirect_uri') ?? '';
      const isOurs = query.get('client_id') === botAppId && query.get('response_type') === 'code';
      const challenge = query.get('code_challenge');
      if (!isOurs || !redirects.has(redirectUri)) return undefined;
      // A public client could do without; the bot has no reason to.
      if (challenge === null || query.get('code_challenge_method') !== 'S256') return undefined;
      const state = query.get('state') ?? '';
      issued?.add('sign-in state', state);
      return {
        tenant,
        redirectUri,
        challenge,
        state,
        nonce: query.get('nonce') ?? undefined,
        scopes: (query.get('scope') ?? '').split(' '),
        extraStep: (query.get('claims') ?? '').includes('access_token'),
      };
    },
    issue: (request, person) => {
      const code = `1.${randomBytes(48).toString('base64url')}`;
      open.set(code, { person, request, at: now(), used: false });
      issued?.add('authorization code', code);
      return code;
    },
    redeem: (tenant, form) => {
      issued?.add('proof key', form.get('code_verifier') ?? '');
      const found = open.get(form.get('code') ?? '');
      if (found === undefined || found.request.tenant !== tenant) return tokenErrors.badCode;
      if (found.used) return tokenErrors.usedCode;
      // Whatever is wrong with the rest: a code is shown once.
      found.used = true;
      if (now() - found.at > lifetimeMs) return tokenErrors.expiredCode;
      if (form.get('redirect_uri') !== found.request.redirectUri) return tokenErrors.otherRedirect;
      return challengeOf(form.get('code_verifier')) === found.request.challenge
        ? found
        : tokenErrors.wrongVerifier;
    },
  };
}

function challengeOf(verifier: string | null): string {
  return createHash('sha256')
    .update(verifier ?? '')
    .digest('base64url');
}
