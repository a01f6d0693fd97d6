import type { AuthenticationResult } from '@azure/msal-node';
import { decodeJwt } from 'jose';
import * as z from 'zod';
import type { CredentialSource } from './credential.ts';
import { problemOf, type DefenderPermission, type OnBehalfOfProblem } from './on-behalf-of-problem.ts';
import { requestToken, type TokenAnswer } from './token-request.ts';

export interface OnBehalfOfOptions {
  readonly authorityHost: string;
  readonly clientId: string;
  readonly credential: CredentialSource;
  /** Audience of the token; every delegated permission that an admin consented to is asked for. */
  readonly defenderResource: string;
  readonly timeoutMs: number;
  readonly fetch?: typeof fetch | undefined;
}

export interface OnBehalfOfRequest {
  /** The person's own token for this bot, already verified to be theirs. */
  readonly assertion: string;
  readonly tenantId: string;
  readonly signal?: AbortSignal | undefined;
}

export interface DefenderToken {
  readonly token: string;
  readonly scopes: readonly string[];
  /** As Defender will name the person in `requestor`. */
  readonly upn?: string | undefined;
  readonly objectId?: string | undefined;
  readonly expiresAt: Date;
}

export type OnBehalfOfOutcome =
  ({ readonly ok: true } & DefenderToken) | { readonly ok: false; readonly problem: OnBehalfOfProblem };

export interface OnBehalfOf {
  acquire(request: OnBehalfOfRequest): Promise<OnBehalfOfOutcome>;
}

const NEEDED: readonly DefenderPermission[] = ['Machine.RestrictExecution', 'Machine.Read'];

/** Exchanges a person's sign-in for their delegated Defender token. Keeps nothing: every call asks Entra anew. */
export function createOnBehalfOf(options: OnBehalfOfOptions): OnBehalfOf {
  const scopes = [`${options.defenderResource}/.default`];
  return {
    acquire: async ({ assertion, tenantId, signal }) => {
      const answer = await requestToken(
        options,
        tenantId,
        (app) => app.acquireTokenOnBehalfOf({ oboAssertion: assertion, scopes, skipCache: true }),
        signal,
      );
      if (answer.kind !== 'token') return { ok: false, problem: problemOfAnswer(answer) };
      return checkedToken(answer.result, options.defenderResource);
    },
  };
}

export function problemOfAnswer(answer: Exclude<TokenAnswer, { kind: 'token' }>): OnBehalfOfProblem {
  switch (answer.kind) {
    case 'refused':
      return problemOf(answer.refusal);
    case 'no-credential':
      return { kind: answer.error.retrySafe ? 'unavailable' : 'bot-credential' };
    case 'no-answer':
      return { kind: 'unavailable' };
  }
}

const optionalText = z.string().min(1).optional().catch(undefined);
const AccessTokenClaims = z.object({
  scp: optionalText,
  oid: optionalText,
  upn: optionalText,
  unique_name: optionalText,
  preferred_username: optionalText,
});

/** A token that lacks a needed permission is a problem, not a token. */
export function checkedToken(result: AuthenticationResult, resource: string): OnBehalfOfOutcome {
  const claims = claimsOf(result.accessToken);
  const scopes = claims.scp?.split(' ') ?? result.scopes.map((scope) => withoutResource(scope, resource));
  const permission = NEEDED.find((needed) => !scopes.includes(needed));
  if (permission !== undefined) return { ok: false, problem: { kind: 'missing-scope', permission } };
  if (result.expiresOn === null) return { ok: false, problem: { kind: 'unavailable' } };
  return {
    ok: true,
    token: result.accessToken,
    scopes,
    upn: claims.upn ?? claims.unique_name ?? claims.preferred_username,
    objectId: claims.oid,
    expiresAt: result.expiresOn,
  };
}

/** A token for somebody else's API is opaque by right, so one that cannot be read is no fault. */
function claimsOf(token: string): z.infer<typeof AccessTokenClaims> {
  try {
    return AccessTokenClaims.parse(decodeJwt(token));
  } catch {
    return {};
  }
}

function withoutResource(scope: string, resource: string): string {
  const prefix = `${resource.replace(/\/+$/, '')}/`;
  return scope.startsWith(prefix) ? scope.slice(prefix.length) : scope;
}
