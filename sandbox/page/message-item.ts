import { avatar } from './avatar.ts';
import { CardSlot } from './card-slot.ts';
import type { CardContext } from './card-slot.ts';
import { el } from './dom.ts';
import { icon } from './icons.ts';
import { menu, menuItem } from './menu.ts';
import { richText } from './rich-text.ts';
import { clockTime, fullTime } from './time.ts';
import type { Message } from './types.ts';

export interface MessageItem {
  readonly element: HTMLElement;
  update(message: Message): void;
}

/** One message: who, when, text or card, and its "…" menu. The element lives as long as the page does. */
export function createMessageItem(context: CardContext, first: Message): MessageItem {
  const mine = first.from.id === context.myTeamsId;
  const body = el('div', { class: 'message-body' });
  const edited = el('span', { class: 'edited', hidden: true }, 'Edited');
  const more = el('div', { class: 'message-menu' });
  const time = el(
    'time',
    { datetime: first.createdAt, title: fullTime(first.createdAt) },
    clockTime(first.createdAt),
  );
  const element = el(
    'article',
    {
      class: `message${mine ? ' mine' : ''}${first.from.isBot ? ' bot' : ''}`,
      'data-message-id': first.id,
      'aria-label': `${first.from.name}: ${first.summary ?? first.text ?? 'card'}`,
      tabindex: '-1',
    },
    avatar(first.from),
    el(
      'div',
      { class: 'message-column' },
      el('header', {}, el('strong', {}, first.from.name), botTag(first), time, edited, more),
      aloneLine(first),
      body,
    ),
  );
  let slot: CardSlot | undefined;

  const show = (message: Message) => {
    edited.hidden = message.editedAt === undefined;
    if (message.editedAt) edited.title = fullTime(message.editedAt);
    if (!message.card) {
      slot = undefined;
      body.replaceChildren(textOf(message));
      return;
    }
    if (slot) {
      slot.update(message, message.card);
      return;
    }
    const created = (slot = new CardSlot(context, message, message.card));
    const text = message.text ? [textOf(message)] : [];
    body.replaceChildren(...text, created.element, created.aside);
    more.replaceChildren(cardMenu(() => slot));
  };

  show(first);
  let shown = JSON.stringify(first);
  return {
    element,
    update: (message) => {
      // Opening a conversation again brings messages that have not changed: they keep this person's view.
      const next = JSON.stringify(message);
      if (next === shown) return;
      shown = next;
      show(message);
    },
  };
}

function botTag(message: Message): HTMLElement | undefined {
  return message.from.isBot ? el('span', { class: 'tag' }, 'App') : undefined;
}

function aloneLine(message: Message): HTMLElement | undefined {
  if (message.onlyFor === undefined) return undefined;
  return el(
    'small',
    { class: 'alone', 'data-testid': 'only-you' },
    icon('lock'),
    'Only you can see this message',
  );
}

function textOf(message: Message): HTMLElement {
  const plain = !message.from.isBot || message.textFormat === 'plain';
  const text = message.text ?? message.summary ?? '';
  return el('div', { class: 'text' }, ...richText(text, { mentions: message.mentions ?? [], plain }));
}

function cardMenu(slot: () => CardSlot | undefined): HTMLElement {
  return menu('More options', [icon('more')], () => {
    const current = slot();
    if (!current?.canRefresh)
      return [el('span', { class: 'menu-empty' }, 'This card has nothing to refresh')];
    return [menuItem(() => current.refreshByHand(), icon('refresh'), 'Refresh card')];
  });
}
