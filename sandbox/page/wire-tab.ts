import { hueOf } from './avatar.ts';
import { el } from './dom.ts';
import { preciseTime } from './time.ts';
import type { WireEntry } from './types.ts';

/** Enough for several requests from end to end; older rows go, so that a night of polling does not slow the page. */
const keptRows = 400;

/** Live list of calls between Teams, bot, Entra and Defender: who called whom, with whose token, and what came back. */
export function createWireTab() {
  const rows = el('ol', { class: 'wire', 'data-testid': 'wire', tabindex: '0', 'aria-label': 'Calls' });
  const empty = el('p', { class: 'panel-empty' }, 'Nothing yet. Send a command and watch who calls whom.');
  const clear = el('button', { class: 'quiet', type: 'button', onclick: () => reset() }, 'Clear');
  const element = el('div', { class: 'tab-body' }, empty, rows, el('div', { class: 'tab-foot' }, clear));
  const seen = new Set<string>();
  const reset = () => {
    rows.replaceChildren();
    empty.hidden = false;
  };
  const add = (entry: WireEntry) => {
    if (seen.has(String(entry.id))) return;
    seen.add(String(entry.id));
    const atEnd = rows.scrollHeight - rows.scrollTop - rows.clientHeight < 40;
    empty.hidden = true;
    rows.append(rowOf(entry));
    while (rows.children.length > keptRows) rows.firstElementChild?.remove();
    if (atEnd) rows.scrollTop = rows.scrollHeight;
  };
  return { element, add };
}

function rowOf(entry: WireEntry): HTMLElement {
  const head = [
    el('time', {}, preciseTime(entry.at)),
    el('span', { class: 'route' }, party(entry.from), el('span', { class: 'arrow' }, '→'), party(entry.to)),
    entry.status === undefined
      ? undefined
      : el('span', { class: `status ${statusClass(entry.status)}` }, String(entry.status)),
    entry.ms === undefined ? undefined : el('span', { class: 'ms' }, `${Math.round(entry.ms)} ms`),
    el('span', { class: 'what' }, entry.what),
    entry.as === undefined ? undefined : el('span', { class: 'as', title: 'Whose token' }, entry.as),
  ];
  if (entry.detail === undefined) return el('li', {}, el('div', { class: 'wire-head' }, ...head));
  const details = el('details', {}, el('summary', { class: 'wire-head' }, ...head));
  // Written out only when somebody looks: details can be long and there are many of them.
  const fill = () => details.append(el('pre', {}, detailText(entry.detail)));
  details.addEventListener('toggle', fill, { once: true });
  return el('li', {}, details);
}

function detailText(detail: unknown): string {
  return typeof detail === 'string' ? detail : JSON.stringify(detail, null, 2);
}

function party(name: string): HTMLElement {
  const element = el('b', {}, name);
  element.style.setProperty('--hue', String(hueOf(name)));
  return element;
}

function statusClass(status: string | number): string {
  const code = Number(status);
  if (Number.isNaN(code)) return 'other';
  if (code >= 500) return 'bad';
  return code >= 400 ? 'warn' : 'ok';
}
