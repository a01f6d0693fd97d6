import type { Duration } from '../containment/duration.ts';
import type { DeviceId, RequestId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import type { Action, DeviceWish, Place } from '../containment/request.ts';

/** An approval in words, which its asker's press completes. */
export interface ApprovalQuestion {
  readonly kind: 'approve';
  readonly requestId: RequestId;
  readonly requestNumber: number;
  /** Empty when there is none. */
  readonly comment: string;
  /** Known when it was typed, of a request that was made by a name. */
  readonly deviceId?: DeviceId;
  /** As of when the answer to what was typed showed what else restricts the device. */
  readonly alsoRestrictedAt?: Instant;
  /** Of several devices, those that were known when it was typed. */
  readonly deviceIds?: readonly DeviceId[];
  /** Their places, also of those that are known by name only; a question of an older program does not say. */
  readonly offered?: string;
}

/** A command that means its device by a name which does not say for certain which one that is. */
export interface DeviceQuestion {
  readonly kind: 'device';
  readonly action: Action;
  readonly deviceName: string;
  readonly reason: string;
  /** The restriction ends by itself after this. */
  readonly box?: Duration | undefined;
  /** Where it was typed, and so what its request belongs to. */
  readonly place: Place;
  /** Id of the message that asked: what comes of it is one request. */
  readonly sourceActivity: string;
}

/** The same of a command for several devices, of which `deviceName` is the first that is not certain. */
export interface DevicesQuestion extends Omit<DeviceQuestion, 'kind'> {
  readonly kind: 'devices';
  readonly devices: readonly DeviceWish[];
}

export type Question =
  { readonly kind: 'whoami' | 'signout' } | ApprovalQuestion | DeviceQuestion | DevicesQuestion;

/** What the kind alone does not say. */
export type QuestionSubject =
  Omit<ApprovalQuestion, 'kind'> | Omit<DeviceQuestion, 'kind'> | Omit<DevicesQuestion, 'kind'>;
