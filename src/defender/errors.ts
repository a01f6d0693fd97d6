/**
 * - `unreachable`: no answer to a read, or a call that surely never left (refused, no such host, certificate).
 * - `outcome-unknown`: a POST that Defender may have carried out although we did not learn it.
 * - `unreadable`: a read was answered with something we cannot read.
 * - `budget`: our own governor said no; Defender was not asked.
 * - `paused`: submission is paused, so nothing that changes something was sent.
 */
export type DefenderErrorKind =
  | 'bad-request'
  | 'active-request-exists'
  | 'os-not-supported'
  | 'client-version-not-supported'
  | 'unauthorized'
  | 'claims-challenge'
  | 'forbidden'
  | 'disabled-feature'
  | 'disallowed-operation'
  | 'not-found'
  | 'throttled'
  | 'server-error'
  | 'unreachable'
  | 'outcome-unknown'
  | 'unreadable'
  | 'budget'
  | 'paused';

export interface DefenderErrorDetail {
  readonly status?: number | undefined;
  /** Defender's own code, only if it is a plain word of at most 64 letters and digits. */
  readonly code?: string | undefined;
  /** The id to quote to Microsoft's support. */
  readonly correlationId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** JSON text of a claims challenge, to be handed to the person's next sign-in as it is. */
  readonly claims?: string | undefined;
  /** The operating system's or the HTTP client's name of a connection failure, such as `ECONNREFUSED`. */
  readonly networkCode?: string | undefined;
}

const worthRepeating: ReadonlySet<DefenderErrorKind> = new Set<DefenderErrorKind>([
  'throttled',
  'server-error',
  'unreachable',
  'unreadable',
  'budget',
  'paused',
]);

/**
 * Everything that can go wrong with a call to Defender. Carries no text of the answer and no `cause`: messages of
 * HTTP libraries may quote header values, and the token is one.
 */
export class DefenderError extends Error {
  override readonly name = 'DefenderError';
  readonly kind: DefenderErrorKind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly correlationId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly claims: string | undefined;
  readonly networkCode: string | undefined;

  constructor(kind: DefenderErrorKind, detail: DefenderErrorDetail = {}) {
    super(`Defender call failed: ${kind}`);
    this.kind = kind;
    this.status = detail.status;
    this.code = detail.code;
    this.correlationId = detail.correlationId;
    this.retryAfterMs = detail.retryAfterMs;
    this.claims = detail.claims;
    this.networkCode = detail.networkCode;
  }

  /** Whatever is ambiguous about a POST is an `outcome-unknown`, so all other kinds changed nothing. */
  get certainlyNotApplied(): boolean {
    return this.kind !== 'outcome-unknown';
  }

  /** Whether sending the same call again, later and with the same token, makes sense and does no harm. */
  get retrySafe(): boolean {
    return worthRepeating.has(this.kind);
  }
}
