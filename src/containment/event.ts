import type { DeviceFacts } from './device.ts';
import type { Duration } from './duration.ts';
import type { ChangeElsewhere } from './elsewhere.ts';
import type { DeviceId, RequestId } from './ids.ts';
import type { OfAttempt } from './of-attempt.ts';
import type { Instant, Person } from './person.ts';
import type { Hold } from './request.ts';
import type {
  Approval,
  AttentionReason,
  Click,
  Label,
  MachineAction,
  VoidReason,
  WaitReason,
} from './state.ts';
import type { AlsoRestricted, NewLift, OpenLift, OtherRestriction, WishVerb } from './time-box.ts';

/** Everything that can happen to a request. */
export type Event =
  | (FoundDevice & {
      readonly kind: 'device-read';
      readonly device: DeviceFacts;
      /** Whose own token read it; the requestor's where absent. */
      readonly by?: Person | undefined;
    })
  | {
      readonly kind: 'approve-clicked';
      readonly by: Person;
      readonly clickId: string;
      readonly comment?: string | undefined;
      /** Chosen on the card, not proven yet. */
      readonly deviceId?: DeviceId | undefined;
      /** As of when it showed what else restricts the device. */
      readonly alsoRestrictedAt?: Instant | undefined;
      /** Of several devices, those that were not chosen. */
      readonly leavesOut?: readonly RequestId[] | undefined;
    }
  | (FoundDevice & {
      readonly kind: 'approve-verified';
      readonly clickId: string;
      readonly device: DeviceFacts;
      readonly upn?: string | undefined;
      /** By a token that only this process holds: it submits at once itself, the job only if it died. */
      readonly steppedUp?: boolean | undefined;
      /** Should the click not count. */
      readonly tell?: Tell;
    })
  | {
      readonly kind: 'approve-needs-sign-in';
      readonly clickId: string;
      readonly until: Instant;
      readonly aadsts?: string | undefined;
    }
  | {
      readonly kind: 'approve-refused';
      readonly clickId: string;
      /** The click's own wait, as it was refused: one that waits anew since then has another link, and goes on. */
      readonly seen?: Pick<Click, 'signInUntil'>;
      readonly why: VoidReason;
      readonly tell: Tell;
    }
  /** An approval holds that was given for others of its devices. */
  | { readonly kind: 'left-out'; readonly by: Person }
  | { readonly kind: 'deny-clicked'; readonly by: Person; readonly comment: string }
  | {
      readonly kind: 'cancel-clicked';
      readonly by: Person;
      readonly comment: string;
      /** By a message: no turn asks Defender first, the job does at once. */
      readonly typed?: boolean;
      /** As for `approve-verified`. */
      readonly steppedUp?: boolean | undefined;
    }
  | { readonly kind: 'cancel-accepted'; readonly by: Person; readonly wishedAt?: Instant }
  | {
      readonly kind: 'cancel-refused';
      readonly by: Person;
      /** When that wish was made: a later one of the same person is another. */
      readonly wishedAt?: Instant;
      readonly why: CancelRefusal;
      readonly tell: Tell;
    }
  | { readonly kind: 'time-passed' }
  | {
      readonly kind: 'attempt-started';
      readonly attemptId: string;
      readonly deadline: Instant;
      /** The approval whose token this attempt holds: it must not run under another one. */
      readonly approvedAt?: Instant;
      readonly commentLimit?: number;
    }
  | (OfAttempt & { readonly kind: 'attempt-postponed'; readonly until: Instant; readonly why: WaitReason })
  | (OfAttempt & {
      readonly kind: 'attempt-void';
      readonly why: VoidReason;
      /** Shown to whoever approves it next. */
      readonly others?: readonly OtherRestriction[] | undefined;
    })
  | { readonly kind: 'attempt-unclear'; readonly attemptId: string; readonly lookAgainAt: Instant }
  | (OfAttempt & { readonly kind: 'attempt-stuck'; readonly why: AttentionReason })
  | { readonly kind: 'action-found'; readonly machineAction: MachineAction }
  | {
      readonly kind: 'action-absent';
      /** Before Defender was asked: its answer says nothing of what was sent later. */
      readonly askedAt?: Instant;
    }
  | { readonly kind: 'action-observed'; readonly machineAction: MachineAction }
  | { readonly kind: 'not-confirmed' }
  /** The approver, signed in again, stands by the approval. */
  | {
      readonly kind: 'retry-clicked';
      readonly by: Person;
      /** As for `approve-verified`. */
      readonly steppedUp?: boolean | undefined;
    }
  | { readonly kind: 'close-clicked'; readonly by: Person; readonly comment: string }
  /** A job of the request failed again and again and is tried no more. */
  | {
      readonly kind: 'job-died';
      readonly job: DeadJob;
      readonly clickId?: string | undefined;
      /** The approval or the wish that the job was queued for; a later one has a job of its own. */
      readonly since?: Instant | undefined;
    }
  | { readonly kind: 'submission-paused'; readonly hold: Hold }
  | { readonly kind: 'submission-resumed' }
  | BoxEvent;

