/** The inline subset of Markdown that Teams honours in bot messages: bold, italics, code, links. */
export type Span =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'bold' | 'italic'; readonly spans: readonly Span[] }
  | { readonly kind: 'link'; readonly href: string; readonly spans: readonly Span[] };

export interface Block {
  readonly kind: 'paragraph' | 'bullet';
  readonly lines: readonly string[];
}

// Emphasis must hug its text and must not sit inside a word: `ws_finance_017` is a name, not italics.
const inline =
  /`([^`]+)`|\[([^\]]+)\]\(((?:[^\s()]|\([^\s()]*\))+)\)|\*\*(?=\S)(.+?\S|\S)\*\*|(?<![\w*])\*(?=[^\s*])([^*]*[^\s*])\*(?![\w*])|(?<!\w)_(?=[^\s_])([^_]*[^\s_])_(?!\w)/g;

export function parseSpans(text: string): Span[] {
  const spans: Span[] = [];
  let end = 0;
  for (const match of text.matchAll(inline)) {
    if (match.index > end) spans.push({ kind: 'text', text: text.slice(end, match.index) });
    spans.push(spanOf(match));
    end = match.index + match[0].length;
  }
  if (end < text.length) spans.push({ kind: 'text', text: text.slice(end) });
  return spans;
}

function spanOf(match: RegExpExecArray): Span {
  const [whole, code, label, href, bold, star, underscore] = match;
  if (code !== undefined) return { kind: 'code', text: code };
  if (label !== undefined && href !== undefined) return { kind: 'link', href, spans: parseSpans(label) };
  if (bold !== undefined) return { kind: 'bold', spans: parseSpans(bold) };
  const italic = star ?? underscore;
  return italic === undefined ? { kind: 'text', text: whole } : { kind: 'italic', spans: parseSpans(italic) };
}

/** Paragraphs end at an empty line; a run of `- ` lines is a list. */
export function parseBlocks(text: string): Block[] {
  const blocks: { kind: Block['kind']; lines: string[] }[] = [];
  let open: { kind: Block['kind']; lines: string[] } | undefined;
  for (const line of text.split(/\r?\n/)) {
    const bullet = /^\s*[-*] +(.*)$/.exec(line)?.[1];
    const kind = bullet === undefined ? 'paragraph' : 'bullet';
    if (line.trim() === '') {
      open = undefined;
      continue;
    }
    if (open?.kind !== kind) blocks.push((open = { kind, lines: [] }));
    open.lines.push(bullet ?? line);
  }
  return blocks;
}
