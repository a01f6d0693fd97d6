import { renderCard } from './card-renderer.ts';
import { el } from './dom.ts';
import type { CardJson } from './types.ts';

/** Every card in every theme and width, drawn by the official renderer with Teams' host config. */

const themes = ['light', 'dark', 'contrast'] as const;
/** A phone, and a channel on a desktop. */
const widths = [320, 720] as const;

interface NamedCard {
  readonly name: string;
  readonly card: CardJson;
}

const wanted = new URLSearchParams(location.search).get('card');
const cards = ((await (await fetch('/cards.json')).json()) as readonly NamedCard[]).filter(
  ({ name }) => wanted === null || name === wanted,
);
document.body.append(...cards.map(sectionOf));
document.body.dataset['drawn'] = String(cards.length);

function sectionOf({ name, card }: NamedCard): HTMLElement {
  const rows = themes.map((theme) =>
    el('div', { class: 'row', 'data-theme': theme }, ...widths.map((width) => viewOf(card, width))),
  );
  return el(
    'section',
    { id: name },
    el('h2', {}, el('a', { href: `?card=${name}` }, name)),
    el('div', { class: 'views', 'data-card': name }, ...rows),
  );
}

function viewOf(card: CardJson, width: number): HTMLElement {
  const { element } = renderCard(card, () => undefined);
  const view = el('div', { class: 'card full' }, element);
  view.style.width = `${width}px`;
  return view;
}
