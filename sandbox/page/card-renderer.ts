import type { Action, AdaptiveCard, ExecuteAction, Input } from 'adaptivecards';
import { defaultValues } from './card-inputs.ts';
import type { InputValues } from './card-inputs.ts';
import { el, openInNewTab } from './dom.ts';
import { teamsHostConfig } from './host-config.ts';
import { richText } from './rich-text.ts';
import type { CardJson, Mention } from './types.ts';

/** Global of the official renderer's browser build, loaded by index.html ahead of the modules. */
declare const AdaptiveCards: typeof import('adaptivecards');

export interface RenderedCard {
  readonly element: HTMLElement;
  /** Only what the person changed, by input id. */
  typedValues(): InputValues;
  /** The input that has the focus, and how to give it back after a re-rendering. */
  focusedInput(): { id: string; start: number | null; end: number | null } | undefined;
  focusInput(place: { id: string; start: number | null; end: number | null }): void;
  /** Disables every button; the one that bears the verb shows that it works. */
  setBusy(verb: string | undefined): void;
}

type OnExecute = (verb: string, data: object) => void;

export function renderCard(json: CardJson, onExecute: OnExecute): RenderedCard {
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = new AdaptiveCards.HostConfig(teamsHostConfig);
  card.onExecuteAction = (action) => act(action, onExecute);
  // The renderer takes HTML from this hook: it gets the serialisation of nodes, in which text is escaped.
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    const nodes = richText(text, { mentions: mentionsOf(json), plain: false });
    result.outputHtml = el('div', {}, ...nodes).innerHTML;
    result.didProcess = true;
  };
  card.parse(json);
  const element = card.render() ?? el('p', { class: 'card-broken' }, 'This card cannot be shown.');
  return { element, ...inputAccess(card, json), setBusy: (verb) => setBusy(card, element, verb) };
}

function act(action: Action, onExecute: OnExecute): void {
  if (action instanceof AdaptiveCards.OpenUrlAction) openInNewTab(action.url);
  if (action instanceof AdaptiveCards.ExecuteAction) onExecute(action.verb, action.data ?? {});
}

function inputAccess(card: AdaptiveCard, json: CardJson) {
  const given = defaultValues(json);
  const control = (input: Input) =>
    input.renderedElement?.querySelector<HTMLElement>('input, textarea, select');
  return {
    typedValues: () => {
      const typed = new Map<string, string>();
      for (const input of card.getAllInputs()) {
        const value: unknown = input.value;
        if (input.id === undefined || typeof value !== 'string') continue;
        if (value !== (given.get(input.id) ?? '')) typed.set(input.id, value);
      }
      return typed;
    },
    focusedInput: () => {
      const input = card.getAllInputs().find((each) => control(each) === document.activeElement);
      if (input?.id === undefined) return undefined;
      const field = document.activeElement;
      const isText = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
      return {
        id: input.id,
        start: isText ? field.selectionStart : null,
        end: isText ? field.selectionEnd : null,
      };
    },
    focusInput: (place: { id: string; start: number | null; end: number | null }) => {
      const input = card.getAllInputs().find((each) => each.id === place.id);
      const field = input && control(input);
      field?.focus({ preventScroll: true });
      const isText = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
      if (isText && place.start !== null) field.setSelectionRange(place.start, place.end);
    },
  };
}

function setBusy(card: AdaptiveCard, element: HTMLElement, verb: string | undefined): void {
  for (const button of element.querySelectorAll('button')) button.disabled = verb !== undefined;
  for (const action of card.getAllActions()) {
    const works = verb !== undefined && isExecute(action) && action.verb === verb;
    action.renderedElement?.classList.toggle('working', works);
    if (works) action.renderedElement?.setAttribute('aria-busy', 'true');
    else action.renderedElement?.removeAttribute('aria-busy');
  }
}

function isExecute(action: Action): action is ExecuteAction {
  return action instanceof AdaptiveCards.ExecuteAction;
}

interface MentionEntity {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly mentioned?: { readonly id?: unknown; readonly name?: unknown };
}

function mentionsOf(json: CardJson): Mention[] {
  const msteams = json['msteams'] as { entities?: readonly MentionEntity[] } | undefined;
  return (msteams?.entities ?? []).flatMap(({ type, text, mentioned }) => {
    const { id, name } = mentioned ?? {};
    const known = type === 'mention' && typeof text === 'string' && typeof name === 'string';
    return known ? [{ id: String(id), name, text }] : [];
  });
}

export function isFullWidth(json: CardJson): boolean {
  const msteams = json['msteams'] as { width?: unknown } | undefined;
  return String(msteams?.width).toLowerCase() === 'full';
}
