import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestId } from '../containment/ids.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import { passed } from '../platform/steps.ts';
import type { Card } from '../store/cards.ts';
import type { JobParts } from './parts.ts';
import { ChatError } from './ports.ts';
import type { Again, JobHandler } from './run-job.ts';

/** Teams shares one budget for all messages of a thread: a card is edited at most once a second. */
const leastMsBetweenEdits = 1_000;
/**
 * The mark on a card lasts 15 seconds (`src/store/cards.ts`) and a message takes at most 10 (`bot/courier.ts`): one that
 * has not begun by now could still be on its way when somebody else takes the card.
 */
const latestStartMs = 4_000;
/** Whoever has the card looks for newer states after each edit; only if they die does somebody else have to. */
const lookAgainSeconds = 3;
/** A card that is deleted is missed at most once: posting it again and again would be a quarrel with whoever deletes it. */
const mostReplacements = 1;

type Parts = Pick<JobParts, 'requests' | 'cards' | 'chat' | 'log'>;

/** Shows the newest state, whatever this job was queued for: edits coalesce and never go backwards. */
export function createSyncCard(parts: Parts): JobHandler {
  return async ({ requestId: id }) => {
    for (;;) {
      const askedAt = performance.now();
      const card = await parts.cards.hold(id);
      if (card === undefined) return { againInSeconds: lookAgainSeconds };
      passed('card-held', id);
      try {
        const result = await showNewest(parts, { id, card, latestStart: askedAt + latestStartMs });
        if (result === 'nothing new') return undefined;
        if (result === 'too late') return { againInSeconds: lookAgainSeconds };
      } catch (error) {
        const next = await afterFailure(parts, { id, card, error });
        if (next !== 'replace') return next;
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
  if (isSettled(await parts.requests.byId(id), card)) {
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
  await show(parts, request, card);
  return 'shown';
}

async function show(parts: Parts, request: ContainmentRequest, card: Card): Promise<void> {
  const { id, revision } = request;
  const look = { replacesDeleted: card.replacements > 0 };
  const picture = parts.chat.picture(request, look);
  if (card.activityId !== undefined && card.picture === picture) {
    await parts.cards.looksTheSame(id, card.holder, revision);
    return;
  }
  const activityId = card.activityId ?? (await parts.chat.sendCard(request, look));
  if (card.activityId === undefined) passed('card-sent', id);
  else {
    await parts.chat.updateCard(request, look, activityId);
    passed('card-edited', id);
  }
  if (!(await parts.cards.shown(id, card.holder, { activityId, revision, picture })))
    parts.log.warn({ requestId: id }, 'a card took longer than it was held for');
  passed('card-recorded', id);
}

function isSettled(request: ContainmentRequest | undefined, card: Card): boolean {
  if (request === undefined || card.givenUpRevision >= request.revision) return true;
  return card.activityId !== undefined && card.shownRevision >= request.revision;
}

interface Failure {
  readonly id: RequestId;
  readonly card: Card;
  readonly error: unknown;
}

async function afterFailure(parts: Parts, failure: Failure): Promise<Again | undefined | 'replace'> {
  const { id, card, error } = failure;
  const isDeleted = error instanceof ChatError && error.kind === 'gone' && card.activityId !== undefined;
  if (isDeleted && card.replacements < mostReplacements) {
    await parts.cards.deleted(id, card.holder);
    passed('card-deleted', id);
    await note(parts, id, { what: 'card-replaced', error });
    return 'replace';
  }
  await parts.cards.release(id, card.holder);
  if (!(error instanceof ChatError)) throw error;
  if (error.kind !== 'later') return giveUp(parts, { id, card, error });
  if (error.retryAfterMs === undefined) throw error;
  return { againInSeconds: error.retryAfterMs / 1000 };
}

/** The request goes on without its card; its end is still told in the thread. */
async function giveUp(
  parts: Parts,
  { id, card, error }: Failure & { readonly error: ChatError },
): Promise<undefined> {
  parts.log.warn({ requestId: id, kind: error.kind, status: error.status }, 'card cannot be shown');
  const request = await parts.requests.byId(id);
  if (request === undefined) return;
  const isForGood = error.kind === 'gone' && card.replacements > 0;
  await parts.cards.givenUp(id, isForGood ? 'all' : request.revision);
  await note(parts, id, { what: 'card-not-shown', error });
}

async function note(
  parts: Parts,
  id: RequestId,
  { what, error }: { readonly what: string; readonly error: ChatError },
): Promise<void> {
  const { kind, status, code } = error;
  const request = await parts.requests.byId(id);
  if (request === undefined) return;
  await parts.requests.note(id, {
    what,
    who: 'cordon',
    request: { id, number: request.number },
    detail: { kind, status, code },
  });
}
