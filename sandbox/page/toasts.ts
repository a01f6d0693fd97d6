import { avatar } from './avatar.ts';
import { el } from './dom.ts';
import { icon } from './icons.ts';
import type { ToastNotice } from './types.ts';

const shownForMs = 8_000;
const atMost = 3;

/** Notifications at the bottom right. One that is looked at or focused waits. */
export function createToasts(botName: string, onOpen: (notice: ToastNotice) => void) {
  const element = el('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' });
  const show = (notice: ToastNotice) => {
    const toast = el('div', { class: 'toast', 'data-testid': 'toast' });
    const open = () => {
      toast.remove();
      onOpen(notice);
    };
    const body = el(
      'span',
      { class: 'toast-text' },
      el('strong', {}, notice.title),
      el('span', {}, notice.text),
    );
    toast.append(
      el(
        'button',
        { class: 'toast-open', type: 'button', onclick: open },
        avatar({ name: botName, isBot: true }),
        body,
      ),
      el(
        'button',
        { class: 'quiet', type: 'button', 'aria-label': 'Dismiss', onclick: () => toast.remove() },
        icon('close'),
      ),
    );
    element.append(toast);
    while (element.children.length > atMost) element.firstElementChild?.remove();
    removeLater(toast);
  };
  return { element, show };
}

function removeLater(toast: HTMLElement): void {
  const expire = () => {
    if (toast.matches(':hover, :focus-within')) setTimeout(expire, shownForMs);
    else toast.remove();
  };
  setTimeout(expire, shownForMs);
}
