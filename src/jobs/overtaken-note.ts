import type { PrivateNote } from '../containment/event.ts';
import { type Person, isSamePerson } from '../containment/person.ts';
import { boxInForce } from '../containment/box-in-force.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { State } from '../containment/state.ts';
import type { WishVerb } from '../containment/time-box.ts';

/** Whether what a message says of the person's click would contradict where the request stands by now. */
export function isOvertaken({ about }: PrivateNote, to: Person, request: ContainmentRequest): boolean {
  if (about === 'approval') return hasApprovedSince(request.state, to);
  return about === 'cancellation' ? isCancelledSince(request.state, to) : hasWishedSince(request, to, about);
}

/** Pressed again, or done by their word. */
function hasWishedSince(request: ContainmentRequest, person: Person, verb: WishVerb): boolean {
  const box = boxInForce(request);
  const wishes = (box?.wishes ?? []).filter((wish) => wish.verb === verb);
  // What counts takes back what did not hold: that it stands is news since the last extension.
  const isVoid = box?.voided?.verb === verb && isSamePerson(box.voided.by, person);
  const extended = isVoid ? undefined : box?.extended;
  const done = verb === 'release' ? request.released : extended;
  return [...wishes, ...(done === undefined ? [] : [done])].some(({ by }) => isSamePerson(by, person));
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
