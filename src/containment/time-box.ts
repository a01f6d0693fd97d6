import type { Duration } from './duration.ts';
import type { RequestId } from './ids.ts';
import type { Instant, Person } from './person.ts';
import type { Click, Label, VoidReason } from './state.ts';

/** A restriction that ends by itself: whoever approves it, approves its end as well. */
export interface TimeBox {
  readonly duration: Duration;
  /** From the moment when Defender confirms the restriction. */
  readonly running?: RunningBox | undefined;
}

export interface RunningBox {
  readonly since: Instant;
  readonly until: Instant;
  /** Asked for by whoever set this end; the warning comes earlier where it is longer. */
  readonly duration: Duration;
  /** By whose word the restriction is lifted at `until`: the approver's or, once it was moved, of whoever moved it. */
  readonly authorisedBy: Person;
  readonly extended?: Extension | undefined;
  /** Pressed buttons whose people's rights Defender has not confirmed yet. */
  readonly wishes: readonly Wish[];
  /** The latest press that did not hold; shown without its private reason. */
  readonly voided?: VoidWish | undefined;
  /** Of one of several devices: the presses that came to nothing when its lift was asked for, or was not needed any more. */
  readonly overtook?: readonly OvertakenWish[] | undefined;
  /** The thread was asked whether to extend or release, for this end. */
  readonly warned?: true | undefined;
  /** The end has come. */
  readonly ended?: true | undefined;
  /** The lift that has borne the approval of this end: it is given once. */
  readonly spentOn?: RequestId | undefined;
  /** The open request that lifts it. */
  readonly lift?: BoxLift | undefined;
  /** The last such request, which came to nothing. */
  readonly failed?: { readonly number: number; readonly label: Label; readonly at: Instant } | undefined;
}

export interface Extension {
  readonly by: Person;
  readonly at: Instant;
  readonly from: Instant;
  readonly until: Instant;
  /** Of one of several devices: the press that was for all of them. */
  readonly press?: string | undefined;
}

export type WishVerb = 'release' | 'extend';

/** A press of Release or Extend that waits for its check, as a click waits for that of an approval. */
export type Wish = Click &
  ({ readonly verb: 'release' } | { readonly verb: 'extend'; readonly duration: Duration });

interface VoidWish {
  readonly verb: WishVerb;
  readonly by: Person;
  readonly at: Instant;
  readonly why: VoidReason;
  /** Of one of several devices: the press that was for all of them. */
  readonly press?: string | undefined;
  /** Its person was told by message. */
  readonly told?: true | undefined;
}

interface OvertakenWish {
  readonly press: string;
  readonly by: Person;
  readonly why: VoidReason;
}

export interface BoxLift {
  readonly id: RequestId;
  readonly number: number;
  /** Since then anybody entitled is asked to bring it on; `label`: as it stood then. */
  readonly awaitedSince?: Instant | undefined;
  readonly label?: Label | undefined;
  /** They were told of these, which it would lift as well. */
  readonly alsoRestricted?: AlsoRestricted | undefined;
  /** More people were called because nobody had decided. */
  readonly called?: { readonly at: Instant; readonly people: readonly Person[] } | undefined;
}

/** A lift that is to be made: its id and number are taken beforehand, so that nobody waits for them. */
export interface NewLift extends Pick<BoxLift, 'id' | 'number'> {
  /** The first of several devices that are lifted by the same word: this is one more of them, under their number. */
  readonly joins?: RequestId | undefined;
}

/** Something else that restricts the device, which a lift would end as well. */
export interface OtherRestriction {
  /** Of the machine action, or of the request where that is known. */
  readonly key: string;
  /** As Defender, or our register, names who asked for it. */
  readonly by?: string | undefined;
  readonly since?: string | undefined;
}

/** What people were shown before they approve a lift. */
export interface AlsoRestricted {
  readonly at: Instant;
  readonly others: readonly OtherRestriction[];
}

/** The open request that lifts what a time box restricts, as the register has it. */
export interface OpenLift extends NewLift {
  /** It was made for this very box and waits for an approval: the end can be approved on it. */
  readonly takesEnd: boolean;
}

/** The restriction was lifted, by whatever request. */
export interface Release {
  /** Who approved the lift. */
  readonly by: Person;
  /** Defender had taken somebody else's action already, which the lift followed: it is not theirs. */
  readonly followed?: true | undefined;
  readonly at: Instant;
  /** Missing when the lift was asked for in another conversation: it is not this one's to name. */
  readonly number?: number | undefined;
  /** The machine action by which the device had been restricted again elsewhere, if that is what was lifted. */
  readonly after?: string | undefined;
}
