import type { PrivateNote } from '../containment/event.ts';
import { type Person, isSamePerson } from '../containment/person.ts';
import type { State } from '../containment/state.ts';

/** Whether what a message says of the person's click would contradict where the request stands by now. */
export function isOvertaken({ about }: PrivateNote, to: Person, state: State): boolean {
  return about === 'approval' ? hasApprovedSince(state, to) : isCancelledSince(state, to);
}

function hasApprovedSince(state: State, person: Person): boolean {
  if (state.status === 'awaiting') return state.clicks.some(({ by }) => isSamePerson(by, person));
  // What was approved and taken back counts no longer.
  if (state.status === 'withdrawn' || !('approval' in state) || state.approval === undefined) return false;
  return isSamePerson(state.approval.by, person);
}

function isCancelledSince(state: State, person: Person): boolean {
  if (state.status === 'ended') return state.machineAction.status === 'Cancelled';
  if (state.status !== 'submitting' && state.status !== 'running') return false;
  return state.cancel !== undefined && isSamePerson(state.cancel.by, person);
}
