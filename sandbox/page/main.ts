import { createApi } from './api.ts';
import { createConversationList } from './conversation-list.ts';
import { createConversationView } from './conversation-view.ts';
import type { ConversationView } from './conversation-view.ts';
import { el } from './dom.ts';
import { createFaultsTab } from './faults-tab.ts';
import { createRail } from './rail.ts';
import { createSidePanel } from './side-panel.ts';
import { applyInitialTheme } from './theme.ts';
import { createToasts } from './toasts.ts';
import type { Message, PageState } from './types.ts';
import { createWireTab } from './wire-tab.ts';

/** From this width on the panel fits beside list and messages and is open from the start; in CSS pixels. */
const roomyPx = 1440;

applyInitialTheme();
const api = createApi(new URLSearchParams(location.search).get('as') ?? '');
void api.state().then(showPage, showUnreachable);

function showUnreachable(): void {
  const text = 'The sandbox does not answer. Is `npm run sandbox` still running? Reload the page once it is.';
  document.body.replaceChildren(el('p', { class: 'fatal', role: 'alert' }, text));
}

function showPage(state: PageState): void {
  const main = el('main', { class: 'main' });
  const offline = el(
    'p',
    { class: 'offline', role: 'status', hidden: true },
    'Connection lost. Trying again…',
  );
  const wire = createWireTab();
  const faults = createFaultsTab(api, (count) => rail.showActiveFaults(count));
  const panel = createSidePanel({ wire: wire.element, faults: faults.element }, (tab) =>
    rail.showOpenTab(tab),
  );
  const list = createConversationList(state, (id) => conversations.open(id));
  const rail = createRail(state, { onChat: showList, onTab: panel.toggle });
  const conversations = createConversations(state, main, list.select);
  const toasts = createToasts(state.bot.name, (notice) =>
    conversations.open(notice.conversationId, notice.messageId),
  );
  document.body.replaceChildren(rail.element, list.element, main, panel.element, toasts.element, offline);

  const retitle = () => {
    const unread = list.unreadTotal();
    document.title = `${unread > 0 ? `(${unread}) ` : ''}${state.me.name} · Cordon sandbox`;
  };
  api.listen({
    message: (message) => {
      const seen = conversations.put(message);
      if (!seen && message.from.id !== state.me.teamsId) list.countUnread(message.conversationId);
      retitle();
    },
    update: (message) => void conversations.put(message),
    toast: toasts.show,
    wire: wire.add,
    faults: faults.showPresets,
    devices: faults.showDevices,
    connection: (up) => {
      offline.hidden = up;
      if (!up) return;
      void conversations.reload();
      void api.wire().then((entries) => entries.forEach(wire.add), ignoreUntilNextConnection);
    },
  });
  faults.showPresets(state.presets);
  faults.showDevices(state.devices);
  panel.show(innerWidth >= roomyPx ? 'wire' : undefined);
  addEventListener('hashchange', () => conversations.open(conversationOfAddress(state)));
  conversations.open(conversationOfAddress(state));
  retitle();
}

/** Views are made when first opened and kept: drafts, private notes and scroll positions outlive a look elsewhere. */
function createConversations(state: PageState, main: HTMLElement, onSelect: (id: string) => void) {
  const views = new Map<string, ConversationView>();
  let current = '';
  const viewOf = (id: string): ConversationView | undefined => {
    const conversation = state.conversations.find((each) => each.id === id);
    if (!conversation) return undefined;
    const view = views.get(id) ?? createConversationView(state, conversation, api, showList);
    views.set(id, view);
    return view;
  };
  return {
    open: (id: string, messageId?: string) => {
      const view = viewOf(id);
      document.body.classList.remove('list-open');
      if (!view) return;
      if (current !== id) main.replaceChildren(view.element);
      current = id;
      history.replaceState(null, '', `#${encodeURIComponent(id)}`);
      onSelect(id);
      const reveal = () => (messageId === undefined ? undefined : view.reveal(messageId));
      void view.load().then(reveal, ignoreUntilNextConnection);
    },
    /** Answers whether the person has that conversation before them. */
    put: (message: Message): boolean => {
      views.get(message.conversationId)?.put(message);
      return message.conversationId === current && !document.hidden;
    },
    reload: async () => {
      await views.get(current)?.load().catch(ignoreUntilNextConnection);
    },
  };
}

/** The event stream reconnects by itself and then everything is fetched anew; until then the banner says enough. */
function ignoreUntilNextConnection(): void {
  return;
}

function showList(): void {
  document.body.classList.add('list-open');
}

function conversationOfAddress(state: PageState): string {
  const asked = location.hash.slice(1);
  const known = state.conversations.find((each) => encodeURIComponent(each.id) === asked);
  const fallback = state.conversations.find((each) => each.kind === 'channel') ?? state.conversations[0];
  return (known ?? fallback)?.id ?? '';
}
