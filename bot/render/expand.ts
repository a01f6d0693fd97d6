import { Template } from 'adaptivecards-templating';
import type { AdaptiveCardJson, JsonObject, JsonValue } from './card-json.ts';
import { RenderError } from './render-error.ts';

/**
 * Teams counts a message in UTF-16 towards 100 KB, older limits (28 KB for webhooks and connectors) count the card
 * alone. Below this the card passes everywhere.
 */
export const maxCardBytes = 28_000;

/** One string of the view while the template is expanded: its index between two private-use characters. */
const sentinel = (index: number): string => `\uE000${index}\uE001`;
const sentinels = /\uE000(\d+)\uE001/g;

/**
 * Expands a template. The templating never sees a string of the view: it works on sentinels, and the strings take
 * their places afterwards, in one pass. So `${…}` inside a reason is only text, whereas any `${` found before
 * that pass is a leftover of the template and refused.
 */
export function expandCard(name: string, template: object, view: JsonObject): AdaptiveCardJson {
  const strings: string[] = [];
  const hidden = mapStrings(view, (text) => sentinel(strings.push(text) - 1));
  const expanded = expand(name, template, hidden);
  refuseLeftovers(name, expanded, '');
  const filled = mapStrings(expanded, (text) =>
    text.replaceAll(sentinels, (_token, index: string) => strings[Number(index)] ?? ''),
  );
  const bytes = Buffer.byteLength(JSON.stringify(filled), 'utf8');
  if (bytes >= maxCardBytes) throw new RenderError('card-too-large', `card ${name} has ${bytes} bytes`);
  if (!isCard(filled)) throw new RenderError('card-not-expanded', `template ${name} makes no card`);
  return filled;
}

/**
 * The card of the first view that makes one small enough. Views come in falling size: a person must learn the state
 * of things even where the texts around it had to be left out.
 */
export function expandFirstThatFits(
  name: string,
  template: object,
  views: readonly [JsonObject, ...JsonObject[]],
): AdaptiveCardJson {
  const [view, ...smaller] = views;
  try {
    return expandCard(name, template, view);
  } catch (error) {
    const [next, ...rest] = smaller;
    const isTooLarge = error instanceof RenderError && error.code === 'card-too-large';
    if (!isTooLarge || next === undefined) throw error;
    return expandFirstThatFits(name, template, [next, ...rest]);
  }
}

function expand(name: string, template: object, view: JsonValue): JsonValue {
  try {
    return new Template(template).expand({ $root: view }) as JsonValue;
  } catch (cause) {
    throw new RenderError('card-not-expanded', `template ${name} cannot be expanded`, { cause });
  }
}

function mapStrings(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value);
  if (isList(value)) return value.map((item) => mapStrings(item, change));
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]));
}

/** `null` is what the templating makes of a value it cannot compute; `$data` and `$when` must be gone as well. */
function refuseLeftovers(name: string, value: JsonValue | null, path: string): void {
  if (value === null || (typeof value === 'string' && value.includes('${'))) {
    throw new RenderError('card-leftover', `template ${name} is left over at ${path}`);
  }
  if (typeof value !== 'object') return;
  for (const [key, item] of Object.entries(value as Record<string, JsonValue | null>)) {
    if (key === '$data' || key === '$when') {
      throw new RenderError('card-leftover', `template ${name} is left over at ${path}/${key}`);
    }
    refuseLeftovers(name, item, `${path}/${key}`);
  }
}

/** `Array.isArray` does not narrow readonly arrays. */
export function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isCard(value: JsonValue): value is AdaptiveCardJson {
  return typeof value === 'object' && 'type' in value && value['type'] === 'AdaptiveCard';
}
