import type { ZodType } from 'zod';
import type { Deadline } from '../platform/deadline.ts';
import { deadlineIn, msLeft, soonerOf } from '../platform/deadline.ts';
import { callHttp, jsonOf } from '../platform/http.ts';
import type { HttpAnswer } from '../platform/http.ts';
import { passed } from '../platform/steps.ts';
import { writtenBefore } from '../platform/write-deadline.ts';
import { errorFromFailure, errorFromResponse } from './error-mapping.ts';
import { DefenderError } from './errors.ts';
import type { DefenderErrorKind } from './errors.ts';
import type { BudgetDecision, CallGovernor, CallKind, CallPriority } from './governor.ts';

/** One call that was made, for audit and metrics: no token, no id of a device, no text of a person. */
export interface DefenderCall {
  readonly tenantId: string;
  readonly kind: CallKind;
  readonly method: 'GET' | 'POST';
  /** Path with its parameters by name, such as `/api/machines/{id}`. */
  readonly path: string;
  readonly status?: number;
  /** Absent when the call succeeded. */
  readonly error?: DefenderErrorKind;
  readonly ms: number;
}

export interface CallOptions {
  readonly tenantId: string;
  readonly priority: CallPriority;
  /** Object id of the person whose press or message this answers: each has a share of the budget. */
  readonly askedBy?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Nothing is written after it, and a call under way is given up at it. Compared, not only left to a timer: after a
   * pause of the process a timer may fire later than the request is written.
   */
  readonly deadline?: Deadline | undefined;
  /** Told of this call's requests, beside the client's own `onCall`: for the audit record of one request. */
  readonly onCall?: ((call: DefenderCall) => void) | undefined;
}

export interface TransportOptions {
  readonly fetch: typeof fetch;
  readonly governor: CallGovernor;
  readonly onCall?: ((call: DefenderCall) => void) | undefined;
}

interface CallSpec<T> {
  readonly kind: CallKind;
  readonly path: string;
  readonly url: string;
  /** The `Comment` of a POST; a call without one is a GET. */
  readonly comment?: string;
  readonly timeoutMs: number;
  readonly schema: ZodType<T>;
}

export type Transport = <T>(token: string, spec: CallSpec<T>, options: CallOptions) => Promise<T>;

/** A page of 10,000 actions is a few megabytes; more than this is not an answer of Defender's. */
const maxBytes = 8 * 1024 * 1024;
/** When the governor itself fails, its database is down: try again soon. */
const governorRetryMs = 5_000;
/**
 * What changes something is written so soon after the governor was asked, or not at all: looking up names and making a
 * connection may take longer, and whoever pauses submission is promised that it is in force within 5 s.
 */
const changeWithinMs = 4_500;

/** Sends one call: asks the governor, limits time and size, and throws nothing but `DefenderError`. */
export function createTransport(options: TransportOptions): Transport {
  return async (token, spec, call) => {
    const mutating = spec.comment !== undefined;
    // Refused here, since the HTTP client would quote it in its complaint.
    if (!/^[\x21-\x7e]+$/.test(token)) throw new DefenderError('unauthorized');
    const writtenBy = mutating ? soonerOf(call.deadline, deadlineIn(changeWithinMs)) : call.deadline;
    await askGovernor(options.governor, spec.kind, call);
    if (mutating) passed('change-granted');
    const startedAt = performance.now();
    const timed = { ...spec, timeoutMs: timeoutOf(spec, call, writtenBy) };
    const outcome = await attempt(() =>
      writtenBefore(writtenBy, () => exchange(options.fetch, token, timed, call.signal)),
    );
    const result = outcome.ok ? read(outcome.value, spec) : errorFromFailure(outcome.failure, mutating);
    const error = result instanceof DefenderError ? result : undefined;
    report([options.onCall, call.onCall], {
      tenantId: call.tenantId,
      kind: spec.kind,
      method: mutating ? 'POST' : 'GET',
      path: spec.path,
      ...(outcome.ok ? { status: outcome.value.status } : {}),
      ...(error ? { error: error.kind } : {}),
      ms: Math.round(performance.now() - startedAt),
    });
    if (error?.kind === 'throttled') await pause(options.governor, spec.kind, call.tenantId, error);
    if (result instanceof DefenderError) throw result;
    return result.value;
  };
}

/** Throws when there is no time left at all, or nobody waits any more: then nothing was sent. */
function timeoutOf(
  spec: { readonly timeoutMs: number },
  call: CallOptions,
  writtenBy: Deadline | undefined,
): number {
  if (call.signal?.aborted === true || msLeft(writtenBy) <= 0) throw new DefenderError('unreachable');
  return Math.ceil(Math.max(0, Math.min(spec.timeoutMs, msLeft(call.deadline))));
}

function exchange<T>(
  fetchOf: typeof fetch,
  token: string,
  spec: CallSpec<T>,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const { url, comment, timeoutMs } = spec;
  return callHttp({
    url,
    timeoutMs,
    maxBytes,
    signal,
    fetch: fetchOf,
    headers: comment === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    // Names in the body are case-sensitive.
    ...(comment === undefined ? {} : { method: 'POST', body: JSON.stringify({ Comment: comment }) }),
  });
}

function read<T>(answer: HttpAnswer, spec: CallSpec<T>): DefenderError | { readonly value: T } {
  const mutating = spec.comment !== undefined;
  if (answer.status !== 200 && !(mutating && answer.status === 201)) {
    return errorFromResponse(answer.status, answer.headers, answer.text, mutating);
  }
  const parsed = spec.schema.safeParse(jsonOf(answer));
  if (parsed.success) return { value: parsed.data };
  return new DefenderError(mutating ? 'outcome-unknown' : 'unreadable', { status: answer.status });
}

async function askGovernor(governor: CallGovernor, kind: CallKind, call: CallOptions): Promise<void> {
  const { tenantId, priority, askedBy } = call;
  const wish = { tenantId, kind, priority, ...(askedBy === undefined ? {} : { askedBy }) };
  const asked = await attempt(() => governor.acquire(wish));
  const decision: BudgetDecision = asked.ok ? asked.value : { granted: false, retryAfterMs: governorRetryMs };
  if (decision.granted) return;
  const kindOfRefusal = decision.paused === true ? 'paused' : 'budget';
  throw new DefenderError(kindOfRefusal, { retryAfterMs: decision.retryAfterMs });
}

async function pause(
  governor: CallGovernor,
  kind: CallKind,
  tenantId: string,
  { retryAfterMs }: DefenderError,
): Promise<void> {
  // If it fails, the caller still learns of the 429 and its wait, which matters more.
  await attempt(() => governor.pause({ tenantId, kind }, retryAfterMs ?? governorRetryMs));
}

type Attempt<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: unknown };

async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (failure) {
    return { ok: false, failure };
  }
}

function report(observers: readonly TransportOptions['onCall'][], call: DefenderCall): void {
  for (const observer of observers) {
    try {
      observer?.(call);
    } catch {
      // An observer's mistake must not hide from the caller what Defender did.
    }
  }
}
