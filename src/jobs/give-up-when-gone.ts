import type { ContainmentRequest } from '../containment/request.ts';
import type { JobParts } from './parts.ts';
import { ChatError } from './ports.ts';
import type { Again } from './run-job.ts';

/** Of a thread that is gone nobody hears anything: that is settled too. */
export async function giveUpWhenGone(send: () => Promise<void>): Promise<Again | undefined> {
  try {
    await send();
    return undefined;
  } catch (error) {
    return whenFailed(error);
  }
}

function whenFailed(error: unknown): Again | undefined {
  if (!(error instanceof ChatError) || (error.kind === 'later' && error.retryAfterMs === undefined))
    throw error;
  return error.kind === 'later' ? again(error.retryAfterMs ?? 1_000) : undefined;
}

type Parts = Pick<JobParts, 'cards' | 'requests'>;

/**
 * The same of a word for the thread of a request. Where the thread went with our own card, the request has another place now,
 * or somebody else who met that has given it one meanwhile.
 */
export async function tellOrGiveUp(
  { cards, requests }: Parts,
  { id, place }: ContainmentRequest,
  send: () => Promise<void>,
): Promise<Again | undefined> {
  try {
    await send();
    return undefined;
  } catch (error) {
    const isGone = error instanceof ChatError && error.kind === 'gone';
    if (isGone && (await cards.endThread(place))) return again(0);
    const now = isGone ? (await requests.byId(id))?.place.thread : undefined;
    if (now !== undefined && now !== place.thread) return again(0);
    return whenFailed(error);
  }
}

export function again(ms: number): Again {
  return { againInSeconds: Math.max(1, ms / 1000) };
}
