import { z } from 'zod';
import { HttpFailure, retryAfterMs } from '../platform/http.ts';
import { DefenderError } from './errors.ts';
import type { DefenderErrorKind } from './errors.ts';

/** https://learn.microsoft.com/defender-endpoint/api/common-errors; the first one is seen, not documented there. */
const kindOfCode: ReadonlyMap<string, DefenderErrorKind> = new Map<string, DefenderErrorKind>([
  ['ActiveRequestAlreadyExists', 'active-request-exists'],
  ['OsPlatformNotSupported', 'os-not-supported'],
  ['ClientVersionNotSupported', 'client-version-not-supported'],
  ['DisabledFeature', 'disabled-feature'],
  ['DisallowedOperation', 'disallowed-operation'],
]);

/** Code and target of an error body. The message is free text that may change, so nobody reads it. */
const ErrorBody = z.object({
  error: z.object({
    code: z
      .string()
      .regex(/^[A-Za-z0-9]{1,64}$/)
      .optional()
      .catch(undefined),
    target: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,64}$/)
      .optional()
      .catch(undefined),
  }),
});

/** What an answer other than success means. `mutating`: the call was one that changes something (a POST). */
export function errorFromResponse(
  status: number,
  headers: Headers,
  bodyText: string,
  mutating = false,
): DefenderError {
  const parsed = ErrorBody.safeParse(jsonOrUndefined(bodyText));
  const { code, target } = parsed.success ? parsed.data.error : {};
  const claims = status === 401 ? claimsChallenge(headers) : undefined;
  const kind = claims === undefined ? kindOf(status, code, mutating) : 'claims-challenge';
  return new DefenderError(kind, {
    status,
    code,
    correlationId: target,
    claims: claims === '' ? undefined : claims,
    retryAfterMs: status === 429 || headers.has('retry-after') ? waitAskedFor(headers) : undefined,
  });
}

function kindOf(status: number, code: string | undefined, mutating: boolean): DefenderErrorKind {
  if (status === 401) return 'unauthorized';
  if (status === 404) return 'not-found';
  if (status === 429) return 'throttled';
  // 408 is a gateway's word that it lost patience, not Defender's that it did nothing.
  if (status >= 500 || status === 408) return mutating ? 'outcome-unknown' : 'server-error';
  // A success or redirect that nobody expected says nothing about what was done.
  if (status < 400) return mutating ? 'outcome-unknown' : 'unreadable';
  return kindOfCode.get(code ?? '') ?? (status === 403 ? 'forbidden' : 'bad-request');
}

/**
 * What a call without a whole answer means. Only what provably happened before the first byte of the request went
 * out counts as not sent; everything else may have reached Defender.
 */
export function errorFromFailure(failure: unknown, mutating: boolean): DefenderError {
  const origin = deepestCause(failure);
  const { code, syscall } = NetworkFailure.catch({}).parse(origin);
  const unsent =
    syscall === 'connect' ||
    syscall === 'getaddrinfo' ||
    unsentCodes.has(code ?? '') ||
    failedToConnect(origin);
  if (mutating && !unsent) return new DefenderError('outcome-unknown', { networkCode: code });
  const tooLarge = failure instanceof HttpFailure && failure.code === 'too-large';
  return new DefenderError(tooLarge ? 'unreadable' : 'unreachable', { networkCode: code });
}

/** The HTTP client wraps what the operating system said. */
function deepestCause(failure: unknown): unknown {
  return failure instanceof Error && failure.cause instanceof Error ? deepestCause(failure.cause) : failure;
}

const NetworkFailure = z.object({
  code: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,63}$/)
    .optional()
    .catch(undefined),
  syscall: z.string().optional().catch(undefined),
});

/** The HTTP client's connect timeout, and OpenSSL's verdicts on the server's certificate (`X509_V_ERR_…`). */
const unsentCodes: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** A host with several addresses fails with one error per address. */
function failedToConnect(origin: unknown): boolean {
  if (!(origin instanceof AggregateError) || origin.errors.length === 0) return false;
  return origin.errors.every((each: unknown) => NetworkFailure.catch({}).parse(each).syscall === 'connect');
}

/** A `Retry-After` date is measured against the server's own clock, its `Date` header, so a wrong clock here is harmless. */
function waitAskedFor(headers: Headers): number {
  return retryAfterMs(headers.get('retry-after'), new Date(headers.get('date') ?? NaN));
}

/**
 * Continuous access evaluation: https://learn.microsoft.com/entra/identity-platform/claims-challenge. Undefined when
 * the answer is no challenge, empty when its claims cannot be read.
 */
function claimsChallenge(headers: Headers): string | undefined {
  const challenge = headers.get('www-authenticate') ?? '';
  if (!/\berror="?insufficient_claims\b/i.test(challenge)) return undefined;
  const encoded = /\bclaims="([A-Za-z0-9+/=_-]{1,8192})"/i.exec(challenge)?.[1] ?? '';
  const claims = Buffer.from(encoded, 'base64').toString('utf8');
  return z.record(z.string(), z.unknown()).safeParse(jsonOrUndefined(claims)).success ? claims : '';
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
