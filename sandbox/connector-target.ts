import type { Departed } from './departed.ts';
import type { ConversationAddress, MessageStore } from './message-store.ts';
import type { SendLimit } from './send-limit.ts';

export interface ConnectorContext {
  readonly messages: MessageStore;
  readonly limit: SendLimit;
  readonly installedIn: ReadonlySet<string>;
  readonly departed: Departed;
}

/** What a path points to: a conversation or thread, and an activity's or member's id. */
export interface Target extends ConversationAddress {
  readonly id: string;
  readonly query: URLSearchParams;
}
