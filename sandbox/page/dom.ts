export type Child = Node | string | undefined;
type Attribute = string | boolean | undefined | ((event: Event) => void);

/**
 * Builds one element. Strings become text nodes, never markup: the page shows text that other people wrote.
 * `true` sets a bare attribute, `false` and `undefined` leave it out, a function listens to the event `on<name>`.
 */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, Attribute>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'string') element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** The link, if it is one that a person may be sent to; `javascript:` and friends are not. */
export function webLink(address: unknown): string | undefined {
  if (typeof address !== 'string' || !URL.canParse(address)) return undefined;
  return /^https?:$/.test(new URL(address).protocol) ? address : undefined;
}

export function openInNewTab(address: unknown): void {
  const link = webLink(address);
  if (link) window.open(link, '_blank', 'noopener');
}
