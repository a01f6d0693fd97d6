import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, errors as joseErrors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyOptions } from 'jose';
import type { TokenError } from './aadsts.ts';
import { tokenErrors } from './aadsts.ts';
import type { Issued } from './issued.ts';
import type { SigningKey } from './signing-key.ts';

export const tokenExchangeAudience = 'api://AzureADTokenExchange';
const jwtAssertion = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Entra forgives clocks that differ by so much. */
const clockToleranceSeconds = 300;

/** Whose tokens serve as client assertions: all three must be the same, upper and lower case included. */
export interface FederatedTrust {
  readonly issuer: string;
  readonly subject: string;
  /** `api://AzureADTokenExchange` when absent. */
  readonly audience?: string;
  /** The issuer's; this Entra's own when absent, as for a managed identity. */
  readonly key?: Pick<SigningKey, 'verify'>;
}

/** Takes back what was registered; a second call changes nothing. */
export type Remove = () => void;

/** What is registered under "Certificates & secrets" of the bot's application. Several of each may overlap. */
export interface AppCredentials {
  /** `endsAt`: milliseconds of the epoch; never when absent. */
  addSecret(secret: string, endsAt?: number): Remove;
  /** The certificate as PEM; a private key beside it is not looked at. */
  addCertificate(pem: string): Remove;
  addFederated(trust: FederatedTrust): Remove;
  removeAll(): void;
  /** Why this is not the application; undefined when it has proven to be. */
  problemOf(form: URLSearchParams, client: Client): Promise<TokenError | undefined>;
}

export interface Client {
  readonly appId: string;
  /** What an assertion of the application itself may be made for: the token endpoint or the issuer. */
  readonly audiences: readonly string[];
}

export interface AppCredentialsOptions {
  readonly key: Pick<SigningKey, 'verify'>;
  readonly now: () => number;
  readonly issued?: Issued | undefined;
}

interface Registered {
  readonly secrets: Set<{ readonly secret: string; readonly endsAt: number | undefined }>;
  readonly certificates: Set<X509Certificate>;
  readonly trusts: Set<FederatedTrust>;
}

export function createAppCredentials(options: AppCredentialsOptions): AppCredentials {
  const registered: Registered = { secrets: new Set(), certificates: new Set(), trusts: new Set() };
  return {
    addSecret: (secret, endsAt) => {
      options.issued?.add('secret of the application', secret);
      return put(registered.secrets, { secret, endsAt });
    },
    addCertificate: (pem) => put(registered.certificates, new X509Certificate(pem)),
    addFederated: (trust) => put(registered.trusts, trust),
    removeAll: () => {
      for (const each of Object.values<Set<unknown>>({ ...registered })) each.clear();
    },
    problemOf: async (form, client) => {
      const secret = form.get('client_secret');
      if (secret !== null) return secretProblem(registered, secret, options.now());
      const assertion = form.get('client_assertion');
      if (assertion === null) return tokenErrors.noCredential;
      if (form.get('client_assertion_type') !== jwtAssertion) return tokenErrors.badClientAssertion;
      return assertionProblem(registered, assertion, client, options);
    },
  };
}

function put<T>(set: Set<T>, one: T): Remove {
  set.add(one);
  return () => void set.delete(one);
}

function secretProblem({ secrets }: Registered, given: string, now: number): TokenError | undefined {
  const known = [...secrets].filter(({ secret }) => sameText(secret, given));
  if (known.length === 0) return tokenErrors.wrongSecret;
  return known.some(({ endsAt = Infinity }) => endsAt > now) ? undefined : tokenErrors.expiredSecret;
}

/** The application signs with its certificate and names itself as issuer; anybody else must be trusted. */
async function assertionProblem(
  registered: Registered,
  assertion: string,
  client: Client,
  { key, now }: AppCredentialsOptions,
): Promise<TokenError | undefined> {
  const read = contentOf(assertion);
  if (read === undefined) return tokenErrors.badClientAssertion;
  const currentDate = new Date(now());
  if (read.claims.iss !== client.appId) {
    const trust = [...registered.trusts].find((one) => isFor(one, read.claims));
    if (trust === undefined) return tokenErrors.noFederatedIdentity;
    return outcomeOf((trust.key ?? key).verify(assertion, { ...federatedRules, currentDate }));
  }
  const certificate = [...registered.certificates].find((one) => thumbprintOf(one) === read.thumbprint);
  if (certificate === undefined || certificate.validToDate <= currentDate) return tokenErrors.badClientProof;
  const rules = {
    algorithms: ['RS256', 'PS256'],
    audience: [...client.audiences],
    issuer: client.appId,
    subject: client.appId,
    requiredClaims: ['exp'],
    clockTolerance: clockToleranceSeconds,
    currentDate,
  };
  return outcomeOf(jwtVerify(assertion, certificate.publicKey, rules));
}

const federatedRules: JWTVerifyOptions = { requiredClaims: ['exp'], clockTolerance: clockToleranceSeconds };

async function outcomeOf(verification: Promise<unknown>): Promise<TokenError | undefined> {
  try {
    await verification;
    return undefined;
  } catch (error) {
    return problemOfVerification(error);
  }
}

function problemOfVerification(error: unknown): TokenError {
  if (error instanceof joseErrors.JWTExpired) return tokenErrors.clientProofOutOfTime;
  if (!(error instanceof joseErrors.JWTClaimValidationFailed)) return tokenErrors.badClientProof;
  const problems: Readonly<Record<string, TokenError>> = {
    aud: tokenErrors.clientProofForOthers,
    sub: tokenErrors.clientProofOfOthers,
    nbf: tokenErrors.clientProofOutOfTime,
    exp: tokenErrors.clientProofOutOfTime,
  };
  return problems[error.claim] ?? tokenErrors.badClientProof;
}

function isFor(trust: FederatedTrust, { iss, sub, aud }: JWTPayload): boolean {
  return iss === trust.issuer && sub === trust.subject && aud === (trust.audience ?? tokenExchangeAudience);
}

interface Content {
  readonly claims: JWTPayload;
  /** SHA-256 of the certificate, as the header names it. */
  readonly thumbprint: unknown;
}

function contentOf(assertion: string): Content | undefined {
  try {
    return { claims: decodeJwt(assertion), thumbprint: decodeProtectedHeader(assertion)['x5t#S256'] };
  } catch {
    return undefined;
  }
}

function thumbprintOf({ raw }: X509Certificate): string {
  return createHash('sha256').update(raw).digest('base64url');
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
