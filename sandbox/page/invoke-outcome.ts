import type { CardJson, InvokeResponse } from './types.ts';

/** What the client does with the answer to an invoke, by the Universal Action model's response types. */
export type InvokeOutcome =
  | { readonly kind: 'card'; readonly card: CardJson }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'signIn'; readonly text: string; readonly title: string; readonly link?: string }
  | { readonly kind: 'codeRejected' }
  | { readonly kind: 'nothing' };

const unreachable = 'Something went wrong. Please try again.';

export function outcomeOf(response: InvokeResponse): InvokeOutcome {
  const { statusCode, value } = response;
  const type = response.type ?? '';
  // The documentation spells this type in two ways ("incorrectAuthCode", "invalidAuthCode").
  if (statusCode === 401 && /AuthCode$/i.test(type)) return { kind: 'codeRejected' };
  if (statusCode === 401 && type.endsWith('.loginRequest')) return signInOf(value);
  if (statusCode === 412) return signInOf(value);
  if (statusCode !== 200) return { kind: 'error', text: textOf(value, 'message') ?? unreachable };
  return successOf(type, value);
}

function successOf(type: string, value: unknown): InvokeOutcome {
  if (type === 'application/vnd.microsoft.card.adaptive' && isRecord(value))
    return { kind: 'card', card: value };
  if (type === 'application/vnd.microsoft.activity.message' && typeof value === 'string') {
    return { kind: 'note', text: value };
  }
  return value === undefined || value === null ? { kind: 'nothing' } : { kind: 'error', text: unreachable };
}

function signInOf(value: unknown): InvokeOutcome {
  const buttons = isRecord(value) && Array.isArray(value['buttons']) ? (value['buttons'] as unknown[]) : [];
  const link = textOf(buttons[0], 'value');
  return {
    kind: 'signIn',
    text: textOf(value, 'text') ?? 'Sign in to continue.',
    title: textOf(buttons[0], 'title') ?? 'Sign in',
    ...(link === undefined ? {} : { link }),
  };
}

function textOf(value: unknown, key: string): string | undefined {
  const text = isRecord(value) ? value[key] : undefined;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
