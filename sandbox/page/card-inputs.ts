import type { CardJson } from './types.ts';

export type InputValues = ReadonlyMap<string, string>;

/**
 * A copy of the card in which inputs start with what the person had already typed.
 * Teams replaces a card under one's hands; losing half a comment to a status change would be worse.
 */
export function withInputValues(card: CardJson, values: InputValues): CardJson {
  if (values.size === 0) return card;
  return visit(card, values) as CardJson;
}

/** What inputs say before anybody types: to tell typed values from given ones. */
export function defaultValues(card: CardJson): Map<string, string> {
  const found = new Map<string, string>();
  collect(card, found);
  return found;
}

function visit(node: unknown, values: InputValues): unknown {
  if (Array.isArray(node)) return node.map((item) => visit(item, values));
  if (!isRecord(node)) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, visit(value, values)]));
  const kept = isInput(node) ? values.get(node.id) : undefined;
  return kept === undefined ? copy : { ...copy, value: kept };
}

function collect(node: unknown, found: Map<string, string>): void {
  if (Array.isArray(node)) for (const item of node) collect(item, found);
  if (!isRecord(node)) return;
  if (isInput(node)) found.set(node.id, typeof node['value'] === 'string' ? node['value'] : '');
  for (const value of Object.values(node)) collect(value, found);
}

function isInput(node: Record<string, unknown>): node is Record<string, unknown> & { id: string } {
  return String(node['type']).startsWith('Input.') && typeof node['id'] === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
