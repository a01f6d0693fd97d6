/** Whether there is a letter or a number; the digit inside a keycap emoji is part of a picture. */
export function hasWords(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text.replaceAll(/[0-9]\uFE0F?\u20E3/gu, ''));
}
