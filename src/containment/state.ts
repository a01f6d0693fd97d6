import type { Impossibility } from './device.ts';
import type { DeviceId, RequestId } from './ids.ts';
import type { Instant, Person } from './person.ts';

/** An Approve that was stored and whose rights Defender has not confirmed yet. */
export interface Click {
  readonly id: string;
  readonly by: Person;
  readonly at: Instant;
  readonly comment?: string | undefined;
  /** Which device they chose for the name of the request. Whatever a card sent: their own token proves it. */
  readonly deviceId?: DeviceId | undefined;
  /** As of when what was pressed on showed what else restricts the device; whatever a card sent: it can only refuse. */
  readonly alsoRestrictedAt?: Instant | undefined;
  /** Of a choice among several devices: those that were not chosen, of which nothing comes if this approval holds. */
  readonly leavesOut?: readonly RequestId[] | undefined;
  /** Entra wants another sign-in of the clicker, on Cordon's own page, which the click waits for until then. */
  readonly signInUntil?: Instant | undefined;
}

export interface Approval {
  readonly by: Person;
  readonly at: Instant;
  readonly comment?: string | undefined;
  /** User principal name from the approver's Defender token: Defender names it as requestor. */
  readonly upn?: string | undefined;
  /** By a sign-in on Cordon's own page: only the process that took it can send what was approved. */
  readonly steppedUp?: true | undefined;
  /** Given with the time box that has ended, not by a press now: without the sign-in behind it anybody entitled may decide. */
  readonly inAdvance?: true | undefined;
  /** Of a press: what else restricts the device, as of then, was shown to it. */
  readonly alsoRestrictedAt?: Instant | undefined;
  /** Of one of several devices: the press that was for all of them. */
  readonly press?: string | undefined;
  /** Whose presses for this one came to nothing by it. */
  readonly overtook?: readonly Overtaken[] | undefined;
  /** When such an approval was put on its request: perhaps long after `at`, or after the request was made. */
  readonly appliedAt?: Instant | undefined;
  /** After one that came to nothing: whoever may read the device, and no more, can bring this about again and again. */
  readonly again?: true | undefined;
}

/** Why a click or an approval counts no longer. Each has its own sentence in `bot/texts/decisions.ts`. */
export type VoidReason =
  | { readonly code: 'device-not-visible' }
  /** The name of the request fits several devices for this person, or a longer name only: they have to choose. */
  | {
      readonly code: 'device-unclear';
      /** By a sign-in on Cordon's own page, which cannot ask them, and the next press would lead there again. */
      readonly steppedUp?: true | undefined;
    }
  /** Meanwhile it turned out to be another device than the one they chose. */
  | { readonly code: 'other-device' }
  /** Another open request of the same conversation wants the same of the same device, or the same request does by another name. */
  | { readonly code: 'already-requested'; readonly number: number; readonly byAnotherName?: true | undefined }
  | { readonly code: 'not-permitted' }
  | { readonly code: 'token-rejected' }
  | { readonly code: 'feature-disabled' }
  | { readonly code: 'operation-disallowed' }
  | { readonly code: 'missing-permission'; readonly permission: string }
  | { readonly code: 'sign-in-gone' }
  | { readonly code: 'wrong-account' }
  | { readonly code: 'extra-sign-in-needed'; readonly aadsts?: string | undefined }
  | { readonly code: 'blocked-by-policy'; readonly aadsts?: string | undefined }
  /** Disabled, locked or deleted in Entra. */
  | { readonly code: 'account-unusable'; readonly aadsts?: string | undefined }
  | { readonly code: 'consent-missing' }
  | { readonly code: 'defender-not-in-tenant' }
  | { readonly code: 'not-assigned' }
  /** `callsUsedUp`: it was Cordon's own share of calls, not Entra or Defender. */
  | { readonly code: 'could-not-check'; readonly callsUsedUp?: true | undefined }
  | { readonly code: 'defender-unreachable' }
  | { readonly code: 'denied-meanwhile'; readonly by: string }
  | { readonly code: 'decided-meanwhile'; readonly by: string }
  | { readonly code: 'ended-meanwhile' }
  /** Of a press of Release or Extend: the lift is asked for already, in this conversation if it is named. */
  | { readonly code: 'lift-meanwhile'; readonly number?: number | undefined }
  /** Of the same: the restriction was lifted without any request, in the portal or by another tool. */
  | { readonly code: 'lifted-elsewhere' }
  /** Of a press of Extend: somebody else has moved the end further meanwhile. */
  | { readonly code: 'not-longer' }
  /** Of an approval in advance, whose approver is not there to retry: our own work failed again and again. */
  | { readonly code: 'step-failed' }
  /** Of a lift at the end of a time box: something else restricts the device, which the approver had not seen. */
  | { readonly code: 'restricted-anew' }
  /** The same, of somebody who left the conversation before its end. */
  | { readonly code: 'approver-left' };

