import type { Conversation } from './world.ts';
import { conversations } from './world.ts';

export interface Mention {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

/** A message as a Teams client shows it; a new object at each change, so that one may be kept as seen. */
export interface Message {
  readonly id: string;
  readonly conversationId: string;
  /** Id of the thread's first message; of a first message its own. */
  readonly threadId: string;
  readonly from: { readonly id: string; readonly name: string; readonly isBot: boolean };
  readonly text?: string;
  readonly textFormat?: string;
  readonly mentions?: readonly Mention[];
  readonly card?: Readonly<Record<string, unknown>>;
  readonly summary?: string;
  /** Teams id of the one person who sees it, besides the bot: a targeted message. */
  readonly onlyFor?: string;
  readonly createdAt: string;
  readonly editedAt?: string;
}

export type MessageContent = Pick<Message, 'text' | 'textFormat' | 'mentions' | 'card' | 'summary'>;
export type MessageDraft = Pick<Message, 'conversationId' | 'from' | 'onlyFor'> &
  MessageContent & { threadId?: string };
export type MessageChange = { readonly kind: 'message' | 'update' | 'delete'; readonly message: Message };

export interface MessageStore {
  add(draft: MessageDraft): Message;
  /** Replaces what the message says; undefined when there is none. */
  update(conversationId: string, id: string, content: MessageContent): Message | undefined;
  remove(conversationId: string, id: string): Message | undefined;
  get(conversationId: string, id: string): Message | undefined;
  /** Oldest first. */
  list(conversationId?: string): readonly Message[];
  onChange(listener: (change: MessageChange) => void): () => void;
  /** Waits until `look` finds something; looks again at every change. */
  until<T>(look: (messages: readonly Message[]) => T | undefined, timeoutMs?: number): Promise<T>;
}

export function createMessageStore(now: () => number = Date.now): MessageStore {
  const messages = new Map<string, Message>();
  const listeners = new Set<(change: MessageChange) => void>();
  let lastId = 0;
  const changed = (kind: MessageChange['kind'], message: Message): Message => {
    for (const listener of listeners) listener({ kind, message });
    return message;
  };
  const get = (conversationId: string, id: string): Message | undefined => {
    const message = messages.get(id);
    return message?.conversationId === conversationId ? message : undefined;
  };
  const onChange = (listener: (change: MessageChange) => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const list = (conversationId?: string): readonly Message[] =>
    [...messages.values()].filter(
      (each) => conversationId === undefined || each.conversationId === conversationId,
    );
  return {
    get,
    list,
    onChange,
    add: ({ threadId, ...draft }) => {
      // Teams' message ids are the time in milliseconds; two in the same one still differ.
      lastId = Math.max(now(), lastId + 1);
      const id = String(lastId);
      const message = { ...draft, id, threadId: threadId ?? id, createdAt: new Date(now()).toISOString() };
      messages.set(id, message);
      return changed('message', message);
    },
    update: (conversationId, id, content) => {
      const old = get(conversationId, id);
      if (old === undefined) return undefined;
      const { threadId, from, createdAt, onlyFor } = old;
      const editedAt = new Date(now()).toISOString();
      const whom = onlyFor === undefined ? {} : { onlyFor };
      const message = { ...content, ...whom, id, conversationId, threadId, from, createdAt, editedAt };
      messages.set(id, message);
      return changed('update', message);
    },
    remove: (conversationId, id) => {
      const old = get(conversationId, id);
      if (old === undefined) return undefined;
      messages.delete(id);
      return changed('delete', old);
    },
    until: (look, timeoutMs = 30_000) => waitFor(() => look(list()), onChange, timeoutMs),
  };
}

/** Whoever is in its conversation, but for a message to one person alone. */
export function isSeenBy({ onlyFor }: Message, teamsId: string): boolean {
  return onlyFor === undefined || onlyFor === teamsId;
}

function waitFor<T>(
  look: () => T | undefined,
  onChange: MessageStore['onChange'],
  timeoutMs: number,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`The expected message did not come within ${timeoutMs} ms.`));
    }, timeoutMs);
    const check = (): void => {
      const found = look();
      if (found === undefined) return;
      clearTimeout(timer);
      stop();
      resolve(found);
    };
    const stop = onChange(check);
    check();
  });
}

/** A conversation as an activity names it: `19:…@thread.tacv2;messageid=…` points into a thread. */
export interface ConversationAddress {
  readonly conversation: Conversation | undefined;
  readonly threadId: string | undefined;
}

export function parseConversationId(id: string): ConversationAddress {
  const [base = '', thread] = id.split(';messageid=');
  return { conversation: conversations.find((each) => each.id === base), threadId: thread };
}
