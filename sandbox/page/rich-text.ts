import { el, webLink } from './dom.ts';
import { parseBlocks, parseSpans } from './markdown.ts';
import type { Span } from './markdown.ts';
import type { Mention } from './types.ts';

export interface RichTextOptions {
  readonly mentions: readonly Mention[];
  readonly plain: boolean;
}

/** Turns message text into nodes. No markup in the text is ever parsed as HTML. */
export function richText(text: string, options: RichTextOptions): Node[] {
  if (options.plain) return withLineBreaks(text, (line) => mentioned(line, options.mentions));
  return parseBlocks(text).map((block) => {
    if (block.kind === 'paragraph') {
      return el(
        'p',
        {},
        ...withLineBreaks(block.lines.join('\n'), (line) => spanNodes(line, options.mentions)),
      );
    }
    const items = block.lines.map((line) => el('li', {}, ...spanNodes(line, options.mentions)));
    return el('ul', {}, ...items);
  });
}

function withLineBreaks(text: string, nodesOf: (line: string) => Node[]): Node[] {
  return text
    .split(/\r?\n/)
    .flatMap((line, index) => (index === 0 ? nodesOf(line) : [el('br'), ...nodesOf(line)]));
}

function spanNodes(text: string, mentions: readonly Mention[]): Node[] {
  return parseSpans(text).flatMap((span) => nodesOfSpan(span, mentions));
}

function nodesOfSpan(span: Span, mentions: readonly Mention[]): Node[] {
  switch (span.kind) {
    case 'text':
      return mentioned(span.text, mentions);
    case 'code':
      return [el('code', {}, span.text)];
    case 'bold':
      return [el('strong', {}, ...inner(span.spans, mentions))];
    case 'italic':
      return [el('em', {}, ...inner(span.spans, mentions))];
    case 'link': {
      const href = webLink(span.href);
      if (href === undefined) return inner(span.spans, mentions);
      return [
        el('a', { href, target: '_blank', rel: 'noopener noreferrer' }, ...inner(span.spans, mentions)),
      ];
    }
  }
}

function inner(spans: readonly Span[], mentions: readonly Mention[]): Node[] {
  return spans.flatMap((span) => nodesOfSpan(span, mentions));
}

/** Only a run that a mention entity vouches for lights up: anybody can type `<at>`. */
function mentioned(text: string, mentions: readonly Mention[]): Node[] {
  for (const mention of mentions) {
    const start = mention.text === '' ? -1 : text.indexOf(mention.text);
    if (start < 0) continue;
    const after = start + mention.text.length;
    return [
      ...mentioned(text.slice(0, start), mentions),
      el('span', { class: 'mention' }, mention.name),
      ...mentioned(text.slice(after), mentions),
    ];
  }
  return text === '' ? [] : [document.createTextNode(text)];
}
