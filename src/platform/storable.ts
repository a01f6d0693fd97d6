/**
 * Text from outside as both databases take it: they refuse NUL and halves of surrogate pairs, and with it the whole record
 * of whoever sent one.
 */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}
