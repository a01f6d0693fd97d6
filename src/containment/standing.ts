import { type ChangeElsewhere, type FoundChange, isOwnAction } from './elsewhere.ts';
import type { ContainmentRequest } from './request.ts';

/** How the device of a request stands, and since when. */
export type Standing = Pick<ChangeElsewhere, 'became' | 'at'>;

/** What the request itself has made of its device; undefined: nothing. */
export function effectOf({ state, action }: ContainmentRequest): Standing | undefined {
  if (state.status !== 'ended' || state.machineAction.status !== 'Succeeded') return undefined;
  const { updatedAt, createdAt } = state.machineAction;
  const at = [updatedAt, createdAt].find(isTime) ?? state.endedAt;
  return { became: action === 'restrict' ? 'restricted' : 'lifted', at };
}

/** The action of the request itself that Defender listed as succeeded when the request had been given up. */
export function lateEffectOf({ elsewhere }: ContainmentRequest): FoundChange | undefined {
  const first = elsewhere?.[0];
  return first !== undefined && isOwnAction(first) ? first : undefined;
}

/** What came of the request itself, whenever that was found out. */
export function tookEffect(request: ContainmentRequest): Standing | undefined {
  return effectOf(request) ?? lateEffectOf(request);
}

/** Restricted by the request itself, as was found out late, and nothing has changed that since. */
export function isLateRestriction(request: ContainmentRequest): boolean {
  const last = request.elsewhere?.at(-1);
  return last !== undefined && isOwnAction(last) && isRestrictedElsewhere(request);
}

/** After that, after what was changed elsewhere since, and after a lift that its people were told of. */
export function standingAfter(request: ContainmentRequest): Standing | undefined {
  const known = request.elsewhere?.at(-1) ?? effectOf(request);
  if (known === undefined || !isReleasedFromAfar(request) || !isReleasedSince(request)) return known;
  return { became: 'lifted', at: known.at };
}

/** By a request of ours, and nothing was changed after that. */
export function isReleasedSince({ released, elsewhere }: ContainmentRequest): boolean {
  return released !== undefined && released.after === elsewhere?.at(-1)?.actionId;
}

/** Changed elsewhere last, and that is how it stands as far as this request tells. */
export function isRestrictedElsewhere(request: ContainmentRequest): boolean {
  return request.elsewhere?.at(-1)?.became === 'restricted' && !isReleasedSince(request);
}

/** By a request of another conversation: what comes after that is told in none of these people's threads. */
export function isReleasedFromAfar({ released }: ContainmentRequest): boolean {
  return released !== undefined && released.number === undefined;
}

/** Only what makes a difference is news, and only if it surely came later. */
export function isNewsAfter(known: Standing, change: ChangeElsewhere): boolean {
  return change.became !== known.became && Date.parse(change.at) > Date.parse(known.at);
}

function isTime(text: string | undefined): text is string {
  return text !== undefined && !Number.isNaN(Date.parse(text));
}
