import { asObject, asText } from './http.ts';
import type { Mention, MessageContent } from './message-store.ts';

const adaptiveCard = 'application/vnd.microsoft.card.adaptive';

/** The part of a bot's activity that a Teams client shows. */
export function contentOf(activity: Record<string, unknown>): MessageContent {
  const text = asText(activity['text']);
  const textFormat = asText(activity['textFormat']);
  const summary = asText(activity['summary']);
  const card = cardOf(activity['attachments']);
  const mentions = mentionsOf(activity['entities']);
  return {
    ...(text === undefined || text === '' ? {} : { text, textFormat: textFormat ?? 'markdown' }),
    ...(summary === undefined ? {} : { summary }),
    ...(card === undefined ? {} : { card }),
    ...(mentions.length === 0 ? {} : { mentions }),
  };
}

function cardOf(attachments: unknown): Record<string, unknown> | undefined {
  if (!Array.isArray(attachments)) return undefined;
  for (const attachment of attachments) {
    const { contentType, content } = asObject(attachment) ?? {};
    if (contentType === adaptiveCard) return asObject(content);
  }
  return undefined;
}

function mentionsOf(entities: unknown): Mention[] {
  if (!Array.isArray(entities)) return [];
  return entities.flatMap((entity) => {
    const { type, text, mentioned } = asObject(entity) ?? {};
    const { id, name } = asObject(mentioned) ?? {};
    return type === 'mention' && typeof id === 'string'
      ? [{ id, name: asText(name) ?? '', text: asText(text) ?? '' }]
      : [];
  });
}

/** Teams counts a message in UTF-16: 100 KB are so many code units. */
export function isTooBig(activity: unknown): boolean {
  return JSON.stringify(activity).length * 2 > 100 * 1024;
}
