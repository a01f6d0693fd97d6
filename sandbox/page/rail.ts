import { avatar } from './avatar.ts';
import { el } from './dom.ts';
import { icon } from './icons.ts';
import type { IconName } from './icons.ts';
import { menu } from './menu.ts';
import type { TabName } from './side-panel.ts';
import { type Theme, nextTheme, switchTheme } from './theme.ts';
import type { PageState } from './types.ts';

export interface RailActions {
  readonly onChat: () => void;
  readonly onTab: (name: TabName) => void;
}

/** The strip of app buttons; at its end the person, from where others' windows are opened. */
export function createRail(state: PageState, actions: RailActions) {
  const badge = el('span', { class: 'badge', hidden: true });
  const chat = railButton('chat', 'Chat', actions.onChat);
  const wire = railButton('wire', 'Wire', () => actions.onTab('wire'));
  const faults = railButton('fault', 'Faults', () => actions.onTab('faults'));
  faults.append(badge);
  const element = el(
    'nav',
    { class: 'rail', 'aria-label': 'Apps' },
    chat,
    wire,
    faults,
    el('span', { class: 'rail-gap' }),
    themeButton(),
    personMenu(state),
  );
  return {
    element,
    showOpenTab: (open: TabName | undefined) => {
      wire.setAttribute('aria-pressed', String(open === 'wire'));
      faults.setAttribute('aria-pressed', String(open === 'faults'));
    },
    showActiveFaults: (count: number) => {
      badge.hidden = count === 0;
      badge.textContent = String(count);
    },
  };
}

function railButton(picture: IconName, title: string, onclick: () => void): HTMLElement {
  return el(
    'button',
    { type: 'button', class: 'rail-button', title, onclick },
    icon(picture),
    el('span', {}, title),
  );
}

const themeNames: Readonly<Record<Theme, string>> = {
  light: 'light',
  dark: 'dark',
  contrast: 'high contrast',
};
const themeIcons: Readonly<Record<Theme, IconName>> = { light: 'sun', dark: 'moon', contrast: 'contrast' };

function themeButton(): HTMLElement {
  const button = railButton('moon', 'Theme', () => {
    switchTheme();
    show();
  });
  const show = () => {
    const next = nextTheme();
    button.title = `Switch to ${themeNames[next]}`;
    button.querySelector('svg')?.replaceWith(icon(themeIcons[next]));
  };
  show();
  return button;
}

function personMenu(state: PageState): HTMLElement {
  const people = state.people.map((person) => {
    const mine = person.key === state.me.key;
    return el(
      'a',
      {
        role: 'menuitem',
        class: 'person',
        href: `/?as=${encodeURIComponent(person.key)}`,
        target: '_blank',
        rel: 'noopener',
        'aria-current': mine && 'true',
      },
      avatar(person, 'small'),
      el('span', {}, el('strong', {}, person.name), el('small', {}, person.role ?? '')),
      mine ? el('span', { class: 'tag' }, 'You') : undefined,
    );
  });
  const title = el('p', { class: 'menu-title' }, 'Open another window as');
  return menu(`${state.me.name}: switch person`, [avatar(state.me)], () => [title, ...people]);
}
