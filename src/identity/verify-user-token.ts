import { decodeJwt, errors, jwtVerify } from 'jose';
import * as z from 'zod';
import { systemClock, type Clock } from '../platform/clock.ts';
import { issuerOf, sameId } from './authority.ts';
import { IdentityError } from './errors.ts';
import { keyResolver, SIGNATURE_ALGORITHMS } from './signing-keys.ts';
import { createTenantKeys } from './tenant-keys.ts';

export interface UserTokenVerifierOptions {
  readonly authorityHost: string;
  readonly appId: string;
  readonly allowedTenants: readonly string[];
  readonly fetch?: typeof fetch | undefined;
  readonly clock?: Clock | undefined;
}

/** Who must be the holder of the token: the clicker as the authenticated channel names them. */
export interface ExpectedPerson {
  readonly tenantId: string;
  readonly objectId: string;
}

export interface VerifiedUser {
  readonly objectId: string;
  readonly tenantId: string;
  readonly upn?: string | undefined;
  readonly name?: string | undefined;
}

export type UserTokenVerdict =
  | { readonly ok: true; readonly user: VerifiedUser; readonly expiresAt: Date }
  | { readonly ok: false; readonly reason: 'expired' | 'wrong-person' | 'wrong-tenant' | 'invalid' };

export interface UserTokenVerifier {
  /** Throws IdentityError `keys-unavailable`; everything wrong with the token itself is a verdict. */
  verify(token: string, expected: ExpectedPerson): Promise<UserTokenVerdict>;
}

/** As for the channel's tokens: this host's clock may be wrong. Whoever comes with an older token meets Entra, which is right. */
const CLOCK_TOLERANCE_SECONDS = 300;
/** Entra keeps tokens far smaller (groups overflow at 200); a longer one is not worth parsing. */
const MAX_TOKEN_LENGTH = 32_768;

const Claims = z.object({
  exp: z.number(),
  iss: z.string(),
  tid: z.string(),
  oid: z.string(),
  scp: z.string(),
  idtyp: z.string().optional(),
  upn: z.string().optional().catch(undefined),
  preferred_username: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
});
type Claims = z.infer<typeof Claims>;

/**
 * Verifies the token that is to be the assertion of on-behalf-of. Entra checks it again, but only this check
 * ties it to the person who pressed the button.
 */
export function createUserTokenVerifier(options: UserTokenVerifierOptions): UserTokenVerifier {
  const clock = options.clock ?? systemClock;
  const allowed = new Set(options.allowedTenants.map((tenant) => tenant.toLowerCase()));
  const keysOfTenant = createTenantKeys(options);

  return {
    verify: async (token, expected) => {
      if (!allowed.has(expected.tenantId.toLowerCase())) return refused('wrong-tenant');
      if (token.length > MAX_TOKEN_LENGTH) return refused('invalid');
      try {
        const { payload } = await jwtVerify(token, keyResolver(keysOfTenant(expected.tenantId)), {
          algorithms: SIGNATURE_ALGORITHMS,
          audience: [options.appId, `api://botid-${options.appId}`],
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: clock.now(),
          requiredClaims: ['exp', 'iss'],
        });
        const claims = Claims.safeParse(payload);
        return claims.success ? judge(claims.data, expected, options.authorityHost) : refused('invalid');
      } catch (error) {
        if (error instanceof IdentityError) throw error;
        if (error instanceof errors.JWTExpired) return refused('expired');
        return refused(namesOtherTenant(token, expected) ? 'wrong-tenant' : 'invalid');
      }
    },
  };
}

function judge(claims: Claims, expected: ExpectedPerson, authorityHost: string): UserTokenVerdict {
  if (!sameId(claims.tid, expected.tenantId)) return refused('wrong-tenant');
  if (claims.iss !== issuerOf(authorityHost, expected.tenantId)) return refused('invalid');
  if (claims.idtyp?.toLowerCase() === 'app') return refused('invalid');
  if (!claims.scp.split(' ').includes('access_as_user')) return refused('invalid');
  if (!sameId(claims.oid, expected.objectId)) return refused('wrong-person');
  const { oid, tid, name } = claims;
  const user = { objectId: oid, tenantId: tid, upn: claims.upn ?? claims.preferred_username, name };
  return { ok: true, user, expiresAt: new Date(claims.exp * 1000) };
}

/** Unverified, so it only chooses between two refusals: "other organisation" helps a person, "invalid" does not. */
function namesOtherTenant(token: string, expected: ExpectedPerson): boolean {
  try {
    const { tid } = decodeJwt(token);
    return typeof tid === 'string' && !sameId(tid, expected.tenantId);
  } catch {
    return false;
  }
}

function refused(reason: 'expired' | 'wrong-person' | 'wrong-tenant' | 'invalid'): UserTokenVerdict {
  return { ok: false, reason };
}
