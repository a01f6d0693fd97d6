import type { Instant } from '../../src/containment/person.ts';

/**
 * Times are written by us, with their zone: the date macros of Adaptive Cards are not drawn by every client, and
 * a responder compares them with logs in UTC.
 */
export function utc(moment: Instant): string {
  const iso = isoOf(moment);
  return iso === undefined ? 'unknown time' : `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** `03:12 UTC` on the day of the reference, with the date otherwise. */
export function utcShort(moment: Instant, reference: Instant): string {
  const iso = isoOf(moment);
  const isSameDay = iso !== undefined && iso.slice(0, 10) === isoOf(reference)?.slice(0, 10);
  return isSameDay ? `${iso.slice(11, 16)} UTC` : utc(moment);
}

/** Years beyond 9999 are written with a sign and more digits: nothing that Defender or a database of ours means. */
function isoOf(moment: Instant): string | undefined {
  const time = new Date(moment);
  if (Number.isNaN(time.getTime())) return undefined;
  const iso = time.toISOString();
  return /^\d{4}-/.test(iso) ? iso : undefined;
}
