import type { Duration } from '../../src/containment/duration.ts';

/** What the report of a conversation says. The numbers are ours and counted: nothing here was typed by people. */

/** `the last 7 days`, `the last hour`. */
export function periodText({ text }: Duration): string {
  const [amount, name] = [text.slice(0, -1), unitNames[text.slice(-1)] ?? ''];
  return amount === '1' ? `the last ${name}` : `the last ${amount} ${name}s`;
}

const unitNames: Readonly<Record<string, string>> = { m: 'minute', h: 'hour', d: 'day' };

export function requestsText(requests: number): string {
  return requests === 0 ? 'No requests' : counted(requests, 'request');
}

/** By what was asked for, and what has not come to its end. */
export function splitText({
  restrictions,
  lifts,
  open,
}: {
  restrictions: number;
  lifts: number;
  open: number;
}) {
  return `${restrictions} restrict · ${lifts} unrestrict · ${open === 0 ? 'none' : open} still open`;
}

export function scopeText(from: string, to: string): string {
  return `In this conversation from ${from} to ${to}`;
}

export const nothingAsked = 'Nothing was asked for in this time.';

export function spokenText(period: Duration, { requests, open }: { requests: number; open: number }): string {
  const rest = requests === 0 ? '' : `, ${open === 0 ? 'none' : open} still open`;
  return `Report of ${periodText(period)}: ${requestsText(requests).toLowerCase()}${rest}.`;
}

export const outcomeTitles = { heading: 'Outcomes', other: 'Newer version' } as const;

export const timeTexts = {
  decision: {
    label: 'Time to decision',
    samples: (count: number) => `of ${counted(count, 'decision')}`,
    none: 'nothing was decided',
  },
  containment: {
    label: 'Time to containment',
    samples: (count: number) => `of ${counted(count, 'restriction')}`,
    none: 'no restriction succeeded',
  },
} as const;

export const timesHint =
  'Decision: from the request to the approval that held, or to the denial. Containment: from the request to Succeeded in Defender. p50: half took no longer; p95: 95 of 100 did not.';

export function newerText(newer: number): string {
  return newer === 1
    ? '1 request was written by a newer version of Cordon; its times are left out.'
    : `${newer} requests were written by a newer version of Cordon; their times are left out.`;
}

function counted(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
