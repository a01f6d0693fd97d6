import { el } from './dom.ts';
import type { Child } from './dom.ts';

/** A small pop-up list under a button; Escape and a press elsewhere close it. */
export function menu(
  label: string,
  face: readonly Child[],
  items: () => readonly HTMLElement[],
): HTMLElement {
  const list = el('div', { class: 'menu-list', role: 'menu', 'aria-label': label });
  const summary = el('summary', { class: 'quiet', 'aria-label': label, title: label }, ...face);
  const box = el('details', { class: 'menu' }, summary, list);
  const close = () => box.removeAttribute('open');
  const closeElsewhere = (event: Event) => {
    if (event.target instanceof Node && !box.contains(event.target)) close();
  };
  box.addEventListener('toggle', () => {
    if (!box.open) {
      document.removeEventListener('pointerdown', closeElsewhere);
      return;
    }
    list.replaceChildren(...items());
    document.addEventListener('pointerdown', closeElsewhere);
  });
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    close();
    summary.focus();
  });
  list.addEventListener('click', close);
  return box;
}

export function menuItem(onPick: () => void, ...children: readonly Child[]): HTMLElement {
  return el('button', { type: 'button', role: 'menuitem', onclick: onPick }, ...children);
}
