import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestId } from '../containment/ids.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Card } from '../store/cards.ts';
import type { JobParts } from './parts.ts';
import { ChatError } from './ports.ts';
import type { Again, JobHandler } from './queue.ts';

/** Teams shares one budget for all messages of a thread: a card is edited at most once a second. */
const leastMsBetweenEdits = 1_000;
/** Whoever has the card looks for newer states after each edit; only if they die does somebody else have to. */
const lookAgainSeconds = 3;

type Parts = Pick<JobParts, 'requests' | 'cards' | 'chat' | 'log'>;

/** Shows the newest state, whatever this job was queued for: edits coalesce and never go backwards. */
export function createSyncCard(parts: Parts): JobHandler {
  return async ({ requestId }) => {
    for (;;) {
      const card = await parts.cards.hold(requestId);
      if (card === undefined) return { againInSeconds: lookAgainSeconds };
      try {
        if (!(await showNewest(parts, requestId, card))) return undefined;
      } catch (error) {
        await parts.cards.release(requestId);
        return afterFailure(parts, requestId, error);
      }
    }
  };
}

/** Answers whether it changed what people see; then a newer state may have come meanwhile. */
async function showNewest(parts: Parts, id: RequestId, card: Card): Promise<boolean> {
  if (isShown(await parts.requests.byId(id), card)) {
    await parts.cards.release(id);
    return false;
  }
  const wait = leastMsBetweenEdits - (card.idleSeconds ?? Infinity) * 1_000;
  if (wait > 0) await sleep(wait);
  const request = await parts.requests.byId(id);
  if (request === undefined) return false;
  const activityId = card.activityId ?? (await parts.chat.sendCard(request));
  if (card.activityId !== undefined) await parts.chat.updateCard(request, activityId);
  await parts.cards.shown(id, activityId, request.revision);
  return true;
}

function isShown(request: ContainmentRequest | undefined, card: Card): boolean {
  if (request === undefined) return true;
  return card.activityId !== undefined && card.shownRevision >= request.revision;
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
