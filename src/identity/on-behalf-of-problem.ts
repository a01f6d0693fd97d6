import type { EntraRefusal } from './msal-network.ts';

interface Refused {
  /** Number of the AADSTS code, for the log and for an admin's search; Microsoft may change the numbers. */
  readonly aadsts?: string | undefined;
}

/** Why a person's sign-in did not become a Defender token. Each kind asks for something else of somebody else. */
export type OnBehalfOfProblem =
  | (Refused & { readonly kind: 'interaction-required'; readonly claims?: string | undefined })
  | (Refused & { readonly kind: 'consent-missing' })
  | (Refused & { readonly kind: 'principal-missing' })
  | (Refused & { readonly kind: 'not-assigned' })
  | (Refused & { readonly kind: 'blocked-by-policy' })
  /** Disabled, locked, or not there any more: no sign-in of this account helps. */
  | (Refused & { readonly kind: 'account-unusable' })
  | (Refused & { readonly kind: 'sign-in-again' })
  | (Refused & { readonly kind: 'throttled'; readonly retryAfterMs: number })
  | (Refused & { readonly kind: 'bot-credential' })
  | (Refused & { readonly kind: 'unavailable'; readonly retryAfterMs?: number | undefined })
  | { readonly kind: 'missing-scope'; readonly permission: DefenderPermission };

export type DefenderPermission = 'Machine.Read' | 'Machine.RestrictExecution';

type RefusedKind = Exclude<OnBehalfOfProblem['kind'], 'missing-scope' | 'throttled' | 'unavailable'>;

/** From Microsoft's reference of AADSTS error codes; what is not listed is judged by the OAuth error. */
const CODES: Readonly<Record<RefusedKind, readonly number[]>> = {
  'blocked-by-policy': [53000, 53001, 53002, 53003, 53004, 53011, 50131, 530003, 530032, 530035],
  'account-unusable': [50057, 50053, 50034, 500341],
  'not-assigned': [50105],
  'principal-missing': [500011, 500014, 650052],
  // 700016: the bot's application is not in the person's tenant, which a tenant-wide consent would put there.
  'consent-missing': [65001, 65004, 90094, 650056, 650057, 700016],
  'interaction-required': [50072, 50074, 50076, 50078, 50079, 50158],
  'sign-in-again': [50013, 500133, 700082, 70043, 50173, 50133, 50055],
  // Secret wrong or expired, certificate unknown or expired, federated credential not matching, app disabled.
  'bot-credential': [
    7000215, 7000222, 700027, 700021, 700023, 700024, 70021, 700211, 700212, 700213, 7000112,
  ],
};

/**
 * Conditional Access asks for a device that it knows and finds in order. With claims it tells what a sign-in has to show, and
 * one on Cordon's own page may; without, or told there, nothing but another device helps.
 */
const DEVICE_CODES: readonly number[] = [53000, 53001, 53002, 50131, 530003];

const KIND_OF_CODE: ReadonlyMap<number, RefusedKind> = new Map(
  (Object.keys(CODES) as RefusedKind[]).flatMap((kind) => CODES[kind].map((code) => [code, kind] as const)),
);

const DEFAULT_THROTTLE_MS = 60_000;

interface Redirect {
  readonly error: string | undefined;
  /** Entra's words, of which the number alone is read. */
  readonly description: string | undefined;
}

/** What Entra's redirect back says against a sign-in; undefined when the person just did not finish it. */
export function problemOfRedirect({ error, description }: Redirect): OnBehalfOfProblem | undefined {
  if (error === undefined || error === 'access_denied') return undefined;
  const code = /\bAADSTS(\d{4,9})\b/.exec((description ?? '').slice(0, 2_000))?.[1];
  return problemOf({ status: 400, error, aadsts: code === undefined ? [] : [Number(code)] });
}

/** `onPage`: said to a sign-in that the person has just made for it. */
export function problemOf(refusal: EntraRefusal, onPage = false): OnBehalfOfProblem {
  const known = refusal.aadsts.find((code) => KIND_OF_CODE.has(code));
  const code = known ?? refusal.aadsts[0];
  const aadsts = code === undefined ? undefined : String(code);
  if (refusal.status === 429) {
    return { kind: 'throttled', retryAfterMs: refusal.retryAfterMs ?? DEFAULT_THROTTLE_MS, aadsts };
  }
  if (refusal.status >= 500) return { kind: 'unavailable', retryAfterMs: refusal.retryAfterMs, aadsts };
  const kind = kindOfCode(known, refusal, onPage) ?? kindOfOAuthError(refusal);
  if (kind === 'interaction-required') return { kind, claims: refusal.claims, aadsts };
  if (kind === undefined) return { kind: 'unavailable', retryAfterMs: refusal.retryAfterMs, aadsts };
  return { kind, aadsts };
}

function kindOfCode(
  known: number | undefined,
  { claims, suberror }: EntraRefusal,
  onPage: boolean,
): RefusedKind | undefined {
  if (known === undefined) return undefined;
  const helps = claims !== undefined && suberror !== 'message_only' && !onPage;
  return helps && DEVICE_CODES.includes(known) ? 'interaction-required' : KIND_OF_CODE.get(known);
}

function kindOfOAuthError(refusal: EntraRefusal): RefusedKind | undefined {
  if (refusal.suberror === 'consent_required' || refusal.error === 'consent_required')
    return 'consent-missing';
  if (refusal.suberror === 'basic_action' || refusal.suberror === 'additional_action') {
    return 'interaction-required';
  }
  switch (refusal.error) {
    case 'interaction_required':
    case 'login_required':
      return 'interaction-required';
    // RFC 6749: the grant, here the person's sign-in, is invalid, expired or revoked.
    case 'invalid_grant':
      return refusal.claims === undefined ? 'sign-in-again' : 'interaction-required';
    case 'invalid_client':
    case 'unauthorized_client':
      return 'bot-credential';
    default:
      return undefined;
  }
}
