import { errors, jwtVerify, type JWTPayload } from 'jose';
import * as z from 'zod';
import { IdentityError } from '../src/identity/errors.ts';
import {
  createSigningKeys,
  keyResolver,
  SIGNATURE_ALGORITHMS,
  UnknownKey,
  type SigningKey,
} from '../src/identity/signing-keys.ts';
import { systemClock, type Clock } from '../src/platform/clock.ts';
import { createServiceUrlRule, sameServiceUrl } from './service-url.ts';

export interface InboundAuthenticationOptions {
  readonly metadataUrl: string;
  /** The only issuer accepted. The SDK also takes Entra's tokens (its emulator path): anybody's forged clicks. */
  readonly issuer: string;
  readonly appId: string;
  readonly allowedTenants: readonly string[];
  readonly trustedServiceHosts: readonly string[];
  readonly fetch?: typeof fetch | undefined;
  readonly clock?: Clock | undefined;
}

export interface InboundRequest {
  readonly authorizationHeader: string | undefined;
  /** The body, not yet trusted in any way; undefined: no JSON object. It is read once the token is known to be Bot Framework's. */
  readonly activity: () => object | undefined;
}

/** Fixed words for the log and a counter; never sent to the caller. */
export type InboundRefusal =
  | 'no-token'
  | 'malformed-token'
  | 'bad-algorithm'
  | 'unknown-key'
  | 'bad-signature'
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-issuer'
  | 'wrong-audience'
  | 'invalid-token'
  | 'service-url-mismatch'
  | 'not-endorsed'
  | 'no-object'
  | 'malformed-activity'
  | 'foreign-channel'
  | 'untrusted-service-url'
  | 'foreign-tenant'
  | 'keys-unavailable';

export type InboundOutcome =
  | {
      readonly ok: true;
      readonly claims: Readonly<Record<string, unknown>>;
      /** Lower-case id of the allowed tenant that the activity comes from. */
      readonly tenantId: string;
      readonly serviceUrl: string;
    }
  | { readonly ok: false; readonly status: 400 | 401 | 403 | 503; readonly reason: InboundRefusal };

export interface InboundAuthentication {
  authenticate(request: InboundRequest): Promise<InboundOutcome>;
  /** Has the keys at hand before anybody needs them; returns what ends that. */
  keepKeysFresh(): () => void;
}

/** Bot Framework's own tolerance for the clocks of its channels. */
const CLOCK_TOLERANCE_SECONDS = 300;
const KEYS_TIMEOUT_MS = 3_000;
const KEYS_COOLDOWN_MS = 10_000;
const MAX_HEADER_LENGTH = 16_384;
const BEARER_JWT = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

const Activity = z.object({
  channelId: z.string(),
  serviceUrl: z.string(),
  from: z.object({ tenantId: z.string().nullish() }).nullish(),
  conversation: z.object({ tenantId: z.string().nullish() }).nullish(),
  channelData: z.object({ tenant: z.object({ id: z.string().nullish() }).nullish() }).nullish(),
});
type Activity = z.infer<typeof Activity>;

