import type { Report } from '../../src/store/reports.ts';

/** A week up to 23 November 2026, 03:10 UTC, in which nothing was asked for unless told otherwise. */
export function aReport(given: Partial<Report> = {}): Report {
  return {
    from: '2026-11-16T03:10:20.000Z',
    to: '2026-11-23T03:10:20.000Z',
    requests: 0,
    restrictions: 0,
    lifts: 0,
    labels: new Map(),
    open: 0,
    newer: 0,
    decision: undefined,
    containment: undefined,
    ...given,
  };
}

/** A busy week: every label but one, and more than a phone shows side by side. */
export const busyWeek = aReport({
  requests: 63,
  restrictions: 51,
  lifts: 12,
  labels: new Map([
    ['Succeeded', 41],
    ['Failed', 2],
    ['Timed out', 1],
    ['Cancelled', 1],
    ['Denied', 6],
    ['Expired', 3],
    ['Withdrawn', 2],
    ['Needs attention', 1],
    ['Awaiting approval', 3],
    ['Pending', 2],
    ['In progress', 1],
  ]),
  open: 6,
  decision: { samples: 54, p50: 250, p95: 3_125 },
  containment: { samples: 33, p50: 431, p95: 93_600 },
});
