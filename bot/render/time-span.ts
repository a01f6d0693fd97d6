import type { Instant } from '../../src/containment/person.ts';

const minuteMs = 60_000;

/** How long it is from one moment to another, in its two largest units; minutes are the finest. */
export function timeSpan(from: Instant, to: Instant): string {
  const minutes = Math.floor((Date.parse(to) - Date.parse(from)) / minuteMs);
  if (!(minutes >= 1)) return 'less than a minute';
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  if (days > 0) return joined(`${days} d`, hours, 'h');
  return hours > 0 ? joined(`${hours} h`, minutes % 60, 'min') : `${minutes} min`;
}

function joined(first: string, rest: number, unit: string): string {
  return rest === 0 ? first : `${first} ${rest} ${unit}`;
}
