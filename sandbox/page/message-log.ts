import type { CardContext } from './card-slot.ts';
import { el } from './dom.ts';
import { icon } from './icons.ts';
import { createMessageItem } from './message-item.ts';
import type { MessageItem } from './message-item.ts';
import { type Addressing, createComposer } from './composer.ts';
import { dayLabel } from './time.ts';
import type { Conversation, Message, SlashCommand } from './types.ts';

export interface MessageLog {
  readonly element: HTMLElement;
  readonly isEmpty: boolean;
  /** Adds the message, or brings the one with its id up to date. */
  put(message: Message): void;
  find(messageId: string): HTMLElement | undefined;
}

export interface MessageLogOptions {
  readonly context: CardContext;
  readonly conversation: Conversation;
  readonly botName: string;
  readonly slashCommands: readonly SlashCommand[];
  readonly onReply: (threadId: string, text: string, addressing: Addressing) => Promise<string | undefined>;
}

/** The messages of one conversation: threads in a channel, bubbles in a chat. */
export function createMessageLog(options: MessageLogOptions): MessageLog {
  const items = new Map<string, MessageItem>();
  const threads = new Map<string, HTMLElement>();
  const threaded = options.conversation.kind === 'channel';
  const element = el('div', {
    class: threaded ? 'log threads' : 'log bubbles',
    role: 'log',
    'aria-live': 'off',
  });
  let lastDay = '';

  const startDay = (message: Message) => {
    const day = dayLabel(message.createdAt, new Date());
    if (day !== lastDay) element.append(el('div', { class: 'day' }, el('span', {}, day)));
    lastDay = day;
  };
  const repliesOf = (threadId: string, { onlyFor }: Message): HTMLElement => {
    const known = threads.get(threadId);
    if (known) return known;
    const replies = el('div', { class: 'replies' });
    const thread = el('section', { class: 'thread', 'data-thread': threadId, 'aria-label': 'Thread' });
    // Teams takes no replies to a message that one person sees.
    thread.append(replies, ...(onlyFor === undefined ? [replyBox(options, threadId)] : []));
    threads.set(threadId, replies);
    element.append(thread);
    return replies;
  };
  const place = (message: Message, item: MessageItem) => {
    const root = message.threadId ?? message.id;
    if (!threaded) {
      startDay(message);
      element.append(item.element);
      return;
    }
    if (!threads.has(root)) startDay(message);
    const replies = repliesOf(root, message);
    if (root === message.id) replies.before(item.element);
    else replies.append(item.element);
  };

  return {
    element,
    get isEmpty() {
      return items.size === 0;
    },
    put: (message) => {
      const known = items.get(message.id);
      if (known) {
        known.update(message);
        return;
      }
      const item = createMessageItem(options.context, message);
      items.set(message.id, item);
      place(message, item);
    },
    find: (messageId) => items.get(messageId)?.element,
  };
}

/** "Reply" opens a composer inside the thread; it stays open, with its draft, until the page is closed. */
function replyBox(options: MessageLogOptions, threadId: string): HTMLElement {
  const box = el('div', { class: 'reply-box' });
  const open = () => {
    const composer = createComposer({
      placeholder: 'Reply',
      botName: options.botName,
      offersMention: true,
      testIds: { field: 'reply', send: 'reply-send' },
      slashCommands: options.slashCommands,
      onSend: (text, addressing) => options.onReply(threadId, text, addressing),
    });
    box.replaceChildren(composer.element);
    composer.focus();
  };
  const attributes = {
    class: 'quiet reply-open',
    type: 'button',
    'data-testid': 'reply-open',
    onclick: open,
  };
  box.append(el('button', attributes, icon('reply'), 'Reply'));
  return box;
}
