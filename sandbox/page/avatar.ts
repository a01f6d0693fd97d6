import { el } from './dom.ts';
import { icon } from './icons.ts';

/**
 * A stable hue per name, so that a person has the same colour in every window.
 * The factor was chosen so that the seeded people and the parties on the wire lie well apart on the colour wheel.
 */
export function hueOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 51 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % 360;
}

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '');
  const last = words.length > 1 ? words.at(-1) : undefined;
  return `${words[0]?.charAt(0) ?? '?'}${last?.charAt(0) ?? ''}`.toUpperCase();
}

export function avatar(
  who: { name: string; isBot?: boolean },
  size: 'small' | 'medium' = 'medium',
): HTMLElement {
  if (who.isBot) return el('span', { class: `avatar bot ${size}`, 'aria-hidden': 'true' }, icon('shield'));
  const face = el('span', { class: `avatar ${size}`, 'aria-hidden': 'true' }, initialsOf(who.name));
  face.style.setProperty('--hue', String(hueOf(who.name)));
  return face;
}
