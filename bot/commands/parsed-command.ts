import type { Duration } from '../../src/containment/duration.ts';
import type { DeviceWish } from '../../src/containment/request.ts';
import type { WantedDevice } from '../../src/store/request-lists.ts';

export type CommandName =
  | 'restrict'
  | 'unrestrict'
  | 'approve'
  | 'deny'
  | 'cancel'
  | ListCommand['kind']
  | 'report'
  | 'digest'
  | 'help'
  | 'whoami'
  | 'signout';

/** A command that asks for a containment action on a device. */
export type RestrictionName = 'restrict' | 'unrestrict';

/** The device by its id, or by a name in the form in which Defender keeps it. */
export type RestrictionCommand = DeviceWish & {
  readonly kind: RestrictionName;
  /** The restriction ends by itself after this. */
  readonly duration?: Duration;
  readonly reason: string;
};

/** The same for several devices, each once, in the order in which they were typed. */
export interface SeveralCommand {
  readonly kind: 'several';
  readonly action: RestrictionName;
  readonly devices: readonly DeviceWish[];
  /** Each of the restrictions ends by itself after this. */
  readonly duration?: Duration;
  readonly reason: string;
}

export interface CancelCommand {
  readonly kind: 'cancel';
  readonly requestNumber: number;
  readonly reason: string;
}

/** The buttons of a request's card, in words. */
export interface DecisionCommand {
  readonly kind: 'approve' | 'deny';
  readonly requestNumber: number;
  /** Empty only where none was given to an approval. */
  readonly comment: string;
}

export interface ReportCommand {
  readonly kind: 'report';
  /** The time up to now that the report covers. */
  readonly period: Duration;
}

export interface DigestCommand {
  readonly kind: 'digest';
  /** Minutes of a day in UTC at which it is posted by itself from now on; none ends that, missing leaves it. */
  readonly times?: readonly number[];
}

export interface HelpCommand {
  readonly kind: 'help';
  readonly topic?: string;
}

/** What concerns the one who typed it, and nobody else who reads along. */
export interface PrivateCommand {
  readonly kind: 'whoami' | 'signout';
}

export interface StatusCommand {
  readonly kind: 'status';
  readonly of: { readonly by: 'number'; readonly number: number } | WantedDevice;
}

export interface HistoryCommand {
  readonly kind: 'history';
  readonly device: WantedDevice;
  /** From 1. */
  readonly page: number;
}

export interface PagedCommand {
  readonly kind: 'pending' | 'active';
  readonly page: number;
}

/** What only shows something of our own register. */
export type ListCommand = StatusCommand | HistoryCommand | PagedCommand;

/** What is wrong with a command that only shows something. */
type ListProblem =
  | 'missing-subject'
  | 'missing-listed-device'
  | 'several-subjects'
  | 'malformed-subject'
  | 'number-for-device'
  | 'bad-page'
  | 'nothing-follows';

export type PlainProblem =
  | ListProblem
  | 'missing-device'
  | 'malformed-device'
  | 'comma-before-for'
  | 'bad-duration'
  | 'duration-not-taken'
  | 'missing-reason'
  | 'missing-comment'
  | 'missing-request'
  | 'bad-request-number'
  | 'bad-period'
  | 'bad-times';

interface Invalid<Problem extends string> {
  readonly kind: 'invalid';
  readonly command: CommandName;
  readonly problem: Problem;
}

/** `length` counts the hex digits that were given instead of 40; `place` which of several devices it is, from 1. */
export type Fault =
  | (Invalid<PlainProblem> & { readonly place?: number })
  | (Invalid<'malformed-id'> & { readonly length: number; readonly place?: number });

export type InvalidCommand = Fault | (Invalid<'too-many-devices'> & { readonly count: number });

/** What cannot be carried out and gets one short answer. `word` is bounded, but it is still what a stranger typed. */
export type UnusableCommand =
  { readonly kind: 'empty' } | { readonly kind: 'unknown'; readonly word: string } | InvalidCommand;

export type ParsedCommand =
  | RestrictionCommand
  | SeveralCommand
  | DecisionCommand
  | CancelCommand
  | ListCommand
  | ReportCommand
  | DigestCommand
  | HelpCommand
  | PrivateCommand
  | UnusableCommand;
