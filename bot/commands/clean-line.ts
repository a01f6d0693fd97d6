/**
 * Format characters and other code points without a glyph: zero-width spaces, soft hyphens, bidi marks, fillers. Kept are
 * variation selectors (they choose emoji and name glyphs) and the joiner between two emoji (UTS #51), both visible in effect.
 */
const invisible =
  /(?!(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D(?=\p{Extended_Pictographic}))[[\p{Cf}\p{Default_Ignorable_Code_Point}]--\p{Variation_Selector}]/gv;

/** Every space, line break and control character; PostgreSQL would refuse the NUL among them. */
const blank = /[\p{Z}\p{Cc}]+/gu;

/** Makes one line with single spaces; letters, quotes, dashes and emoji stay as the person wrote them. */
export function cleanLine(text: string): string {
  return text.toWellFormed().replaceAll(invisible, '').replaceAll(blank, ' ').trim();
}

/** Cuts by UTF-16 units without leaving half a character at the end. */
export function cut(text: string, limit: number): string {
  return text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '');
}
