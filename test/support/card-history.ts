import type { Label } from '../../sandbox/card-reading.ts';
import { cardLabel } from '../../sandbox/card-reading.ts';
import type { MessageStore } from '../../sandbox/message-store.ts';

/** What people saw on each card, one after the other. */
export interface CardHistory {
  /** By message id; a label that stayed is there once. */
  labels(messageId: string): readonly Label[];
  /** Labels of every card that stands or stood in this thread, by message. */
  inThread(threadId: string): readonly (readonly Label[])[];
  /** How often the message was edited. */
  edits(messageId: string): number;
  /** Forgets a thread that nobody will ask about again. */
  forget(threadId: string): void;
}

interface Seen {
  readonly threadId: string;
  readonly labels: Label[];
  edits: number;
}

export function watchCards(messages: MessageStore): CardHistory {
  const seen = new Map<string, Seen>();
  messages.onChange(({ kind, message }) => {
    const label = message.card && message.from.isBot ? cardLabel(message.card) : undefined;
    if (label === undefined || kind === 'delete') return;
    const known = seen.get(message.id) ?? { threadId: message.threadId, labels: [], edits: 0 };
    if (known.labels.at(-1) !== label) known.labels.push(label);
    if (kind === 'update') known.edits += 1;
    seen.set(message.id, known);
  });
  return {
    labels: (id) => seen.get(id)?.labels ?? [],
    inThread: (thread) =>
      [...seen.values()].filter(({ threadId }) => threadId === thread).map(({ labels }) => labels),
    edits: (id) => seen.get(id)?.edits ?? 0,
    forget: (thread) => {
      for (const [id, { threadId }] of seen) if (threadId === thread) seen.delete(id);
    },
  };
}