interface VoidClick {
  readonly by: Person;
  readonly at: Instant;
  readonly why: VoidReason;
  /** Of one of several devices: the press that was for all of them. */
  readonly press?: string | undefined;
  /** Its person gets a message, whatever a turn of theirs says. */
  readonly told?: true | undefined;
}

/** Somebody's press that an approval came before. */
interface Overtaken {
  readonly by: Person['objectId'];
  readonly press: string;
}

/** One try to hand the action to Defender. */
export interface Attempt {
  readonly id: string;
  readonly number: number;
  readonly startedAt: Instant;
  /** Nothing is written to the socket after it; before it no other worker takes over. */
  readonly deadline: Instant;
  /** `unsent` is certain: Defender did not take it. `unknown` is settled by looking the action up. */
  readonly outcome: 'in-flight' | 'unsent' | 'unknown';
  /** The limit that the comment was written for; it may have been lowered since. */
  readonly commentLimit?: number | undefined;
  /** What the attempt before this one had to wait for. */
  readonly after?: WaitReason | undefined;
  readonly wait?: { readonly until: Instant; readonly why: WaitReason } | undefined;
}

export type WaitReason = 'throttled' | 'budget' | 'unreachable' | 'checking' | 'paused';

export type MachineActionStatus = 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'TimeOut' | 'Cancelled';

/** Defender's machine action, as far as a card shows it. */
export interface MachineAction {
  readonly id: string;
  readonly status: MachineActionStatus;
  /** False: somebody else's action that this request follows. */
  readonly ours: boolean;
  readonly requestor?: string | undefined;
  /** Defender's own time of creation. */
  readonly createdAt: string;
  readonly updatedAt?: string | undefined;
  readonly errorHResult?: number | undefined;
  readonly cancelledBy?: string | undefined;
  readonly cancellationComment?: string | undefined;
}

export interface Cancellation {
  readonly by: Person;
  readonly at: Instant;
  readonly comment: string;
  /** `accepted`: Defender took it; the end is Defender's to tell. */
  readonly stage: 'requested' | 'accepted';
}

export type AttentionReason =
  | { readonly code: Impossibility; readonly detail?: string | undefined }
  | { readonly code: 'client-too-old' }
  | { readonly code: 'refused-by-defender'; readonly detail: string }
  | { readonly code: 'outcome-unknown' }
  /** Nothing was sent, and only the approver's own sign-in can go on. */
  | {
      readonly code: 'sign-in-needed';
      /** Defender, or the share of its calls, takes nothing earlier. */
      readonly notBefore?: Instant | undefined;
    }
  /** Our own work failed again and again; nothing was sent. */
  | { readonly code: 'step-failed' };

export type LeftOut = 'not-chosen' | 'same-device';

export type State =
  | {
      readonly status: 'awaiting';
      readonly clicks: readonly Click[];
      /** The latest click or approval that did not hold; shown without its private reason. */
      readonly voided?: VoidClick | undefined;
    }
  | {
      readonly status: 'denied';
      readonly by: Person;
      readonly at: Instant;
      readonly comment: string;
      /** Of several devices: an approval was given for others, or this is one of the others by another name. */
      readonly leftOut?: LeftOut | undefined;
    }
  | { readonly status: 'expired'; readonly at: Instant }
  | {
      readonly status: 'withdrawn';
      readonly by: Person;
      readonly at: Instant;
      readonly comment?: string | undefined;
      readonly approval?: Approval | undefined;
    }
  | { readonly status: 'approved'; readonly approval: Approval }
  | {
      readonly status: 'submitting';
      readonly approval: Approval;
      readonly attempt: Attempt;
      readonly cancel?: Cancellation | undefined;
    }
  | {
      readonly status: 'running';
      readonly approval: Approval;
      readonly machineAction: MachineAction;
      readonly submittedAt: Instant;
      readonly confirmedAt: Instant;
      /** Nobody's token could read the status since `confirmedAt`. */
      readonly unconfirmed?: boolean | undefined;
      readonly cancel?: Cancellation | undefined;
    }
  | {
      readonly status: 'ended';
      readonly approval: Approval;
      readonly machineAction: MachineAction;
      readonly submittedAt: Instant;
      readonly endedAt: Instant;
      readonly cancel?: Cancellation | undefined;
    }
  | {
      readonly status: 'attention';
      readonly reason: AttentionReason;
      readonly at: Instant;
      readonly approval?: Approval | undefined;
      readonly attempt?: Attempt | undefined;
      /** Asked for while the outcome was unknown; carried out as soon as the action is found. */
      readonly cancel?: Cancellation | undefined;
      /** Somebody who may approve has looked and put an end to it. */
      readonly closed?: { readonly by: Person; readonly at: Instant; readonly comment: string } | undefined;
    };

