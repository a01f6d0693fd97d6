import type { Instant } from '../../src/containment/person.ts';

/** `2026-11-23 03:10 UTC` */
export function inUtc(at: Instant): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

export function openRequests(count: number): string {
  return `${count} open ${count === 1 ? 'request is' : 'requests are'}`;
}
