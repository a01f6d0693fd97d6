import { el } from './dom.ts';
import type { SlashCommand } from './types.ts';

export interface SlashMenu {
  readonly element: HTMLElement;
  /** Shows what fits what stands in the field, or nothing. */
  readonly update: () => void;
  readonly close: () => void;
}

export interface SlashMenuOptions {
  readonly botName: string;
  readonly commands: readonly SlashCommand[];
  readonly field: HTMLTextAreaElement;
  readonly onPick: (command: SlashCommand) => void;
}

/** The menu that Teams opens for a `/` in an empty field. Whoever picks nothing goes on typing as before. */
export function createSlashMenu({ botName, commands, field, onPick }: SlashMenuOptions): SlashMenu {
  const element = el('div', { class: 'slash-menu', role: 'menu', 'aria-label': 'Commands', hidden: true });
  const close = () => {
    element.hidden = true;
  };
  const item = (command: SlashCommand) =>
    el(
      'button',
      {
        type: 'button',
        role: 'menuitem',
        'data-testid': `slash-${command.name}`,
        onclick: () => {
          close();
          onPick(command);
        },
      },
      el('strong', {}, `/${command.name}`),
      el('span', {}, command.description),
    );
  const heading = el('p', { class: 'slash-heading' }, `${botName}: only you and the app see what you send`);

  field.addEventListener('keydown', (event) => {
    if (element.hidden) return;
    if (event.key === 'Escape') close();
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    element.querySelector('button')?.focus();
  });
  element.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') {
      close();
      field.focus();
    }
    if (step === undefined) return;
    event.preventDefault();
    const buttons = [...element.querySelectorAll('button')];
    const next = buttons.findIndex((button) => button === document.activeElement) + step;
    if (next < 0) field.focus();
    else buttons[Math.min(next, buttons.length - 1)]?.focus();
  });
  return {
    element,
    close,
    update: () => {
      const word = /^\/(\w*)$/.exec(field.value)?.[1]?.toLowerCase();
      const fitting = word === undefined ? [] : commands.filter(({ name }) => name.startsWith(word));
      element.hidden = fitting.length === 0;
      element.replaceChildren(heading, ...fitting.map(item));
    },
  };
}
