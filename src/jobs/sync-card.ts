import { type JobParts } from './parts.ts';
import { ChatError } from './ports.ts';
import type { Again, JobHandler } from './queue.ts';
import type { RequestId } from '../containment/ids.ts';
import type { Card } from '../store/cards.ts';

/** Teams shares one budget for all messages of a thread: a card is edited at most once a second. */
const leastSecondsBetweenEdits = 1;

type Parts = Pick<JobParts, 'requests' | 'cards' | 'chat' | 'log'>;

/** Shows the newest state, whatever this job was queued for: edits coalesce and never go backwards. */
export function createSyncCard(parts: Parts): JobHandler {
  return async ({ requestId }) => {
    const card = await parts.cards.hold(requestId);
    if (card === undefined) return { againInSeconds: 1 };
    try {
      return await show(parts, requestId, card);
    } catch (error) {
      await parts.cards.release(requestId);
      return afterFailure(parts, requestId, error);
    }
  };
}

async function show(parts: Parts, id: RequestId, card: Card): Promise<Again | undefined> {
  const request = await parts.requests.byId(id);
  if (request === undefined || (card.activityId !== undefined && card.shownRevision >= request.revision)) {
    await parts.cards.release(id);
    return undefined;
  }
  const idle = card.idleSeconds ?? Infinity;
  if (card.activityId !== undefined && idle < leastSecondsBetweenEdits) {
    await parts.cards.release(id);
    return { againInSeconds: 1 };
  }
  const activityId = card.activityId ?? (await parts.chat.sendCard(request));
  if (card.activityId !== undefined) await parts.chat.updateCard(request, activityId);
  await parts.cards.shown(id, activityId, request.revision);
  const newest = await parts.requests.byId(id);
  return newest !== undefined && newest.revision > request.revision ? { againInSeconds: 1 } : undefined;
}

async function afterFailure(parts: Parts, id: RequestId, error: unknown): Promise<Again | undefined> {
  if (!(error instanceof ChatError)) throw error;
  if (error.kind === 'later' && error.retryAfterMs !== undefined) {
    return { againInSeconds: error.retryAfterMs / 1000 };
  }
  if (error.kind === 'later') throw error;
  parts.log.warn({ requestId: id, kind: error.kind, status: error.status }, 'card cannot be shown');
  const request = await parts.requests.byId(id);
  if (request === undefined) return undefined;
  await parts.requests.note(id, {
    what: 'card-not-shown',
    who: 'cordon',
    request: { id, number: request.number },
    detail: { kind: error.kind, status: error.status },
  });
  return undefined;
}
