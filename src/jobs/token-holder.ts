import { secondsForTheHolder } from '../containment/approval.ts';
import { later } from '../containment/decision.ts';
import type { Instant } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { State } from '../containment/state.ts';
import { type JobParts, secondsBetween } from './parts.ts';

/** For so long the process that may hold the only token goes first, at whatever the request waits for. */
export async function secondsOfTheHolder(
  parts: Pick<JobParts, 'requests' | 'pauses' | 'lookFirst'>,
  request: ContainmentRequest,
): Promise<number> {
  const dueAt = whenTheHolderSends(request.state);
  if (dueAt === undefined) return 0;
  if (await isHeldUp(parts, request)) return secondsForTheHolder;
  // The end of a pause and a proof of absence change the request: from then on the holder has its time.
  const changedAt = (await parts.lookFirst.of(request.id))?.changedAt ?? dueAt;
  const since = changedAt > dueAt ? changedAt : dueAt;
  return secondsBetween(await parts.requests.now(), later(since, secondsForTheHolder));
}

/** Undefined where nothing waits to be sent, or anybody's job can do it. */
function whenTheHolderSends(state: State): Instant | undefined {
  if (state.status !== 'approved' && state.status !== 'submitting') return undefined;
  if (state.approval.steppedUp !== true) return undefined;
  if (state.status === 'approved') return state.approval.at;
  const { outcome, wait } = state.attempt;
  return outcome === 'unsent' ? (wait?.until ?? state.approval.at) : undefined;
}

/**
 * By a pause, or by one that ended so lately that the request does not say so yet. What a restored database may have
 * forgotten is looked for meanwhile: its pause waits for that.
 */
async function isHeldUp(
  { pauses }: Pick<JobParts, 'pauses'>,
  { hold, unchecked }: ContainmentRequest,
): Promise<boolean> {
  return unchecked !== true && (hold !== undefined || (await pauses.read()).length > 0);
}
