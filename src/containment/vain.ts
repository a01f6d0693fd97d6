import type { State, StateOf } from './state.ts';

/** Approved after an approval that came to nothing, and not yet with Defender: it may come to nothing as well. */
export function isVainSoFar(state: State): state is StateOf<'approved'> | StateOf<'submitting'> {
  return (state.status === 'approved' || state.status === 'submitting') && state.approval.again === true;
}

/** What has come of a request, if such an approval is left out of account. */
export function standsFor(state: State): State['status'] {
  return isVainSoFar(state) ? 'awaiting' : state.status;
}
