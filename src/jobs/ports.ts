import type { PrivateNote } from '../containment/event.ts';
import type { Person } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';

/** What the jobs need of the chat; `bot/courier.ts` implements it. */
export interface Chat {
  /** Posts the card of a request and answers its message id. */
  sendCard(request: ContainmentRequest): Promise<string>;
  updateCard(request: ContainmentRequest, activityId: string): Promise<void>;
  /** Replies in the request's thread that it has ended, mentioning requestor and approver. */
  tellThread(request: ContainmentRequest): Promise<void>;
  /** Tells one person alone; false when that person cannot be reached that way. */
  tellPerson(request: ContainmentRequest, person: Person, note: PrivateNote): Promise<boolean>;
}

/**
 * - `gone`: the conversation, the card or the bot's place in it exists no more; trying again is useless.
 * - `later`: throttled or busy; the same call may be made again after `retryAfterMs`.
 * - `refused`: the platform does not accept the message as it is.
 */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly kind: 'gone' | 'later' | 'refused';
  readonly retryAfterMs: number | undefined;
  readonly status: number | undefined;
  constructor(
    kind: ChatError['kind'],
    detail: { retryAfterMs?: number | undefined; status?: number | undefined } = {},
  ) {
    super(`The chat platform did not take a message: ${kind}`);
    this.kind = kind;
    this.retryAfterMs = detail.retryAfterMs;
    this.status = detail.status;
  }
}
