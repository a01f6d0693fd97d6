import { decodeEntities } from './html-text.ts';

/** A mention entity of an activity; Teams leaves out `text` for some names, such as those with an ampersand. */
export interface Mention {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly text?: string | undefined;
}

const atTag = /<at\b[^<>]*>([^<]*)<\/at>/gi;
const leadingAtTag = /^[\s\p{Cf}]*<at\b[^<>]*>([^<]*)<\/at>/iu;

/**
 * Takes every mention of the bot out of a message and leaves the names of other people. Entities say who is meant: the words
 * between the tags are only a display name, which several can bear.
 */
export function withoutOwnMentions(text: string, mentions: readonly Mention[], botId: string): string {
  const isOwn = ({ id }: Mention): boolean => id?.toLowerCase() === botId.toLowerCase();
  const own = mentions.filter(isOwn);
  const ownLabels = labelsOf(own);
  // An entity without an id names nobody.
  const otherLabels = labelsOf(mentions.filter((mention) => mention.id !== undefined && !isOwn(mention)));

  const present = [...text.matchAll(atTag)].some((tag) => ownLabels.has(labelOf(tag[1])));
  if (!present) {
    // No entity explains a tag of ours: a message that begins with a mention nobody else owns is addressed to the bot.
    const leading = leadingAtTag.exec(text);
    const label = labelOf(leading?.[1]);
    if (leading !== null && !otherLabels.has(label)) ownLabels.add(label);
  }

  const untagged = text.replaceAll(atTag, (_tag, inner: string) =>
    ownLabels.has(labelOf(inner)) ? ' ' : inner,
  );
  return own.reduce((rest, { text: written }) => withoutLiteral(rest, written), untagged);
}

/** The names a mention may be written with: its own text and the display name. */
function labelsOf(mentions: readonly Mention[]): Set<string> {
  const labels = mentions.flatMap(({ text, name }) => [labelOf(text?.replace(atTag, '$1')), labelOf(name)]);
  return new Set(labels.filter((label) => label !== ''));
}

function labelOf(text: string | undefined): string {
  return decodeEntities(text ?? '').trim();
}

/** Some clients write the mention without tags; anything that does not begin with `@` could be an ordinary word. */
function withoutLiteral(text: string, written: string | undefined): string {
  return written !== undefined && /^@\S/.test(written) ? text.replaceAll(written, ' ') : text;
}
