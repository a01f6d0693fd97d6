import { avatar } from './avatar.ts';
import { el } from './dom.ts';
import { icon } from './icons.ts';
import type { Conversation, PageState } from './types.ts';

export interface ConversationList {
  readonly element: HTMLElement;
  readonly select: (conversationId: string) => void;
  readonly countUnread: (conversationId: string) => void;
  /** Over all conversations, for the title of the window. */
  readonly unreadTotal: () => number;
}

/** Chats first, then teams with their channels, as in Teams' combined list. */
export function createConversationList(state: PageState, onOpen: (id: string) => void): ConversationList {
  const rows = new Map<string, { button: HTMLElement; badge: HTMLElement; unread: number }>();
  const rowOf = (conversation: Conversation) => {
    const badge = el('span', { class: 'badge', hidden: true });
    const button = el(
      'button',
      {
        type: 'button',
        class: 'conversation',
        'data-conversation': conversation.id,
        onclick: () => onOpen(conversation.id),
      },
      face(conversation),
      el('span', { class: 'conversation-name' }, conversation.name),
      badge,
    );
    rows.set(conversation.id, { button, badge, unread: 0 });
    return button;
  };
  const chats = state.conversations.filter((each) => each.kind !== 'channel');
  const teams = Map.groupBy(
    state.conversations.filter((each) => each.kind === 'channel'),
    (each) => each.team ?? 'Team',
  );
  const element = el(
    'nav',
    { class: 'conversations', 'aria-label': 'Conversations' },
    el('h2', {}, 'Chat'),
    ...section('Chats', chats.map(rowOf)),
    ...[...teams].flatMap(([team, channels]) => section(team, channels.map(rowOf))),
    el('p', { class: 'list-note' }, 'A sandbox: people, devices and Defender are simulated on this machine.'),
  );
  const show = (id: string, unread: number) => {
    const row = rows.get(id);
    if (!row) return;
    row.unread = unread;
    row.badge.hidden = unread === 0;
    row.badge.textContent = unread > 99 ? '99+' : String(unread);
    row.badge.setAttribute('aria-label', `${unread} unread`);
    row.button.classList.toggle('unread', unread > 0);
  };
  return {
    element,
    select: (id) => {
      for (const [key, row] of rows) {
        if (key === id) row.button.setAttribute('aria-current', 'page');
        else row.button.removeAttribute('aria-current');
      }
      show(id, 0);
    },
    countUnread: (id) => show(id, (rows.get(id)?.unread ?? 0) + 1),
    unreadTotal: () => [...rows.values()].reduce((sum, row) => sum + row.unread, 0),
  };
}

function section(title: string, rows: readonly HTMLElement[]): HTMLElement[] {
  return rows.length === 0 ? [] : [el('h3', {}, title), ...rows];
}

function face(conversation: Conversation): HTMLElement {
  if (conversation.kind === 'personal') return avatar({ name: conversation.name, isBot: true }, 'small');
  if (conversation.kind === 'groupChat') return el('span', { class: 'avatar small group' }, icon('people'));
  return el('span', { class: 'hash', 'aria-hidden': 'true' }, '#');
}
