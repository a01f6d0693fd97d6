import { type AuditRecord, tenantChain } from '../audit/chain.ts';
import type { Person } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { VoidReason } from '../containment/state.ts';
import type { AccessProblem } from '../identity/defender-access.ts';
import type { CallPriority } from '../defender/governor.ts';
import type { CallOptions, DefenderCall } from '../defender/transport.ts';
import type { JobParts } from './parts.ts';

/** One person's token for the calls of one job. It lives no longer than the job. */
export interface Session {
  readonly ok: true;
  readonly token: string;
  readonly upn: string | undefined;
  /** Delegated permissions, as far as Entra named them. */
  readonly scopes: readonly string[];
  /** How many calls it has made. */
  readonly called: () => number;
  readonly options: CallOptions;
  /** Writes what was called into the audit record; to be awaited before the job ends. */
  close(): Promise<void>;
}

export type NoSession =
  | { readonly ok: false; readonly transient: true; readonly retryAfterMs: number }
  | {
      readonly ok: false;
      readonly transient: false;
      readonly why: VoidReason;
      /** The claims challenge that came with `extra-sign-in-needed`. */
      readonly claims?: string | undefined;
    };

interface Wanted {
  readonly priority: CallPriority;
  readonly signal?: AbortSignal | undefined;
}

type Parts = Pick<JobParts, 'access' | 'requests'>;
type Note = (record: AuditRecord) => Promise<void>;

/** Asks Entra for the person's own Defender token; both answers leave an audit record of the request. */
export function openSession(
  parts: Parts,
  { id, number }: Pick<ContainmentRequest, 'id' | 'number'>,
  person: Person,
  wanted: Wanted,
): Promise<Session | NoSession> {
  const note: Note = (record) => parts.requests.note(id, { ...record, request: { id, number } });
  return open(parts, note, person, wanted);
}

/** The same for what may become a request; the records are those of the tenant. */
export function openSessionBeforehand(
  parts: { readonly access: Parts['access']; readonly requests: Pick<Parts['requests'], 'noteForTenant'> },
  person: Person,
  wanted: Wanted,
): Promise<Session | NoSession> {
  const chain = tenantChain(person.tenantId);
  return open(parts, (record) => parts.requests.noteForTenant(chain, record), person, wanted);
}

async function open(
  parts: Pick<Parts, 'access'>,
  note: Note,
  person: Person,
  { priority, signal }: Wanted,
): Promise<Session | NoSession> {
  const who = { objectId: person.objectId, name: person.name };
  const outcome = await parts.access.forPerson(person, signal);
  const result = outcome.ok
    ? { result: 'ok' }
    : { result: outcome.problem.kind, ...aadstsOf(outcome.problem) };
  const what = outcome.ok && outcome.steppedUp === true ? 'step-up-token-used' : 'entra-on-behalf-of';
  await note({ what, who, detail: result });
  if (!outcome.ok) return noSession(outcome.problem);
  // `fresh` brings on what is approved already: that waits for nobody's share.
  const askedBy = priority === 'fresh' ? undefined : person.objectId;
  const calls: DefenderCall[] = [];
  let made = 0;
  const onCall = (call: DefenderCall): void => {
    made += 1;
    calls.push(call);
  };
  return {
    ok: true,
    token: outcome.token,
    upn: outcome.upn,
    scopes: outcome.scopes ?? [],
    called: () => made,
    options: { tenantId: person.tenantId, priority, askedBy, signal, onCall },
    close: async () => {
      if (calls.some(({ error }) => error === 'claims-challenge')) await outcome.dropSignIn?.();
      // Taken off the list only when written: what a failing database leaves over is not forgotten by a second try.
      for (let call = calls[0]; call !== undefined; call = calls[0]) {
        const detail = { ...call };
        await note({ what: 'defender-call', who, detail });
        calls.shift();
      }
    },
  };
}

const defaultRetryMs = 5_000;

function noSession(problem: AccessProblem): NoSession {
  if (problem.kind === 'throttled' || problem.kind === 'unavailable' || problem.kind === 'bot-credential') {
    const retryAfterMs = ('retryAfterMs' in problem ? problem.retryAfterMs : undefined) ?? defaultRetryMs;
    return { ok: false, transient: true, retryAfterMs };
  }
  const claims = problem.kind === 'interaction-required' ? problem.claims : undefined;
  return { ok: false, transient: false, why: voidReasonOf(problem), claims };
}

type Lasting = Exclude<AccessProblem, { kind: 'throttled' | 'unavailable' | 'bot-credential' }>;

export function voidReasonOf(problem: Lasting): VoidReason {
  switch (problem.kind) {
    case 'not-signed-in':
    case 'sign-in-again':
      return { code: 'sign-in-gone' };
    case 'wrong-account':
      return { code: 'wrong-account' };
    case 'interaction-required':
      return { code: 'extra-sign-in-needed', aadsts: problem.aadsts };
    case 'blocked-by-policy':
      return { code: 'blocked-by-policy', aadsts: problem.aadsts };
    case 'account-unusable':
      return { code: 'account-unusable', aadsts: problem.aadsts };
    case 'consent-missing':
      return { code: 'consent-missing' };
    case 'principal-missing':
      return { code: 'defender-not-in-tenant' };
    case 'not-assigned':
      return { code: 'not-assigned' };
    case 'missing-scope':
      return { code: 'missing-permission', permission: problem.permission };
  }
}

function aadstsOf(problem: AccessProblem): { aadsts?: string | undefined } {
  return 'aadsts' in problem && problem.aadsts !== undefined ? { aadsts: problem.aadsts } : {};
}
