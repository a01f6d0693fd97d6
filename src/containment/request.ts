import type { DeviceId, RequestId } from './ids.ts';
import type { DeviceFacts } from './device.ts';
import type { Instant, Person } from './person.ts';
import type { State } from './state.ts';

/** What is asked of Defender; a lift is a request of its own. */
export type Action = 'restrict' | 'unrestrict';

/** Where a request was made; opaque to everything but `bot/`. */
export interface Place {
  /** Conversation without its thread: what "here" means for numbers, duplicates and foreign card data. */
  readonly conversation: string;
  /** Conversation with its thread: where the card and the outcome are posted. */
  readonly thread: string;
  readonly kind: 'channel' | 'groupChat' | 'personal';
}

export interface Hold {
  readonly reason: string;
  readonly since: Instant;
}

/** A request to restrict one device, or to lift that. */
export interface ContainmentRequest {
  readonly id: RequestId;
  readonly tenantId: string;
  /** Counts per tenant from 1; what people type. */
  readonly number: number;
  readonly action: Action;
  readonly deviceId: DeviceId;
  /** What Defender said of the device, once somebody's token could read it. */
  readonly device?: DeviceFacts | undefined;
  /** Whole, as typed; shortened only where it is shown or sent. */
  readonly reason: string;
  readonly requestor: Person;
  readonly place: Place;
  /** Number of an open request for the same device and action made elsewhere. */
  readonly alsoRequestedIn?: number | undefined;
  /** Nothing is submitted to Defender for now: an administrator paused it. */
  readonly hold?: Hold | undefined;
  /**
   * The database was restored, or all processes stood still: it may have forgotten what was sent for this request, and
   * Defender was not asked yet. Until then nobody may say that nothing was sent.
   */
  readonly unchecked?: boolean | undefined;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly state: State;
  /** Counts the changes of this request; a card shows one revision. */
  readonly revision: number;
  /** Hash of the audit record of the latest change: what a ticket can cite. */
  readonly recordHash?: string | undefined;
}
