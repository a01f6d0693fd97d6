import type { Api } from './api.ts';
import { createComposer } from './composer.ts';
import type { Addressing, Composer } from './composer.ts';
import { el } from './dom.ts';
import { hintList, welcome } from './hints.ts';
import { icon } from './icons.ts';
import { menu } from './menu.ts';
import { createMessageLog } from './message-log.ts';
import type { MessageLog } from './message-log.ts';
import type { Conversation, Message, PageState } from './types.ts';

export interface ConversationView {
  readonly element: HTMLElement;
  readonly put: (message: Message) => void;
  /** Fetches what is there now; also after the event stream was away. */
  readonly load: () => Promise<void>;
  /** Brings a message into view and marks it for a moment. */
  readonly reveal: (messageId: string) => void;
}

/** How near to the end counts as "reading the newest", in CSS pixels. */
const nearEndPx = 120;

export function createConversationView(
  state: PageState,
  conversation: Conversation,
  api: Api,
  onBack: () => void,
): ConversationView {
  const slashCommands = conversation.kind === 'personal' ? [] : state.slashCommands[conversation.kind];
  const send = (text: string, addressing: Addressing, threadId?: string) =>
    api.send({
      conversationId: conversation.id,
      text,
      ...addressing,
      ...(threadId === undefined ? {} : { threadId }),
    });
  const log = createMessageLog({
    context: { api, myTeamsId: state.me.teamsId },
    conversation,
    botName: state.bot.name,
    slashCommands,
    onReply: (threadId, text, addressing) => send(text, addressing, threadId),
  });
  const composer = createComposer({
    placeholder: conversation.kind === 'channel' ? 'Start a new conversation' : 'Type a message',
    botName: state.bot.name,
    offersMention: conversation.kind !== 'personal',
    testIds: { field: 'composer', send: 'send' },
    slashCommands,
    onSend: (text, addressing) => send(text, addressing),
  });
  const scroller = el('div', { class: 'scroller', tabindex: '0', 'aria-label': 'Messages' });
  const greeting = welcome(state, conversation, composer.fill);
  scroller.append(el('div', { class: 'scroller-inner' }, greeting, log.element));
  const element = el(
    'section',
    { class: 'view', 'aria-label': conversation.name, 'data-view': conversation.id },
    viewHeader(state, conversation, onBack),
    scroller,
    el('div', { class: 'foot' }, composer.element, hintMenu(state, composer)),
  );
  const put = keepAtEnd(scroller, log, () => {
    greeting.hidden = !log.isEmpty;
  });
  const loader = inOrder(put);
  return {
    element,
    put: loader.put,
    load: () => loader.load(() => api.messages(conversation.id)),
    reveal: (messageId) => {
      const target = log.find(messageId);
      target?.scrollIntoView({ block: 'center' });
      target?.focus({ preventScroll: true });
      target?.classList.add('revealed');
      target?.addEventListener('animationend', () => target.classList.remove('revealed'), { once: true });
    },
  };
}

/**
 * Events that arrive while the list is fetched wait for it: else a new message would stand above older ones,
 * or the list, older by then, would undo a newer edit.
 */
function inOrder(put: (message: Message) => void) {
  const waiting: Message[] = [];
  let loading = 0;
  return {
    put: (message: Message) => {
      if (loading > 0) waiting.push(message);
      else put(message);
    },
    load: async (fetchAll: () => Promise<readonly Message[]>) => {
      loading += 1;
      try {
        for (const message of await fetchAll()) put(message);
      } finally {
        loading -= 1;
        if (loading === 0) for (const message of waiting.splice(0)) put(message);
      }
    },
  };
}

/** New messages scroll into view only for somebody who reads the end; nobody is torn away from an older message. */
function keepAtEnd(scroller: HTMLElement, log: MessageLog, after: () => void): (message: Message) => void {
  let atEnd = true;
  let knownHeight = 0;
  scroller.addEventListener('scroll', () => {
    // Content that changed its height also moves the scroll position: that is not the reader leaving the end.
    if (scroller.scrollHeight !== knownHeight) return;
    atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearEndPx;
  });
  const follow = () => {
    if (atEnd) scroller.scrollTop = scroller.scrollHeight;
    knownHeight = scroller.scrollHeight;
  };
  // Cards grow after they are placed (inputs, private notes), so size is watched rather than each change.
  const watcher = new ResizeObserver(follow);
  watcher.observe(log.element);
  watcher.observe(scroller);
  return (message) => {
    log.put(message);
    after();
  };
}

function viewHeader(state: PageState, conversation: Conversation, onBack: () => void): HTMLElement {
  const names = conversation.members.map((key) => state.people.find((each) => each.key === key)?.name ?? key);
  const title = conversation.kind === 'channel' ? `# ${conversation.name}` : conversation.name;
  const under = conversation.kind === 'personal' ? 'Only you and the app' : conversation.team;
  return el(
    'header',
    { class: 'view-header' },
    el(
      'button',
      { class: 'quiet back', type: 'button', 'aria-label': 'Conversations', onclick: onBack },
      icon('back'),
    ),
    el('div', { class: 'view-title' }, el('h1', {}, title), under ? el('small', {}, under) : undefined),
    menu(`${names.length} people`, [icon('people'), String(names.length)], () =>
      names.map((name) => el('span', { class: 'menu-empty' }, name)),
    ),
  );
}

function hintMenu(state: PageState, composer: Composer): HTMLElement {
  return menu('What to type', [icon('hint'), 'What to type'], () => [hintList(state.hints, composer.fill)]);
}
