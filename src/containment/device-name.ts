/**
 * How well a DNS name fits what was typed. `exact`: it is that name, whole or as its first labels, so that
 * `ws-017` is `ws-017.contoso.com` and never `ws-0170`. `near`: it begins so, or it is a short name and the first label of
 * what was typed.
 */
export type NameMatch = 'exact' | 'near' | 'none';

export function matchOfName(typed: string, dnsName: string): NameMatch {
  const [wanted, name] = [plain(typed), plain(dnsName)];
  if (wanted === '' || name === '') return 'none';
  if (name === wanted || name.startsWith(`${wanted}.`)) return 'exact';
  const isShort = !name.includes('.') && firstLabel(wanted) === name;
  return isShort || name.startsWith(wanted) ? 'near' : 'none';
}

export function firstLabel(name: string): string {
  return name.split('.', 1)[0] ?? name;
}

/** DNS names are compared without regard to case; the dot of the root says nothing. */
function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** Fewest single-character changes between two names: who mistypes one is shown the nearest. */
export function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let index = 0; index < one.length; index += 1) {
    const next = [index + 1];
    for (let at = 0; at < other.length; at += 1) {
      const changed = (row[at] ?? 0) + (other.charAt(at) === one.charAt(index) ? 0 : 1);
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
