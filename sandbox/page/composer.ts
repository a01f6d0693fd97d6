import { el } from './dom.ts';
import { icon } from './icons.ts';

export interface ComposerOptions {
  readonly placeholder: string;
  readonly botName: string;
  /** Where Teams delivers only messages that mention the bot; in personal chat every message arrives. */
  readonly offersMention: boolean;
  /** Hooks for browser tests: the field and its send button. */
  readonly testIds: { readonly field: string; readonly send: string };
  /** Answers what went wrong, or nothing once the message is sent. */
  readonly onSend: (text: string, mention: boolean) => Promise<string | undefined>;
}

export interface Composer {
  readonly element: HTMLElement;
  readonly fill: (text: string) => void;
  readonly focus: () => void;
}

/** Enter sends, Shift+Enter begins a new line. What could not be sent stays in the field. */
export function createComposer(options: ComposerOptions): Composer {
  const field = el('textarea', {
    'data-testid': options.testIds.field,
    'aria-label': options.placeholder,
    placeholder: options.placeholder,
    rows: '1',
  });
  const chip = mentionChip(options.botName);
  const problem = el('p', { class: 'composer-problem', role: 'alert', hidden: true });
  const send = el(
    'button',
    {
      class: 'send',
      type: 'submit',
      'aria-label': 'Send',
      title: 'Send (Enter)',
      'data-testid': options.testIds.send,
    },
    icon('send'),
  );
  let sending = false;

  const submit = async () => {
    const typed = field.value.trim();
    // As Teams turns a typed "@Cordon" into a mention; the button before the field stands for it here.
    const text = options.offersMention ? withoutMention(typed, options.botName) : typed;
    if (text === '' || sending) return;
    sending = true;
    send.disabled = true;
    // Cleared at once, as in Teams; put back if it could not be sent and nothing new was typed meanwhile.
    field.value = '';
    const error = await options.onSend(text, options.offersMention && (chip.isOn() || text !== typed));
    sending = false;
    send.disabled = false;
    problem.textContent = error ?? '';
    problem.hidden = error === undefined;
    if (error !== undefined && field.value === '') field.value = text;
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
  const box = el(
    'div',
    { class: 'composer-box' },
    options.offersMention ? chip.element : undefined,
    field,
    send,
  );
  return {
    element: el('form', { class: 'composer', onsubmit }, box, problem),
    focus: () => field.focus(),
    fill: (text) => {
      field.value = withoutMention(text, options.botName);
      field.focus();
    },
  };
}

function withoutMention(text: string, botName: string): string {
  const mention = `@${botName}`;
  const begins = text.slice(0, mention.length).toLowerCase() === mention.toLowerCase();
  return begins && /^(\s|$)/.test(text.slice(mention.length)) ? text.slice(mention.length).trim() : text;
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
