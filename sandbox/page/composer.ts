import { el } from './dom.ts';
import { icon } from './icons.ts';
import { createSlashMenu } from './slash-menu.ts';
import type { SlashCommand } from './types.ts';

/** Whether the app is mentioned, and whether only the app sees the message. */
export interface Addressing {
  readonly mention: boolean;
  readonly alone: boolean;
}

export interface ComposerOptions {
  readonly placeholder: string;
  readonly botName: string;
  /** Where Teams delivers only messages that mention the bot; in personal chat every message arrives. */
  readonly offersMention: boolean;
  /** Hooks for browser tests: the field and its send button. */
  readonly testIds: { readonly field: string; readonly send: string };
  /** Offered in a menu for a `/`; what is picked there goes to the app alone. */
  readonly slashCommands: readonly SlashCommand[];
  /** Answers what went wrong, or nothing once the message is sent. */
  readonly onSend: (text: string, addressing: Addressing) => Promise<string | undefined>;
}

export interface Composer {
  readonly element: HTMLElement;
  readonly fill: (text: string) => void;
  readonly focus: () => void;
}

/** Enter sends, Shift+Enter begins a new line. What could not be sent stays in the field. */
export function createComposer(options: ComposerOptions): Composer {
  const { botName } = options;
  const field = createField(options);
  const addressee = createAddressee(options, field);
  const problem = el('p', { class: 'composer-problem', role: 'alert', hidden: true });
  const send = sendButton(options.testIds.send);
  let sending = false;

  const submit = async () => {
    const typed = field.value.trim();
    // As Teams turns a typed "@Cordon" into a mention; the button before the field stands for it here.
    const text = options.offersMention ? withoutMention(typed, botName) : typed;
    if (text === '' || sending) return;
    sending = true;
    send.disabled = true;
    const addressing = addressee.of(text !== typed);
    // Cleared at once, as in Teams; put back if it could not be sent and nothing new was typed meanwhile.
    field.value = '';
    addressee.sent();
    const error = await options.onSend(text, addressing);
    sending = false;
    send.disabled = false;
    problem.textContent = error ?? '';
    problem.hidden = error === undefined;
    if (error === undefined || field.value !== '') return;
    field.value = text;
    addressee.restore(addressing);
  };

  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void submit();
  });
  const onsubmit = (event: Event) => {
    event.preventDefault();
    void submit();
  };
  const box = el('div', { class: 'composer-box' }, ...addressee.chips, field, send);
  return {
    element: el('form', { class: 'composer', onsubmit }, addressee.menu, box, problem),
    focus: () => field.focus(),
    fill: (text) => {
      field.value = withoutMention(text, botName);
      field.focus();
    },
  };
}

function createField({ testIds, placeholder }: ComposerOptions): HTMLTextAreaElement {
  return el('textarea', {
    'data-testid': testIds.field,
    'aria-label': placeholder,
    placeholder,
    rows: '1',
  });
}

function sendButton(testId: string): HTMLButtonElement {
  const label = { 'aria-label': 'Send', title: 'Send (Enter)' };
  return el('button', { class: 'send', type: 'submit', ...label, 'data-testid': testId }, icon('send'));
}

/** To whom the next message goes: to everybody, with or without a mention of the app, or to the app alone. */
function createAddressee(
  { botName, offersMention, slashCommands }: ComposerOptions,
  field: HTMLTextAreaElement,
) {
  const mention = mentionChip(botName);
  const alone = aloneChip(botName, (isOn) => {
    mention.element.hidden = isOn;
    field.focus();
  });
  const menu = createSlashMenu({
    botName,
    commands: slashCommands,
    field,
    onPick: ({ name }) => {
      field.value = `/${name} `;
      alone.set(true);
    },
  });
  field.addEventListener('input', menu.update);
  return {
    chips: [offersMention ? mention.element : undefined, alone.element],
    menu: menu.element,
    of: (isTyped: boolean): Addressing => ({
      mention: !alone.isOn() && offersMention && (mention.isOn() || isTyped),
      alone: alone.isOn(),
    }),
    sent: () => {
      menu.close();
      if (alone.isOn()) alone.set(false);
    },
    restore: (addressing: Addressing) => {
      if (addressing.alone) alone.set(true);
    },
  };
}

function withoutMention(text: string, botName: string): string {
  const mention = `@${botName}`;
  const begins = text.slice(0, mention.length).toLowerCase() === mention.toLowerCase();
  return begins && /^(\s|$)/.test(text.slice(mention.length)) ? text.slice(mention.length).trim() : text;
}

/** Stands in place of the mention while the message goes to the app alone; a press gives that up. */
function aloneChip(botName: string, onChange: (isOn: boolean) => void) {
  const element = el(
    'button',
    { class: 'mention-chip', type: 'button', hidden: true, 'data-testid': 'alone' },
    `Only ${botName}`,
  );
  element.title = `Only you and ${botName} see this message. Press to send it to everybody instead.`;
  const set = (isOn: boolean) => {
    element.hidden = !isOn;
    onChange(isOn);
  };
  element.addEventListener('click', () => set(false));
  return { element, set, isOn: () => !element.hidden };
}

function mentionChip(botName: string) {
  const element = el(
    'button',
    { class: 'mention-chip', type: 'button', 'aria-pressed': 'true', 'data-testid': 'mention' },
    `@${botName}`,
  );
  const isOn = () => element.getAttribute('aria-pressed') === 'true';
  const describe = () => {
    element.title = isOn()
      ? `Mentions ${botName}: Teams delivers the message to it. Press to leave the mention out.`
      : `Without a mention ${botName} does not get the message. Press to mention it.`;
  };
  element.addEventListener('click', () => {
    element.setAttribute('aria-pressed', String(!isOn()));
    describe();
  });
  describe();
  return { element, isOn };
}