export function createInboundAuthentication(options: InboundAuthenticationOptions): InboundAuthentication {
  const clock = options.clock ?? systemClock;
  const { metadataUrl, fetch } = options;
  const keys = createSigningKeys({
    metadataUrl,
    fetch,
    clock,
    timeoutMs: KEYS_TIMEOUT_MS,
    cooldownMs: KEYS_COOLDOWN_MS,
  });
  const checkActivity = createActivityCheck(options);

  return {
    keepKeysFresh: () => keys.keepFresh(),
    authenticate: async ({ authorizationHeader, activity }) => {
      const token = bearerToken(authorizationHeader);
      if (typeof token !== 'string') return token;
      try {
        let signedBy: SigningKey | undefined;
        const { payload } = await jwtVerify(
          token,
          keyResolver(keys, (key) => (signedBy = key)),
          {
            algorithms: SIGNATURE_ALGORITHMS,
            issuer: options.issuer,
            audience: options.appId,
            clockTolerance: CLOCK_TOLERANCE_SECONDS,
            currentDate: clock.now(),
            requiredClaims: ['exp'],
          },
        );
        return checkActivity(activity(), payload, signedBy?.endorsements ?? []);
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

function bearerToken(header: string | undefined): string | InboundOutcome {
  if (header === undefined || header === '') return unauthorized('no-token');
  const token = header.length > MAX_HEADER_LENGTH ? undefined : BEARER_JWT.exec(header)?.[1];
  return token ?? unauthorized('malformed-token');
}

type ActivityCheck = (
  activity: object | undefined,
  claims: JWTPayload,
  endorsements: readonly string[],
) => InboundOutcome;

/** What the token says about the activity first (401), then whether such an activity is for us (403). */
function createActivityCheck(options: InboundAuthenticationOptions): ActivityCheck {
  const trusted = createServiceUrlRule(options.trustedServiceHosts);
  const allowed = new Set(options.allowedTenants.map((tenant) => tenant.toLowerCase()));

  return (candidate, claims, endorsements) => {
    if (candidate === undefined) return { ok: false, status: 400, reason: 'no-object' };
    const activity = Activity.safeParse(candidate).data;
    if (activity === undefined) return forbidden('malformed-activity');
    const { serviceUrl, channelId } = activity;
    const signedUrl = claims['serviceurl'] ?? claims['serviceUrl'];
    if (typeof signedUrl !== 'string' || !sameServiceUrl(signedUrl, serviceUrl)) {
      return unauthorized('service-url-mismatch');
    }
    if (endorsements.length > 0 && !endorsements.includes(channelId)) return unauthorized('not-endorsed');
    if (channelId !== 'msteams') return forbidden('foreign-channel');
    if (!trusted(serviceUrl)) return forbidden('untrusted-service-url');
    const tenantId = tenantOf(activity);
    if (tenantId === undefined || !allowed.has(tenantId)) return forbidden('foreign-tenant');
    return { ok: true, claims, tenantId, serviceUrl };
  };
}

/** Up to three fields name a tenant; they must agree, because with people from elsewhere they are not the same by nature. */
function tenantOf({ from, conversation, channelData }: Activity): string | undefined {
  const ofPlace = [conversation?.tenantId, channelData?.tenant?.id].filter(isNamed);
  if (ofPlace.length === 0) return undefined;
  // An empty one is the SDKs' way of naming none.
  const named = [...ofPlace, from?.tenantId === '' ? undefined : from?.tenantId]
    .filter(isNamed)
    .map((id) => id.toLowerCase());
  return new Set(named).size === 1 ? named[0] : undefined;
}

function isNamed(id: string | null | undefined): id is string {
  return id !== null && id !== undefined;
}

function refusalOf(error: unknown): InboundOutcome {
  if (error instanceof IdentityError) return { ok: false, status: 503, reason: 'keys-unavailable' };
  if (error instanceof UnknownKey) return unauthorized('unknown-key');
  if (error instanceof errors.JOSEAlgNotAllowed) return unauthorized('bad-algorithm');
  if (error instanceof errors.JWSSignatureVerificationFailed) return unauthorized('bad-signature');
  if (error instanceof errors.JWTExpired) return unauthorized('expired');
  if (error instanceof errors.JWTClaimValidationFailed) return unauthorized(reasonOfClaim(error.claim));
  return unauthorized('invalid-token');
}

function reasonOfClaim(claim: string): InboundRefusal {
  switch (claim) {
    case 'iss':
      return 'wrong-issuer';
    case 'aud':
      return 'wrong-audience';
    case 'nbf':
      return 'not-yet-valid';
    default:
      return 'invalid-token';
  }
}

function unauthorized(reason: InboundRefusal): InboundOutcome {
  return { ok: false, status: 401, reason };
}

function forbidden(reason: InboundRefusal): InboundOutcome {
  return { ok: false, status: 403, reason };
}
