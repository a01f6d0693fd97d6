/** Whether a person sees anything: marks, spaces and variation selectors alone are nothing. */
export function isVisible(text: string): boolean {
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(text);
}

/** Whether there is a letter or a number; the digit inside a keycap emoji is part of a picture. */
export function hasWords(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text.replaceAll(/[0-9]\uFE0F?\u20E3/gu, ''));
}
