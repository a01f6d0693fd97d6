/**
 * The one place where text from outside (reasons, comments, names of people and devices, whatever Defender names)
 * is made fit to be shown. It stays what it was for the reader; it only loses what would lie to the eye: controls,
 * invisible and direction-changing characters, piles of combining marks, and more length than a card can bear.
 * It must still go into `TextRun.text` only: Markdown is left as it is here.
 */

/** Work per text is bounded too; far more than any text that a command or a field lets in. */
const maxRead = 60_000;

/**
 * What a reader has to see at most. Counted in UTF-16 units, as Teams counts a message. `answer`: what became of a press, in words
 * of ours around names that are bounded already; half of it would tell some of the devices only.
 */
export const shownLength = { answer: 4000, reason: 1000, comment: 400, name: 100, fact: 60 } as const;

/**
 * Format characters and fillers without a glyph: zero-width spaces and joiners, soft hyphens, bidi marks, overrides
 * and isolates (UAX #9), tags. Kept are variation selectors and the joiner inside an emoji (UTS #51).
 */
const invisible =
  /(?!(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D(?=\p{Extended_Pictographic}))[[\p{Cf}\p{Default_Ignorable_Code_Point}]--\p{Variation_Selector}]/gv;
const blanks = /[\p{Z}\p{Cc}]+/gu;
const lineBreak = /[\n\v\f\r\u0085\u2028\u2029]/u;
/** More than four marks on one letter reach into the lines above and below. */
const pileOfMarks = /(\p{M}{4})\p{M}+/gu;

/** Text of a person that may be long. A line break is shown as a sign, so that nobody can forge a line of the card. */
export function safeText(text: string, limit: number): string {
  return bounded(cleaned(text, ' ↵ '), limit);
}

/** A name or a single fact: one line, and never nothing. */
export function safeName(text: string | undefined, limit: number = shownLength.name): string {
  const name = bounded(cleaned(text ?? '', ' '), limit);
  return name === '' ? 'unnamed' : name;
}

/**
 * A name inside text that Teams reads as Markdown or as a mention (`<at>…</at>`): characters that could open a
 * tag, an entity, a link or emphasis are left out.
 */
export function markdownSafeName(text: string | undefined): string {
  return safeName(withoutMarkdown(cleaned(text ?? '', ' ')));
}

/** The same for words of a person, such as a remark. */
export function markdownSafeText(text: string, limit: number): string {
  return safeText(withoutMarkdown(cleaned(text, ' ↵ ')), limit);
}

/** Of text that is clean: `:\u200B//` would be a link again once the invisible character is gone. */
function withoutMarkdown(text: string): string {
  return text.replaceAll(/[<>&[\]*_`~|\\#]|:\/\//g, ' ').replaceAll(/\s+/g, ' ');
}

/** Whether `safeText` had to leave something out at the end. */
export function isShortened(text: string, limit: number): boolean {
  return safeText(text, Infinity).length > limit;
}

/** A run weighs about 90 bytes on the card: text that asks for more of them is no date but wants to swell it. */
const maxRuns = 8;

/**
 * Cuts text into runs so that no single run holds `{{DATE(` or `{{TIME(`, which clients replace by a formatted
 * date: both braces stay on the card, in neighbouring runs. Past the last run a blank keeps the braces apart.
 */
export function splitMacros(text: string): string[] {
  const parts = text.split(/(?<=\{)(?=\{\s*(?:DATE|TIME))/i);
  return parts.length <= maxRuns
    ? parts
    : [...parts.slice(0, maxRuns - 1), parts.slice(maxRuns - 1).join(' ')];
}

function cleaned(text: string, instead: string): string {
  const clean = text
    .slice(0, maxRead)
    .toWellFormed()
    .replaceAll(invisible, '')
    .replace(/^[\p{Z}\p{Cc}]+/u, '')
    .replaceAll(blanks, (blank) => (lineBreak.test(blank) ? instead : ' '))
    .replaceAll(pileOfMarks, '$1');
  return clean.slice(0, endOfWords(clean));
}

/** A loop, because a pattern anchored at the end would look at every run of blanks and signs again and again. */
function endOfWords(text: string): number {
  let end = text.length;
  while (end > 0 && ' ↵'.includes(text.charAt(end - 1))) end -= 1;
  return end;
}

/** Never ends in half a character. */
export function bounded(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text
    .slice(0, limit - 1)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd()}…`;
}
