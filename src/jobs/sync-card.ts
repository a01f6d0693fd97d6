import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestId } from '../containment/ids.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Card } from '../store/cards.ts';
import type { JobParts } from './parts.ts';
import { ChatError } from './ports.ts';
import type { Again, JobHandler } from './queue.ts';

/** Teams shares one budget for all messages of a thread: a card is edited at most once a second. */
const leastMsBetweenEdits = 1_000;
/**
 * The mark on a card lasts 15 seconds (`src/store/cards.ts`) and a message takes at most 10 (`bot/courier.ts`): one that
 * has not begun by now could still be on its way when somebody else takes the card.
 */
const latestStartMs = 4_000;
/** Whoever has the card looks for newer states after each edit; only if they die does somebody else have to. */
const lookAgainSeconds = 3;

type Parts = Pick<JobParts, 'requests' | 'cards' | 'chat' | 'log'>;

/** Shows the newest state, whatever this job was queued for: edits coalesce and never go backwards. */
export function createSyncCard(parts: Parts): JobHandler {
  return async ({ requestId }) => {
    for (;;) {
      const askedAt = performance.now();
      const card = await parts.cards.hold(requestId);
      if (card === undefined) return { againInSeconds: lookAgainSeconds };
      try {
        const result = await showNewest(parts, { id: requestId, card, latestStart: askedAt + latestStartMs });
        if (result === 'nothing new') return undefined;
        if (result === 'too late') return { againInSeconds: lookAgainSeconds };
      } catch (error) {
        await parts.cards.release(requestId, card.holder);
        return afterFailure(parts, requestId, error);
      }
    }
  };
}

interface Held {
  readonly id: RequestId;
  readonly card: Card;
  /** By the process's own steady clock. */
  readonly latestStart: number;
}

/** After `shown` a newer state may have come meanwhile. */
async function showNewest(
  parts: Parts,
  { id, card, latestStart }: Held,
): Promise<'shown' | 'nothing new' | 'too late'> {
  if (isShown(await parts.requests.byId(id), card)) {
    await parts.cards.release(id, card.holder);
    return 'nothing new';
  }
  const wait = leastMsBetweenEdits - (card.idleSeconds ?? Infinity) * 1_000;
  if (wait > 0) await sleep(wait);
  const request = await parts.requests.byId(id);
  if (request === undefined) return 'nothing new';
  if (performance.now() > latestStart) {
    await parts.cards.release(id, card.holder);
    return 'too late';
  }
  const activityId = card.activityId ?? (await parts.chat.sendCard(request));
  if (card.activityId !== undefined) await parts.chat.updateCard(request, activityId);
  const seen = { activityId, revision: request.revision };
  if (!(await parts.cards.shown(id, card.holder, seen)))
    parts.log.warn({ requestId: id }, 'a card took longer than it was held for');
  return 'shown';
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
  await parts.cards.givenUp(id, request.revision);
  await parts.requests.note(id, {
    what: 'card-not-shown',
    who: 'cordon',
    request: { id, number: request.number },
    detail: { kind: error.kind, status: error.status },
  });
  return undefined;
}
