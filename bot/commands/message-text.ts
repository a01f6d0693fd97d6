import { z } from 'zod';
import { cleanLine, cut } from './clean-line.ts';
import { decodeEntities, quotesAnotherMessage, textOfHtml } from './html-text.ts';
import { withoutOwnMentions } from './mentions.ts';
import type { Mention } from './mentions.ts';

/** In UTF-16 units. Far above what a person types; it bounds the work on what is pasted or sent by a machine. */
export const maxTextLength = 20_000;
const maxHtmlLength = 100_000;
const maxEntities = 200;

/** Every field falls back to "not there": a message of an odd shape is a message, and its words still count. */
const optionalText = z.string().optional().catch(undefined);
const list = z.array(z.unknown()).catch([]);

const activitySchema = z.object({
  text: optionalText,
  textFormat: optionalText,
  entities: list,
  attachments: list,
  recipient: z.object({ id: optionalText }).optional().catch(undefined),
});

const mentionSchema = z.object({
  type: z.literal('mention'),
  text: optionalText,
  mentioned: z.object({ id: optionalText, name: optionalText }).optional().catch(undefined),
});

const htmlSchema = z.object({ contentType: z.string().regex(/^text\/html\b/i), content: z.string() });

/** What a person wrote in a message activity, as one clean line: without mentions of the bot, markup and quoted messages. */
export function messageText(activity: unknown): string {
  const message = activitySchema.safeParse(activity);
  if (!message.success) return '';
  const { entities, recipient } = message.data;
  const raw = rawText(message.data);
  const addressed = withoutOwnMentions(
    raw,
    entities.slice(0, maxEntities).flatMap(readMention),
    recipient?.id ?? '',
  );
  return cut(cleanLine(decodeEntities(addressed)), maxTextLength).trim();
}

function rawText({ text, textFormat, attachments }: z.infer<typeof activitySchema>): string {
  const plain = cut(text ?? '', maxTextLength);
  const html = attachments.slice(0, maxEntities).flatMap(readHtml)[0];
  const twinIsBetter =
    html !== undefined && (cleanLine(decodeEntities(plain)) === '' || quotesAnotherMessage(html));
  if (twinIsBetter) return cut(textOfHtml(html), maxTextLength);
  return textFormat === 'xml' ? textOfHtml(plain) : plain;
}

function readMention(entity: unknown): Mention[] {
  const mention = mentionSchema.safeParse(entity);
  if (!mention.success) return [];
  const { text, mentioned } = mention.data;
  return [
    {
      id: mentioned?.id,
      name: mentioned?.name,
      text: text === undefined ? undefined : cut(text, maxTextLength),
    },
  ];
}

function readHtml(attachment: unknown): string[] {
  const html = htmlSchema.safeParse(attachment);
  return html.success ? [cut(html.data.content, maxHtmlLength)] : [];
}
