import type { RequestId } from '../containment/ids.ts';
import type { JobQueue } from './queue.ts';

/** Somebody who removes the bot and adds it again and again does not have every card tried each time. */
const quietSeconds = 60;

/**
 * Has cards tried that could not be shown while the bot was away: at once, but those that were tried lately once more
 * after a minute, however often that is wished for. What is remembered for that is of this process alone.
 */
export function createBringUpToDate(queue: Pick<JobQueue, 'resend'>, now = () => performance.now()) {
  const triedAt = new Map<RequestId, number>();
  return async (requests: readonly RequestId[]): Promise<void> => {
    const earliest = now() - quietSeconds * 1_000;
    for (const [id, at] of triedAt) if (at < earliest) triedAt.delete(id);
    const { fresh = [], tried = [] } = Object.groupBy(requests, (id) =>
      triedAt.has(id) ? 'tried' : 'fresh',
    );
    for (const id of requests) triedAt.set(id, now());
    // What was decided while the bot was away waits for no press.
    await queue.resend(fresh.map(jobOf), { pressStands: false });
    await queue.resend(tried.map(jobOf), { pressStands: false, afterSeconds: quietSeconds });
  };
}

function jobOf(requestId: RequestId) {
  return { name: 'sync-card', payload: { requestId } } as const;
}
