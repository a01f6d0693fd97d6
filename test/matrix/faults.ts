import type { FaultAction } from '../../sandbox/faults.ts';

/** What can go wrong with a call, whoever is called. */
export const faults = {
  timeout: { kind: 'hang' },
  'reset before': { kind: 'reset' },
  'reset after commit': { kind: 'reset-after' },
  '400 active': { kind: 'status', status: 400, code: 'ActiveRequestAlreadyExists' },
  '401': { kind: 'status', status: 401 },
  '403': { kind: 'status', status: 403 },
  '404': { kind: 'status', status: 404 },
  '429 short': { kind: 'status', status: 429, retryAfterSeconds: 1 },
  // Longer than a click may take, and than a message waits for its turn.
  '429 long': { kind: 'status', status: 429, retryAfterSeconds: 8 },
  '500': { kind: 'status', status: 500 },
  '502': { kind: 'status', status: 502 },
  'malformed JSON': { kind: 'malformed' },
  'slow body': { kind: 'slow-body' },
} as const satisfies Readonly<Record<string, FaultAction>>;

export type FaultName = keyof typeof faults;

export const faultNames = Object.keys(faults) as readonly FaultName[];
