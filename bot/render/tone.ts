import type { Label } from '../../src/containment/state.ts';

/** Container styles of Adaptive Cards. They only underline the label, which says it in a word. */
export type Tone = 'accent' | 'warning' | 'good' | 'attention' | 'emphasis';

export const toneOf = {
  'Awaiting approval': 'warning',
  Denied: 'emphasis',
  Expired: 'emphasis',
  Withdrawn: 'emphasis',
  Approved: 'accent',
  Submitting: 'accent',
  Pending: 'accent',
  'In progress': 'accent',
  Succeeded: 'good',
  Failed: 'attention',
  'Timed out': 'attention',
  Cancelled: 'emphasis',
  'Needs attention': 'attention',
} as const satisfies Record<Label, Tone>;
