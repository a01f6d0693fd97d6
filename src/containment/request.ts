import type { DeviceId, RequestId } from './ids.ts';
import type { DeviceFacts } from './device.ts';
import type { FoundChange } from './elsewhere.ts';
import type { Instant, Person } from './person.ts';
import type { State, UndecidedState } from './state.ts';
import type { AlsoRestricted, Release, TimeBox } from './time-box.ts';

/** What is asked of Defender; a lift is a request of its own. */
export type Action = 'restrict' | 'unrestrict';

/** Where a request was made; opaque to everything but `bot/`. */
export interface Place {
  /** Conversation without its thread: what "here" means for numbers, duplicates and foreign card data. */
  readonly conversation: string;
  /** Conversation with its thread: where the card and the outcome are posted, but see `hasOwnThread`. */
  readonly thread: string;
  readonly kind: 'channel' | 'groupChat' | 'personal';
}

/** It was asked for in front of nobody, as a post of a channel: its card is one too, and begins the thread. */
export function hasOwnThread({ kind, thread, conversation }: Place): boolean {
  return kind === 'channel' && thread === conversation;
}

/** As Teams calls the thread of a channel that begins with this message. */
export function threadOf(channel: string, messageId: string): string {
  return `${channel};messageid=${messageId}`;
}

/**
 * One of several devices of a request. Each is a request of its own in all that is done to its device; what people see of
 * them is one number and one card, that of the first, which leads.
 */
export interface BatchPlace {
  readonly lead: RequestId;
  /** In the order in which they were typed, from 1. */
  readonly place: number;
  readonly size: number;
}

export interface Hold {
  readonly reason: string;
  readonly since: Instant;
}

/** A request to restrict a device, or to lift that. */
export type ContainmentRequest = DeviceRequest | NamedRequest;

/** How a wish says which device it means; a name beside an id is what was typed. */
export type DeviceWish =
  | { readonly deviceId: DeviceId; readonly deviceName?: string | undefined }
  | { readonly deviceId?: undefined; readonly deviceName: string };

/** The device in as many words as are known of it. */
export function nameOrId(wish: DeviceWish): string {
  return wish.deviceId === undefined ? wish.deviceName : wish.deviceId;
}

/** Which device is meant is certain. Nothing is approved of any other request. */
export interface DeviceRequest extends Wish {
  readonly deviceId: DeviceId;
  /** What Defender said of the device, once somebody's token could read it. */
  readonly device?: DeviceFacts | undefined;
  readonly state: State;
}

/** The device is known by the name that was typed, and nobody's token has found it yet. */
export interface NamedRequest extends Wish {
  readonly deviceId?: undefined;
  readonly device?: undefined;
  readonly deviceName: string;
  readonly state: UndecidedState;
}

export function hasDevice(request: ContainmentRequest): request is DeviceRequest {
  return request.deviceId !== undefined;
}

interface Wish {
  readonly id: RequestId;
  readonly tenantId: string;
  /** Counts per tenant from 1; what people type. Devices that were asked for together have one. */
  readonly number: number;
  readonly action: Action;
  /** The name by which the wish meant its device; absent where it gave the id. */
  readonly deviceName?: string | undefined;
  /** Whole, as typed; shortened only where it is shown or sent. */
  readonly reason: string;
  readonly requestor: Person;
  readonly place: Place;
  /** The restriction is to end by itself. */
  readonly box?: TimeBox | undefined;
  /** The restriction was lifted, as far as any request tells. */
  readonly released?: Release | undefined;
  /** What was changed on the device without any request, after this one took effect; the latest last, never empty. */
  readonly elsewhere?: readonly FoundChange[] | undefined;
  /** The request whose time box this one ends. */
  readonly lifts?: RequestId | undefined;
  /** Of such a request: what else restricts the device. Whoever approves it from now on has read that. */
  readonly alsoRestricted?: AlsoRestricted | undefined;
  /** One of several devices that were asked for together. */
  readonly batch?: BatchPlace | undefined;
  /** All of them, itself among them, where the one that leads was read for its card. Never stored. */
  readonly members?: readonly ContainmentRequest[] | undefined;
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
  /** Counts the changes of this request; a card shows one revision. */
  readonly revision: number;
  /** Hash of the audit record of the latest change: what a ticket can cite. */
  readonly recordHash?: string | undefined;
}
