import type { PrivateNote } from '../containment/event.ts';
import { type Person, isSamePerson } from '../containment/person.ts';
import { boxInForce } from '../containment/box-in-force.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { State } from '../containment/state.ts';
import type { WishVerb } from '../containment/time-box.ts';

/** Whether what a message says of the person's click would contradict where the request stands by now. */
export function isOvertaken(note: PrivateNote, to: Person, request: ContainmentRequest): boolean {
  if (note.about === 'approval') return hasApprovedSince(request.state, to);
  if (note.about === 'cancellation') return isCancelledSince(request.state, to);
  return hasWishedSince(request, to, note);
}

type WishNote = Extract<PrivateNote, { readonly about: WishVerb }>;

/** Pressed again, or done by their word since. */
function hasWishedSince(request: ContainmentRequest, person: Person, { about: verb, at }: WishNote): boolean {
  const box = boxInForce(request);
  const isWaiting = box?.wishes.some((wish) => wish.verb === verb && isSamePerson(wish.by, person));
  const done = verb === 'release' ? request.released : box?.extended;
  const isDone = done !== undefined && isSamePerson(done.by, person) && (at === undefined || done.at > at);
  return isWaiting === true || isDone;
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
