import { type Label, type State, labelOf } from '../../src/containment/state.ts';

/** Container styles of Adaptive Cards. They only underline the label, which says it in a word. */
export type Tone = 'accent' | 'warning' | 'good' | 'attention' | 'emphasis';

const tones = {
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

export function toneOfLabel(label: Label): Tone {
  return tones[label];
}

/** What somebody has closed calls for nobody's eyes any more. */
export function toneOf(state: State): Tone {
  return state.status === 'attention' && state.closed !== undefined ? 'emphasis' : tones[labelOf(state)];
}