interface VerifiedWish {
  readonly kind: 'wish-verified';
  readonly clickId: string;
  readonly upn?: string | undefined;
  /** As for `approve-verified`. */
  readonly steppedUp?: boolean | undefined;
  readonly tell?: Tell;
}

/** What happens to a time box, and to a restriction that is lifted. */
export type BoxEvent =
  | {
      readonly kind: 'release-clicked';
      readonly by: Person;
      readonly clickId: string;
      readonly comment?: string | undefined;
    }
  | {
      readonly kind: 'extend-clicked';
      readonly by: Person;
      readonly clickId: string;
      /** Undefined: what was typed is no duration. */
      readonly duration: Duration | undefined;
      readonly comment?: string | undefined;
    }
  | (VerifiedWish & { readonly wish: 'extend' })
  | (VerifiedWish & {
      readonly wish: 'release';
      readonly lift: NewLift;
      /** Somebody asked for that already, in this conversation: nobody need make another. The store looks. */
      readonly open?: OpenLift | undefined;
    })
  | {
      readonly kind: 'wish-needs-sign-in';
      readonly clickId: string;
      readonly wish: WishVerb;
      readonly until: Instant;
      readonly aadsts?: string | undefined;
    }
  | {
      readonly kind: 'wish-refused';
      readonly clickId: string;
      /** As for `approve-refused`. */
      readonly seen?: Pick<Click, 'signInUntil'>;
      readonly wish: WishVerb;
      readonly why: VoidReason;
      readonly tell: Tell;
    }
  /** Each says which end it is about: somebody may have moved it since. */
  | { readonly kind: 'box-warned'; readonly until: Instant }
  | {
      readonly kind: 'box-ended';
      readonly until: Instant;
      readonly lift: NewLift;
      readonly open?: OpenLift | undefined;
    }
  | {
      readonly kind: 'lift-awaits';
      readonly lift: NewLift;
      readonly label: Label;
      readonly alsoRestricted?: AlsoRestricted | undefined;
    }
  | { readonly kind: 'lift-still-awaits'; readonly lift: NewLift; readonly people: readonly Person[] }
  /** To the lift itself, from the restriction whose end has come: that was approved with the box. */
  | { readonly kind: 'approved-in-advance'; readonly approval: Approval; readonly of: RequestId }
  | { readonly kind: 'lift-failed'; readonly lift: NewLift; readonly label: Label }
  | {
      readonly kind: 'restriction-released';
      readonly by: Person;
      readonly followed?: true | undefined;
      readonly at: Instant;
      /** Where it was asked for in this conversation. */
      readonly number?: number | undefined;
    }
  /** A sweep has found it, after this request took effect. */
  | {
      readonly kind: 'changed-elsewhere';
      readonly change: ChangeElsewhere;
      /** Another request has the thread that hears of it. */
      readonly quiet?: boolean | undefined;
    };

/**
 * Whether the person must be told by a message, no turn of theirs being there to tell them. A turn may be over before its
 * answer is seen: a message that it takes back by this id, once it has answered, is written with the state.
 */
export type Tell = boolean | { readonly unlessTold: string };

/** Which device was read: what a request says that knows its device by name only. */
export interface FoundDevice {
  readonly deviceId?: DeviceId | undefined;
  /** Numbers of open requests that want the same of this device: in this conversation, and the first one elsewhere. */
  readonly openHere?: number | undefined;
  readonly openElsewhere?: number | undefined;
  /** Another device of the same request is this one already. */
  readonly isTwin?: boolean | undefined;
}

/** Jobs whose end leaves a request waiting; of the others the request does not depend. */
export type DeadJob = 'submit' | 'check-approval' | 'cancel-action';

