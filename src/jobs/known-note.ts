import type { CancelRefusal, PrivateNote } from '../containment/event.ts';
import type { VoidReason } from '../containment/state.ts';

const voidCodes = {
  'device-not-visible': true,
  'device-unclear': true,
  'other-device': true,
  'already-requested': true,
  'not-permitted': true,
  'token-rejected': true,
  'feature-disabled': true,
  'operation-disallowed': true,
  'missing-permission': true,
  'sign-in-gone': true,
  'wrong-account': true,
  'extra-sign-in-needed': true,
  'blocked-by-policy': true,
  'account-unusable': true,
  'consent-missing': true,
  'defender-not-in-tenant': true,
  'not-assigned': true,
  'could-not-check': true,
  'defender-unreachable': true,
  'denied-meanwhile': true,
  'decided-meanwhile': true,
  'ended-meanwhile': true,
  'lift-meanwhile': true,
  'not-longer': true,
  'lifted-elsewhere': true,
  'restricted-anew': true,
  'approver-left': true,
  'step-failed': true,
} as const satisfies Record<VoidReason['code'], true>;

const cancelCodes = {
  'not-permitted': true,
  'already-final': true,
  'not-found': true,
  'sign-in-gone': true,
  failed: true,
  'never-sent': true,
  'taken-over': true,
  paused: true,
  closed: true,
} as const satisfies Record<CancelRefusal['code'], true>;

/** As it may have been written by a newer program. */
interface StoredNote {
  readonly about: string;
  readonly why: { readonly code: string; readonly why?: { readonly code: string } | undefined };
}

/** Whether there are words for it here: a job, unlike a request, does not say which program can read it. */
export function isKnownNote(note: PrivateNote): boolean {
  const { about, why }: StoredNote = note;
  if (about === 'approval' || about === 'release' || about === 'extend')
    return Object.hasOwn(voidCodes, why.code);
  if (about !== 'cancellation' || !Object.hasOwn(cancelCodes, why.code)) return false;
  return why.why === undefined || Object.hasOwn(voidCodes, why.why.code);
}
