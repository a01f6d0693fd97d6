import { el } from './dom.ts';
import { icon } from './icons.ts';

export type TabName = 'wire' | 'faults';

const titles: Readonly<Record<TabName, string>> = { wire: 'On the wire', faults: 'Faults' };

/** The panel at the right with its two tabs; the buttons of the rail open and close it. */
export function createSidePanel(
  bodies: Readonly<Record<TabName, HTMLElement>>,
  onChange: (open?: TabName) => void,
) {
  let current: TabName | undefined;
  const tabs = new Map<TabName, HTMLElement>();
  const show = (name: TabName | undefined) => {
    current = name;
    element.hidden = name === undefined;
    for (const [key, tab] of tabs) {
      tab.setAttribute('aria-selected', String(key === name));
      bodies[key].hidden = key !== name;
    }
    onChange(name);
  };
  const tabList = el('div', { role: 'tablist', class: 'tabs', 'aria-label': 'Sandbox' });
  for (const name of ['wire', 'faults'] as const) {
    const tab = el('button', { type: 'button', role: 'tab', onclick: () => show(name) }, titles[name]);
    bodies[name].setAttribute('role', 'tabpanel');
    bodies[name].setAttribute('aria-label', titles[name]);
    tabs.set(name, tab);
    tabList.append(tab);
  }
  const close = el(
    'button',
    { class: 'quiet', type: 'button', 'aria-label': 'Close panel', onclick: () => show(undefined) },
    icon('close'),
  );
  const element = el(
    'aside',
    { class: 'panel', 'aria-label': 'Sandbox controls', hidden: true },
    el('header', {}, tabList, close),
    bodies.wire,
    bodies.faults,
  );
  return { element, show, toggle: (name: TabName) => show(current === name ? undefined : name) };
}
