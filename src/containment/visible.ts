/** Letters and symbols that show nothing: Hangul fillers and the empty Braille pattern. */
const blanks = /[\u115F\u1160\u3164\uFFA0\u2800]/gu;

/** Whether a person sees anything: marks, spaces, variation selectors and blank letters alone are nothing. */
export function isVisible(text: string): boolean {
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(text.replaceAll(blanks, ''));
}
