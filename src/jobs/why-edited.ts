import { membersOf } from '../containment/batch.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import { isVainSoFar } from '../containment/vain.ts';
import type { Card } from '../store/cards.ts';
import { type JobParts, secondsBetween } from './parts.ts';
import type { WhyEdited } from './ports.ts';

/** One run of the job that shows a card: it looks for newer states after each edit. */
export interface Run {
  /** What it was queued for. */
  readonly first: WhyEdited;
  hasShown: boolean;
}

export function beginRun(isOfPress: boolean): Run {
  return { first: isOfPress ? 'press' : 'routine', hasShown: false };
}

/** What has come since its own state was shown has a job of its own, which knows how much it matters. */
export function isDone({ first, hasShown }: Run): boolean {
  return first === 'routine' && hasShown;
}

/** Whoever presses on and on changes nothing of this, and must not get an edit for each press because of one that counted. */
export function standingOf(request: ContainmentRequest): string {
  const of = ({ state, hold }: ContainmentRequest) => {
    const attempt = 'attempt' in state ? state.attempt : undefined;
    const action = 'machineAction' in state && state.machineAction.status;
    return [state.status, action, hold?.since, attempt?.outcome, attempt?.wait?.why];
  };
  return JSON.stringify(membersOf(request).map(of));
}

interface Shown {
  readonly card: Card;
  readonly request: ContainmentRequest;
}

/** A card that says what is true no longer is edited as one of a decision, whatever the edit was queued for. */
export function whyEdited(run: Run, { card, request }: Shown): WhyEdited {
  if (isFirstOfDecision(run)) return 'routine';
  return card.standing === standingOf(request) ? 'press' : 'routine';
}

function isFirstOfDecision({ first, hasShown }: Run): boolean {
  return first === 'routine' && !hasShown;
}

/** Long enough for Entra and Defender to refuse, or to take it. */
const secondsInVain = 10;

/**
 * How long to keep quiet of an approval that may come to nothing, as one before it did: most are over before anybody could
 * have read of them, and a card that said so would have to take it back.
 */
export async function quietSeconds(
  requests: Pick<JobParts['requests'], 'now'>,
  run: Run,
  { card, request }: Shown,
): Promise<number> {
  if (card.activityId === undefined || isFirstOfDecision(run)) return 0;
  const since = membersOf(request).flatMap(({ state }) => (isVainSoFar(state) ? [state.approval.at] : []));
  if (since.length === 0) return 0;
  const now = await requests.now();
  return Math.max(...since.map((at) => secondsInVain - secondsBetween(at, now)), 0);
}
