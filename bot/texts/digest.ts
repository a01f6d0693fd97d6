import type { HandoverTimes } from '../../src/store/handovers.ts';

/** Words of the handover. Nothing from outside is in them. */

export function badTimes(usage: string): string {
  return `Times are written hh:mm in UTC, up to 8 of them, such as /digest at 06:00, 18:00. Nothing was changed. Usage: ${usage}`;
}

export const title = 'Handover of this conversation';

export const headings = {
  awaiting: 'Awaiting approval',
  attention: 'Needs attention',
  running: 'Under way',
  elsewhere: 'Restricted, and held by no request',
  inForce: 'Restrictions in force',
  failed: 'Did not succeed',
} as const;
export type DigestPart = keyof typeof headings;

/** Which command shows the rest; of what is under way and what failed each card is the place. */
const whereMore: Partial<Record<DigestPart, string>> = {
  awaiting: '/pending',
  attention: '/pending',
  inForce: '/active',
};

export function heading(part: DigestPart, total: number, period: string): string {
  return part === 'failed'
    ? `${headings.failed} in the last ${period} (${total})`
    : `${headings[part]} (${total})`;
}

export function more(part: DigestPart, count: number): string {
  const where = whereMore[part];
  return where === undefined ? `and ${count} more` : `and ${count} more: ${where}`;
}

const quiet =
  'Nothing awaits approval, is under way or needs attention; no restriction that a request holds is in force.';

/** `2 await approval · 1 needs attention`, of what there is. */
export function inShort(counts: Readonly<Record<DigestPart, number>>): string {
  const words: readonly (readonly [number, string, string])[] = [
    [counts.awaiting, 'awaits approval', 'await approval'],
    [counts.attention, 'needs attention', 'need attention'],
    [counts.running, 'is under way', 'are under way'],
    [counts.inForce, 'is in force', 'are in force'],
    [counts.elsewhere, 'is restricted without a request', 'are restricted without a request'],
    [counts.failed, 'did not succeed', 'did not succeed'],
  ];
  const parts = words
    .filter(([count]) => count > 0)
    .map(([count, one, several]) => `${count} ${count === 1 ? one : several}`);
  return parts.length === 0 ? quiet : parts.join(' · ');
}

export function schedule(times: HandoverTimes | undefined): string {
  return times === undefined || times.length === 0
    ? 'To have it posted here every day: /digest at 06:00, 18:00 (UTC)'
    : `Posted here every day at ${timesText(times)}; /digest off ends that`;
}

export function isSet(times: HandoverTimes): string {
  return `The handover is posted in this conversation every day at ${timesText(times)} from now on. /digest off ends that.`;
}

export const isOff = 'The handover is no longer posted here by itself. /digest shows it when asked.';
export const wasOff = 'No handover is posted here by itself, so there is nothing to end.';

function timesText(times: HandoverTimes): string {
  const written = times.map(clock);
  const last = written.at(-1) ?? '';
  const list = written.length > 1 ? `${written.slice(0, -1).join(', ')} and ${last}` : last;
  return `${list} UTC`;
}

function clock(minute: number): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
