import { el, webLink } from './dom.ts';
import { icon } from './icons.ts';

export interface SignInPrompt {
  readonly text: string;
  readonly title: string;
  readonly link?: string;
  readonly codeRejected: boolean;
}

/** The button opens the sign-in page in a new tab; that page shows six digits, which complete the click here. */
export function signInPanel(
  prompt: SignInPrompt,
  onCode: (code: string) => void,
  onDismiss: () => void,
): HTMLElement {
  const code = el('input', {
    'data-testid': 'signin-code',
    'aria-label': 'Six-digit code',
    placeholder: 'Six-digit code',
    inputmode: 'numeric',
    autocomplete: 'one-time-code',
    maxlength: '6',
    pattern: '[0-9]{6}',
    required: true,
    size: '12',
  });
  const submit = (event: Event) => {
    event.preventDefault();
    onCode(code.value.trim());
  };
  const rejected = 'That code was not accepted. Sign in again and enter the new code.';
  return el(
    'form',
    { class: 'sign-in', 'aria-label': 'Sign in', onsubmit: submit },
    el('div', { class: 'sign-in-head' }, icon('lock'), el('span', {}, prompt.text), dismissButton(onDismiss)),
    prompt.codeRejected ? el('p', { class: 'sign-in-error', role: 'alert' }, rejected) : undefined,
    el(
      'div',
      { class: 'sign-in-row' },
      signInLink(prompt),
      code,
      el('button', { class: 'plain', type: 'submit', 'data-testid': 'signin-submit' }, 'Continue'),
    ),
    el('small', {}, 'If the page that opens shows six digits, type them here. Only you can see this'),
  );
}

function signInLink(prompt: SignInPrompt): HTMLElement | undefined {
  const href = webLink(prompt.link);
  if (href === undefined) return undefined;
  const attributes = {
    class: 'primary',
    href,
    target: '_blank',
    rel: 'noopener',
    'data-testid': 'signin-link',
  };
  return el('a', attributes, prompt.title);
}

function dismissButton(onDismiss: () => void): HTMLElement {
  return el(
    'button',
    { class: 'quiet', type: 'button', 'aria-label': 'Dismiss', onclick: onDismiss },
    icon('close'),
  );
}
