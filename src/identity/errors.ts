/** Trouble of the infrastructure behind identities; what a person can cause is an outcome value instead. */
export type IdentityErrorCode =
  /** Signing keys could not be fetched, so nothing can be verified. */
  | 'keys-unavailable'
  /** Entra could not be asked for its addresses. */
  | 'authority-unavailable'
  /** The bot's own token: Entra could not be asked. */
  | 'app-token-unavailable'
  /** The bot's own token: Entra refused the credential or the scope; an admin must act. */
  | 'app-token-refused'
  | 'token-service-unavailable'
  | 'token-service-throttled'
  /** The token service does not accept the bot or the OAuth connection; an admin must act. */
  | 'token-service-refused'
  /** A metadata document names an address on another host than the configured one; an admin must act. */
  | 'foreign-address'
  /** The credential cannot be read from its file. */
  | 'credential-unreadable';

const RETRY_SAFE: ReadonlySet<IdentityErrorCode> = new Set([
  'keys-unavailable',
  'authority-unavailable',
  'app-token-unavailable',
  'token-service-unavailable',
  'token-service-throttled',
]);

export interface IdentityErrorDetails {
  readonly cause?: unknown;
  readonly retryAfterMs?: number | undefined;
  /** Number of the AADSTS code or HTTP status that came back, for the log. */
  readonly detail?: string | undefined;
}

export class IdentityError extends Error {
  override readonly name = 'IdentityError';
  readonly code: IdentityErrorCode;
  /** Whether the same call may succeed later without anybody doing anything. */
  readonly retrySafe: boolean;
  readonly retryAfterMs?: number;
  readonly detail?: string;

  constructor(code: IdentityErrorCode, details: IdentityErrorDetails = {}) {
    super(code, { cause: details.cause });
    this.code = code;
    this.retrySafe = RETRY_SAFE.has(code);
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    if (details.detail !== undefined) this.detail = details.detail;
  }
}