export type CancelRefusal =
  | { readonly code: 'not-permitted' }
  | { readonly code: 'already-final' }
  | { readonly code: 'not-found' }
  /** There is no token of the canceller's; `why` says more where it is more than a missing sign-in. */
  | { readonly code: 'sign-in-gone'; readonly why?: VoidReason | undefined }
  | { readonly code: 'failed' }
  /** The action never reached Defender, so there was nothing to cancel; the request is open again. */
  | { readonly code: 'never-sent' }
  /** Somebody who may stop the action asked for it as well, and Defender hears them instead. */
  | { readonly code: 'taken-over' }
  /** Nothing is sent to Defender for now, and the canceller's sign-in cannot be kept until it is. */
  | { readonly code: 'paused' }
  /** Somebody closed the request before it was certain whether there is an action to cancel. */
  | { readonly code: 'closed' };

/** What leaves the process because of an event: durable jobs, written with the state. */
export type Effect =
  /** `press`: of a press that has decided nothing; what is decided comes before, however often somebody presses. */
  | { readonly kind: 'sync-card'; readonly afterSeconds?: number; readonly press?: true }
  /** `withOthers`: more of several devices are to be looked up in the same moment, which is one look. */
  | { readonly kind: 'look-up-device'; readonly withOthers?: true }
  | { readonly kind: 'check-approval'; readonly clickId: string; readonly afterSeconds: number }
  | { readonly kind: 'submit'; readonly at?: Instant }
  | { readonly kind: 'cancel-action'; readonly afterSeconds: number }
  | { readonly kind: 'track' }
  | { readonly kind: 'untrack' }
  | { readonly kind: 'expire'; readonly at: Instant }
  /** Nothing comes of these devices of the same request; the store says so to them. */
  | { readonly kind: 'leave-out'; readonly requests: readonly RequestId[]; readonly by: Person }
  | { readonly kind: 'notify'; readonly about: Label; readonly afterSeconds?: number }
  | {
      readonly kind: 'tell';
      readonly to: Person;
      readonly note: PrivateNote;
      /** As in `Tell`. */
      readonly unlessTold?: string;
    }
  /** The request that lifts what this one restricts; the store makes it, or finds the one that is open. */
  | { readonly kind: 'lift'; readonly lift: NewLift; readonly approval: Approval }
  /** The end has come: it approves the lift that was asked for early and still awaits approval. */
  | { readonly kind: 'approve-lift'; readonly lift: NewLift; readonly approval: Approval }
  /** A look at the time box, at once or when something is due. */
  | { readonly kind: 'time-box'; readonly at?: Instant }
  /** A word in the thread about the time box; `of` tells one such word from the next. */
  | { readonly kind: 'tell-box'; readonly about: BoxNews; readonly of: Instant }
  /** A word in the thread of what was changed elsewhere, this change and whatever else it has not heard of. */
  | { readonly kind: 'tell-elsewhere'; readonly change: string }
  /** A lift came to rest: the restrictions that it concerns are looked at. */
  | { readonly kind: 'settle-lift' };

/**
 * `ending`: extend or release? `wanted`: the lift needs somebody's approval. `called`: it still does. `unlifted`: it came to
 * nothing, release or extend?
 */
export type BoxNews = 'ending' | 'wanted' | 'called' | 'unlifted';

/** What one person must learn alone, some time after the click. */
export type PrivateNote =
  | { readonly about: 'approval'; readonly why: VoidReason }
  | { readonly about: 'cancellation'; readonly why: CancelRefusal }
  /** `at`: when that was pressed; missing in what an older program wrote. */
  | { readonly about: WishVerb; readonly why: VoidReason; readonly at?: Instant | undefined };

/** Why an event changes nothing; told to the person who caused it. */
export type Refusal =
  | { readonly code: 'own-request' }
  | { readonly code: 'own-request-deny' }
  | { readonly code: 'nobody-here' }
  | { readonly code: 'comment-missing' }
  | { readonly code: 'expired' }
  | { readonly code: 'already-decided' }
  | { readonly code: 'device-found-since' }
  | { readonly code: 'already-checking' }
  | { readonly code: 'already-approved-by-you' }
  | { readonly code: 'not-requestor' }
  | { readonly code: 'cancel-under-way' }
  | { readonly code: 'nothing-to-cancel' }
  | { readonly code: 'nothing-to-retry' }
  | { readonly code: 'only-approver-retries' }
  | { readonly code: 'nothing-to-close' }
  | { readonly code: 'own-request-close' }
  | { readonly code: 'own-request-recheck' }
  | { readonly code: 'own-request-release' }
  | { readonly code: 'own-request-extend' }
  | { readonly code: 'no-time-box' }
  | { readonly code: 'lift-asked-for' }
  | { readonly code: 'bad-duration' }
  | { readonly code: 'not-longer' }
  | { readonly code: 'wish-checking' }
  | { readonly code: 'stale' };
