import { domainToASCII } from 'node:url';

/** Longest DNS name that can be written (RFC 1035, 2.3.4, in text form). */
const maxNameLength = 253;
const maxLabelLength = 63;

/** What a device can be called: also the beginning of a name, which may end in a dash. */
const label = /^[a-z0-9_][a-z0-9_-]*$/;

/**
 * A device's DNS name as Defender keeps it, of a word in lower case; letters beyond ASCII in the form that DNS has for them.
 * Undefined for what no device can be called.
 */
export function parseDeviceName(word: string): string | undefined {
  if (word.length > maxNameLength) return undefined;
  const name = asciiOf(word.replace(/\.$/, ''));
  const isName =
    name.length <= maxNameLength &&
    name.split('.').every((part) => part.length <= maxLabelLength && label.test(part));
  return isName ? name : undefined;
}

/** Only of letters and digits, and only where it is needed: the function also takes numbers for addresses. */
function asciiOf(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return name;
  return /^[\p{L}\p{N}\p{M}._-]+$/u.test(name) ? domainToASCII(name) : '';
}
