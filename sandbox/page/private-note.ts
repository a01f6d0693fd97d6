import { el } from './dom.ts';
import { icon } from './icons.ts';

/** What the bot told this person alone, under the card. */
export function privateNote(kind: 'note' | 'error', text: string, onDismiss: () => void): HTMLElement {
  return el(
    'div',
    {
      class: `private ${kind}`,
      'data-testid': 'private',
      'data-kind': kind,
      role: kind === 'error' ? 'alert' : 'status',
    },
    icon(kind === 'error' ? 'fault' : 'lock'),
    el('div', { class: 'private-text' }, el('span', {}, text), el('small', {}, 'Only you can see this')),
    el(
      'button',
      { class: 'quiet', type: 'button', 'aria-label': 'Dismiss', onclick: onDismiss },
      icon('close'),
    ),
  );
}
