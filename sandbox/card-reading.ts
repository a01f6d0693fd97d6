import { asObject, asText } from './http.ts';

type Card = Readonly<Record<string, unknown>>;

/** The words that a card's status label may be, as the people who watch a channel know them. */
export const labels = [
  'Awaiting approval',
  'Denied',
  'Expired',
  'Withdrawn',
  'Approved',
  'Submitting',
  'Pending',
  'In progress',
  'Succeeded',
  'Failed',
  'Timed out',
  'Cancelled',
  'Needs attention',
] as const;

export type Label = (typeof labels)[number];

export interface CardButton {
  readonly title: string;
  readonly verb: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Every text a reader sees, in order; the runs of one RichTextBlock are one text. */
export function cardTexts(card: Card): string[] {
  return nodes(card).flatMap((node) => {
    if (node['type'] === 'TextBlock') return asText(node['text']) ?? [];
    if (node['type'] === 'FactSet') return factTexts(node['facts']);
    if (node['type'] !== 'RichTextBlock' || !Array.isArray(node['inlines'])) return [];
    return (node['inlines'] as unknown[])
      .map((run) => asText(run) ?? asText(asObject(run)?.['text']) ?? '')
      .join('');
  });
}

/** The card's own label: the first text that is exactly one of the known words. */
export function cardLabel(card: Card): Label | undefined {
  for (const text of cardTexts(card)) {
    const label = labels.find((each) => each === text.trim());
    if (label !== undefined) return label;
  }
  return undefined;
}

/** The buttons that call the bot. */
export function cardButtons(card: Card): CardButton[] {
  const { refresh: _automatic, ...visible } = card;
  return nodes(visible).flatMap((node) => executeOf(node) ?? []);
}

/** What the card asks clients to do when they show it, and for whom. */
export function cardRefresh(card: Card): { button: CardButton; userIds: readonly string[] } | undefined {
  const refresh = asObject(card['refresh']);
  const button = executeOf(asObject(refresh?.['action']) ?? {});
  const userIds = refresh?.['userIds'];
  return button === undefined
    ? undefined
    : { button, userIds: Array.isArray(userIds) ? (userIds as string[]) : [] };
}

/** What a client sends along for the inputs nobody touched. */
export function untouchedInputs(card: Card): Record<string, string> {
  const pairs = nodes(card).flatMap((node) => {
    const [type, id] = [asText(node['type']) ?? '', asText(node['id'])];
    return type.startsWith('Input.') && id !== undefined ? [[id, asText(node['value']) ?? ''] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function factTexts(facts: unknown): string[] {
  if (!Array.isArray(facts)) return [];
  return facts.flatMap((fact) => {
    const { title, value } = asObject(fact) ?? {};
    return [asText(title), asText(value)].flatMap((text) => text ?? []);
  });
}

function executeOf(node: Record<string, unknown>): CardButton | undefined {
  const verb = asText(node['verb']);
  if (node['type'] !== 'Action.Execute' || verb === undefined) return undefined;
  return { verb, title: asText(node['title']) ?? verb, data: asObject(node['data']) ?? {} };
}

/** All objects of a card, depth first, in the order in which they stand. */
function nodes(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(nodes);
  const object = asObject(value);
  return object === undefined ? [] : [object, ...Object.values(object).flatMap(nodes)];
}
