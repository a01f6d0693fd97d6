/** Either a tag or a run of text; each character is looked at a fixed number of times, whatever the input. */
const tokens = /<[^<>]*>|[^<]+|</g;

const blocks = new Set(
  'address blockquote br div dd dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table td th tr ul'.split(' '),
);

/** Item types that Teams still writes into the HTML of its messages. */
const mentionType = 'schema.skype.com/Mention';
const emojiType = 'schema.skype.com/Emoji';
const replyType = 'schema.skype.com/Reply';

const namedEntities: Readonly<Record<string, string>> = {
  nbsp: ' ',
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** One pass only: `&amp;lt;` is the text `&lt;`, not a bracket. */
export function decodeEntities(text: string): string {
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi,
    (whole: string, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return namedEntities[name] ?? whole;
      const code = decimal === undefined ? parseInt(hex ?? '', 16) : parseInt(decimal, 10);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

/** A reply with quotation carries the quoted words in `text` too; only the HTML twin tells them apart. */
export function quotesAnotherMessage(html: string): boolean {
  return html.includes('<blockquote') && html.includes(replyType);
}

/**
 * The words of a Teams HTML body without its tags and without quoted messages. Entities stay encoded and mentions are written
 * `<at>…</at>`, as in the `text` of an activity, so that both forms take the same way afterwards.
 */
export function textOfHtml(html: string): string {
  let text = '';
  let quoted = 0;
  let inMention = false;
  for (const [token] of html.matchAll(tokens)) {
    const { name, closing } = readTag(token);
    if (name === 'blockquote') quoted = Math.max(0, quoted + (closing ? -1 : 1));
    if (quoted > 0) continue;
    if (name === 'span' && (closing ? inMention : token.includes(mentionType))) {
      inMention = !closing;
      text += closing ? '</at>' : '<at>';
    } else {
      text += name === undefined ? plainText(token) : textOfTag(name, closing, token);
    }
  }
  return text;
}

interface Tag {
  readonly name?: string;
  readonly closing: boolean;
}

function readTag(token: string): Tag {
  const [, slash, name] = /^<(\/?)([a-z][a-z0-9]*)/i.exec(token) ?? [];
  return name === undefined ? { closing: false } : { name: name.toLowerCase(), closing: slash === '/' };
}

/** Comments, doctypes and the like are tags without a name. */
function plainText(token: string): string {
  return /^<[!?/]/.test(token) ? '' : token;
}

function textOfTag(name: string, closing: boolean, token: string): string {
  if (blocks.has(name)) return ' ';
  if (name === 'at') return closing ? '</at>' : '<at>';
  const emoji = name === 'emoji' || (name === 'img' && token.includes(emojiType));
  return emoji ? (/\balt="([^"]*)"/i.exec(token)?.[1] ?? '') : '';
}