export type Status = State['status'];
export type StateOf<S extends Status> = Extract<State, { status: S }>;
/** Nothing was approved, as far as it lasts: these a request may be in whose device is not known. */
export type UndecidedState = StateOf<'awaiting' | 'denied' | 'expired' | 'withdrawn'>;

/** The card's status label; the only words it may show. */
export type Label =
  | 'Awaiting approval'
  | 'Denied'
  | 'Expired'
  | 'Withdrawn'
  | 'Approved'
  | 'Submitting'
  | 'Pending'
  | 'In progress'
  | 'Succeeded'
  | 'Failed'
  | 'Timed out'
  | 'Cancelled'
  | 'Needs attention';

const ownLabels = {
  awaiting: 'Awaiting approval',
  denied: 'Denied',
  expired: 'Expired',
  withdrawn: 'Withdrawn',
  approved: 'Approved',
  submitting: 'Submitting',
  attention: 'Needs attention',
} as const satisfies Partial<Record<Status, Label>>;

const machineActionLabels = {
  Pending: 'Pending',
  InProgress: 'In progress',
  Succeeded: 'Succeeded',
  Failed: 'Failed',
  TimeOut: 'Timed out',
  Cancelled: 'Cancelled',
} as const satisfies Record<MachineActionStatus, Label>;

export function labelOf(state: State): Label {
  return state.status === 'running' || state.status === 'ended'
    ? machineActionLabels[state.machineAction.status]
    : ownLabels[state.status];
}

const filedLabels: ReadonlyMap<string, Label> = new Map<string, Label>([
  ...Object.entries(ownLabels),
  ['unclear', ownLabels.attention],
]);
const filedActionLabels: ReadonlyMap<string, Label> = new Map<string, Label>(
  Object.entries(machineActionLabels),
);

/** The label by what is filed of a state, where that suffices; of a newer program's words it does not. */
export function labelOfFiled(status: string, machineAction: string | null): Label | undefined {
  return (
    filedLabels.get(status) ?? (machineAction === null ? undefined : filedActionLabels.get(machineAction))
  );
}

/** Whether Defender says no more of this machine action. */
export function isFinal(status: MachineActionStatus): boolean {
  return status !== 'Pending' && status !== 'InProgress';
}

/** How a state is filed: like its status, but what needs attention and may still go on is not over and is told apart. */
export type FiledStatus = Status | 'unclear';

export function filedStatusOf(state: State): FiledStatus {
  return mayGoOn(state) ? 'unclear' : state.status;
}

/** Nothing was sent, and the approver's own retry brings it on. */
export function isForRetry({ code }: AttentionReason): boolean {
  return code === 'sign-in-needed' || code === 'step-failed';
}

/** Needs attention, and somebody can still bring it on: by checking again or by retrying. */
export function mayGoOn(state: State): state is StateOf<'attention'> {
  if (state.status !== 'attention' || state.closed !== undefined) return false;
  return state.reason.code === 'outcome-unknown' || isForRetry(state.reason);
}

/** A POST may have reached Defender, and nobody knows. */
export function isInDoubt(state: State): state is StateOf<'attention'> {
  return mayGoOn(state) && state.reason.code === 'outcome-unknown';
}

/** Approved, certainly unsent, and waiting for the approver. */
export function isRetryable(state: State): state is StateOf<'attention'> & { approval: Approval } {
  return mayGoOn(state) && isForRetry(state.reason) && state.approval !== undefined;
}

/** In these a second request for the same device and action is refused. */
export const openStatuses = [
  'awaiting',
  'approved',
  'submitting',
  'running',
  'unclear',
] as const satisfies FiledStatus[];
