import type { FoundChange, StandsNow } from '../containment/elsewhere.ts';
import type { BoxNews, PrivateNote } from '../containment/event.ts';
import type { Person } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';

/** What the jobs need of the chat; `bot/courier.ts` implements it. */
export interface Chat {
  /** Fingerprint of the card as people would see it: two requests with the same one need no edit. */
  picture(request: ContainmentRequest, look: CardLook): string;
  /** Posts the card of a request and answers its message id. */
  sendCard(request: ContainmentRequest, look: CardLook): Promise<string>;
  updateCard(request: ContainmentRequest, look: CardLook, activityId: string, why: WhyEdited): Promise<void>;
  /** Replies in the request's thread that it has ended, mentioning requestor and approver. */
  tellThread(request: ContainmentRequest): Promise<void>;
  /**
   * Says in the request's thread what its time box asks of people; of several devices in one word.
   *
   * @param request as its card shows it
   * @param members of its devices those that the word is about; the request itself where it has one device
   */
  tellBox(request: ContainmentRequest, news: BoxNews, members: readonly ContainmentRequest[]): Promise<void>;
  /** Says in the request's thread what was changed elsewhere, of all its devices in one word. */
  tellElsewhere(request: ContainmentRequest, news: readonly ElsewhereNews[]): Promise<void>;
  /** Tells one person alone; false when that person cannot be reached that way. */
  tellPerson(request: ContainmentRequest, person: Person, note: PrivateNote): Promise<boolean>;
}

/** Of one device what the thread has not heard of yet, the latest last, and how that stands by now. */
export interface ElsewhereNews {
  readonly request: ContainmentRequest;
  readonly changes: readonly FoundChange[];
  readonly stands: StandsNow;
}

/** `press`: of a press that has decided nothing, or of what may be one; a conversation gets few of those. */
export type WhyEdited = 'routine' | 'press';

export interface CardLook {
  /** The card stands for one that was deleted, and says so. */
  readonly replacesDeleted: boolean;
}

/**
 * - `gone`: the message, or the thread for it, exists no more.
 * - `left`: the bot is not, or may not speak, in the conversation; nothing is tried there before it is heard of again.
 * - `later`: throttled or busy; the same call may be made again, after `retryAfterMs` if that is known.
 * - `refused`: the platform does not accept the message as it is.
 */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly kind: 'gone' | 'left' | 'later' | 'refused';
  readonly retryAfterMs: number | undefined;
  readonly status: number | undefined;
  /** The platform's own word for it. */
  readonly code: string | undefined;
  constructor(kind: ChatError['kind'], detail: ChatErrorDetail = {}) {
    super(`The chat platform did not take a message: ${kind}`);
    this.kind = kind;
    this.retryAfterMs = detail.retryAfterMs;
    this.status = detail.status;
    this.code = detail.code;
  }
}

interface ChatErrorDetail {
  readonly retryAfterMs?: number | undefined;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
}
