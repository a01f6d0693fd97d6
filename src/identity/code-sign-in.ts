import { createHash } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import * as z from 'zod';
import { systemClock, type Clock } from '../platform/clock.ts';
import { isOnHost, issuerOf, sameId } from './authority.ts';
import type { CredentialSource } from './credential.ts';
import { IdentityError } from './errors.ts';
import { createMsalNetwork } from './msal-network.ts';
import { type OnBehalfOfProblem, problemOf } from './on-behalf-of-problem.ts';
import { checkedToken, problemOfAnswer } from './on-behalf-of.ts';
import { keyResolver, SIGNATURE_ALGORITHMS, UnknownKey } from './signing-keys.ts';
import { createTenantKeys } from './tenant-keys.ts';
import { createApplication, requestToken } from './token-request.ts';

export interface CodeSignInOptions {
  readonly authorityHost: string;
  readonly clientId: string;
  readonly credential: CredentialSource;
  readonly defenderResource: string;
  /** Registered in Entra as a redirect of type Web; the only one that is ever asked for. */
  readonly redirectUri: string;
  readonly timeoutMs: number;
  readonly fetch?: typeof fetch | undefined;
  readonly clock?: Clock | undefined;
}

/** Who is expected, and the secrets of this one sign-in. */
export interface SignInRequest {
  readonly tenantId: string;
  readonly objectId: string;
  readonly verifier: string;
  readonly nonce: string;
  readonly claims?: string | undefined;
}

export type CodeSignInProblem = OnBehalfOfProblem | { readonly kind: 'wrong-account' };

export type CodeSignInOutcome =
  | {
      readonly ok: true;
      readonly token: string;
      readonly scopes: readonly string[];
      readonly upn?: string | undefined;
      readonly expiresAt: Date;
    }
  | { readonly ok: false; readonly problem: CodeSignInProblem };

/** Authorization code flow with proof key, for a Defender token that an extra sign-in step was made for. */
export interface CodeSignIn {
  /** Where the person signs in. Throws IdentityError when Entra cannot be asked for its addresses. */
  authorizationUrl(request: SignInRequest & { readonly state: string }): Promise<string>;
  /** Never throws for trouble with tokens. The code is worth nothing afterwards. */
  redeem(request: SignInRequest & { readonly code: string }): Promise<CodeSignInOutcome>;
}

const CLOCK_TOLERANCE_SECONDS = 300;

const IdTokenClaims = z.object({ oid: z.string(), tid: z.string(), nonce: z.string() });

export function createCodeSignIn(options: CodeSignInOptions): CodeSignIn {
  const scopes = [`${options.defenderResource}/.default`];
  const { redirectUri } = options;
  const belongsTo = createIdTokenCheck(options);

  return {
    authorizationUrl: async ({ tenantId, state, verifier, nonce, claims }) => {
      const network = createMsalNetwork(options);
      try {
        const app = await createApplication(options, tenantId, network);
        const url = await app.getAuthCodeUrl({
          scopes,
          redirectUri,
          state,
          nonce,
          // A browser signed in with another account only would bring that one, again and again.
          prompt: 'select_account',
          codeChallenge: createHash('sha256').update(verifier).digest('base64url'),
          codeChallengeMethod: 'S256',
          ...(claims === undefined ? {} : { claims }),
        });
        // People are sent nowhere but to Entra.
        if (isOnHost(url, options.authorityHost)) return url;
      } catch (error) {
        if (error instanceof IdentityError) throw error;
        throw network.foreignAddress() ?? new IdentityError('authority-unavailable');
      }
      throw new IdentityError('foreign-address');
    },
    redeem: async ({ code, ...request }) => {
      const { tenantId, verifier, nonce, claims } = request;
      const answer = await requestToken(options, tenantId, (app) =>
        app.acquireTokenByCode({
          scopes,
          redirectUri,
          code,
          nonce,
          codeVerifier: verifier,
          ...(claims === undefined ? {} : { claims }),
        }),
      );
      if (answer.kind === 'refused') return { ok: false, problem: problemOf(answer.refusal, true) };
      if (answer.kind !== 'token') return { ok: false, problem: problemOfAnswer(answer) };
      try {
        if (!(await belongsTo(answer.result.idToken, request))) return wrongAccount;
      } catch (error) {
        if (error instanceof IdentityError) return { ok: false, problem: { kind: 'unavailable' } };
        throw error;
      }
      const token = checkedToken(answer.result, options.defenderResource);
      if (!token.ok) return token;
      if (token.objectId !== undefined && !sameId(token.objectId, request.objectId)) return wrongAccount;
      const { token: value, scopes: granted, upn, expiresAt } = token;
      return { ok: true, token: value, scopes: granted, upn, expiresAt };
    },
  };
}

const wrongAccount: CodeSignInOutcome = { ok: false, problem: { kind: 'wrong-account' } };

/**
 * The id token came straight from Entra, but it decides under whose name Defender is called: it is verified like any
 * other. Throws IdentityError when the keys cannot be had.
 */
function createIdTokenCheck(options: CodeSignInOptions) {
  const clock = options.clock ?? systemClock;
  const keysOfTenant = createTenantKeys(options);
  return async (idToken: string, { tenantId, objectId, nonce }: SignInRequest): Promise<boolean> => {
    try {
      const { payload } = await jwtVerify(idToken, keyResolver(keysOfTenant(tenantId)), {
        algorithms: SIGNATURE_ALGORITHMS,
        audience: options.clientId,
        issuer: issuerOf(options.authorityHost, tenantId),
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: clock.now(),
        requiredClaims: ['exp'],
      });
      const claims = IdTokenClaims.safeParse(payload).data;
      if (claims === undefined) return false;
      return sameId(claims.oid, objectId) && sameId(claims.tid, tenantId) && claims.nonce === nonce;
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof UnknownKey) return false;
      throw error;
    }
  };
}
