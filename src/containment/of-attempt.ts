import type { Instant } from './person.ts';
import type { State, StateOf } from './state.ts';

/**
 * What an outcome belongs to. A process that stood still tells it late: of another attempt, or of an approval that another
 * one has replaced, it says nothing. Where no attempt was begun it names the approval and how often that was tried before.
 */
export type OfAttempt =
  | { readonly attemptId: string }
  | { readonly attemptId?: undefined; readonly approvedAt: Instant; readonly tried: number };

/** An outcome of work on this state that began no attempt, so that nothing can have been sent by it. */
export function ofNoAttempt(state: State): OfAttempt {
  const approval = 'approval' in state ? state.approval : undefined;
  // Without an approval there is no work whose outcome could count: it belongs to none.
  return { approvedAt: approval?.at ?? '', tried: triesOf(state) };
}

export function belongsTo(of: OfAttempt, state: StateOf<'approved' | 'submitting'>): boolean {
  if (of.attemptId !== undefined) return state.status === 'submitting' && state.attempt.id === of.attemptId;
  const isUnsent = state.status === 'approved' || state.attempt.outcome === 'unsent';
  return isUnsent && of.approvedAt === state.approval.at && of.tried === triesOf(state);
}

function triesOf(state: State): number {
  return state.status === 'submitting' ? state.attempt.number : 0;
}
