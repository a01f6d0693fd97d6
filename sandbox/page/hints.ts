import { el } from './dom.ts';
import type { Conversation, Hint, PageState } from './types.ts';

/** What to type, as buttons that fill the composer. */
export function hintList(hints: readonly Hint[], onPick: (text: string) => void): HTMLElement {
  return el(
    'div',
    { class: 'hints' },
    ...hints.map((hint) =>
      el(
        'button',
        { type: 'button', class: 'hint', 'data-testid': 'hint', onclick: () => onPick(hint.text) },
        el('span', {}, hint.title),
        el('code', {}, hint.text),
      ),
    ),
  );
}

export function welcome(
  state: PageState,
  conversation: Conversation,
  onPick: (text: string) => void,
): HTMLElement {
  const first = state.me.name.split(' ')[0] ?? state.me.name;
  const where = conversation.kind === 'channel' ? `# ${conversation.name}` : conversation.name;
  return el(
    'div',
    { class: 'welcome' },
    el('h2', {}, `Hello ${first}`),
    el('p', {}, state.me.role ? `You are ${state.me.name}, ${state.me.role}.` : `You are ${state.me.name}.`),
    el(
      'p',
      {},
      `This is the beginning of ${where}. Type a command below, or pick one to put it in the composer. `,
      'Nobody approves their own request: open the window of ',
      ...othersLinks(state),
      '.',
    ),
    hintList(state.hints, onPick),
  );
}

/** One link per person, each opening a window of its own: two windows are two people. */
function othersLinks({ people, me }: PageState): (HTMLElement | string)[] {
  const others = people.filter(({ key }) => key !== me.key);
  return others.flatMap(({ key, name, role }, place) => {
    const attributes = {
      href: `/?as=${encodeURIComponent(key)}`,
      target: '_blank',
      rel: 'noopener',
      title: role ?? name,
    };
    const before = place === 0 ? [] : [place === others.length - 1 ? ' or ' : ', '];
    return [...before, el('a', attributes, name)];
  });
}
