import { cardLabel } from '../../src/containment/batch.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
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

/** Of several devices by the label of the card, unless all that called for somebody is closed. */
export function toneOfCard(request: ContainmentRequest): Tone {
  const { members } = request;
  if (members === undefined) return toneOf(request.state);
  const label = cardLabel(request);
  const isClosed = members.every(({ state }) => state.status !== 'attention' || state.closed !== undefined);
  return label === 'Needs attention' && isClosed ? 'emphasis' : tones[label];
}

/** What somebody has closed calls for nobody's eyes any more. */
function toneOf(state: State): Tone {
  return state.status === 'attention' && state.closed !== undefined ? 'emphasis' : tones[labelOf(state)];
}
