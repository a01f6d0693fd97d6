import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestId } from '../containment/ids.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import { passed } from '../platform/steps.ts';
import type { Card } from '../store/cards.ts';
import type { JobParts } from './parts.ts';
import { type CardLook, ChatError, type WhyEdited } from './ports.ts';
import type { Again, JobHandler } from './run-job.ts';
import { type Run, beginRun, isDone, quietSeconds, standingOf, whyEdited } from './why-edited.ts';

/** Teams shares one budget for all messages of a thread: a card is edited at most once a second. */
const leastMsBetweenEdits = 1_000;
/**
 * The mark on a card lasts 15 seconds (`src/store/cards.ts`) and a message takes at most 10 (`bot/post.ts`): one that
 * has not begun by now could still be on its way when somebody else takes the card.
 */
const latestStartMs = 4_000;
/** Whoever has the card looks for newer states after each edit; only if they die does somebody else have to. */
const lookAgainSeconds = 3;
/** A card that is deleted is missed at most once: posting it again and again would be a quarrel with whoever deletes it. */
const mostReplacements = 1;
/** Longer than anybody holds a card. */
const mostLooks = 20;
const nextLookMs = 1_000;

type Parts = Pick<JobParts, 'requests' | 'cards' | 'chat' | 'log'>;

/** Shows the newest state, whatever this job was queued for: edits coalesce and never go backwards. */
export function createSyncCard(parts: Parts): JobHandler {
  return async ({ requestId: id, press }) => {
    const run = beginRun(press === true);
    let isSpoilt = false;
    for (let looks = 1; ; looks += 1) {
      const askedAt = performance.now();
      const card = await parts.cards.hold(id);
      if (card === undefined) {
        if (isDone(run)) return undefined;
        if (!isSpoilt || looks >= mostLooks) return { againInSeconds: lookAgainSeconds };
        await sleep(nextLookMs);
        continue;
      }
      passed('card-held', id);
      try {
        const latestStart = askedAt + latestStartMs;
        const result = await showNewest(parts, { id, card, latestStart, isSpoilt, run });
        if (typeof result === 'object') return isDone(run) ? undefined : result.again;
        // Only this run knows of it, so it ends with an edit and not with a wait.
        isSpoilt = result === 'spoilt' || result === 'too late';
      } catch (error) {
        const next = await afterFailure(parts, { id, card, error });
        if (next !== 'replace') return isDone(run) ? undefined : next;
      }
    }
  };
}

interface Held {
  readonly id: RequestId;
  readonly card: Card;
  /** By the process's own steady clock. */
  readonly latestStart: number;
  /** Ours was the last edit, of an older state: whatever is recorded, people may not see it. */
  readonly isSpoilt: boolean;
  readonly run: Run;
}

interface Enough {
  readonly again: Again | undefined;
}

const nothingNew: Enough = { again: undefined };

/** After `shown` a newer state may have come meanwhile; `spoilt`: somebody else had the card when our edit was through. */
type Result = 'shown' | 'spoilt' | 'too late' | Enough;

async function showNewest(parts: Parts, held: Held): Promise<Result> {
  const { id, card, isSpoilt, run } = held;
  if (!isSpoilt && isSettled(await parts.requests.onCard(id), card)) {
    await parts.cards.release(id, card.holder);
    return nothingNew;
  }
  const wait = leastMsBetweenEdits - (card.idleSeconds ?? Infinity) * 1_000;
  if (wait > 0) await sleep(wait);
  const request = await parts.requests.onCard(id);
  if (request === undefined) return nothingNew;
  const quiet = isSpoilt ? 0 : await quietSeconds(parts.requests, run, { card, request });
  if (quiet > 0) {
    await parts.cards.release(id, card.holder);
    return { again: { againInSeconds: quiet } };
  }
  return showNow(parts, held, request);
}

async function showNow(
  parts: Parts,
  { id, card, latestStart, isSpoilt, run }: Held,
  request: ContainmentRequest,
): Promise<Result> {
  const look = { replacesDeleted: card.replacements > 0 };
  const picture = parts.chat.picture(request, look);
  if (!isSpoilt && card.activityId !== undefined && card.picture === picture) {
    await parts.cards.looksTheSame(id, card.holder, request.revision);
    run.hasShown = true;
    return 'shown';
  }
  const why = isSpoilt ? 'routine' : whyEdited(run, { card, request });
  await parts.cards.unsure(id, card.holder, why === 'routine');
  if (performance.now() > latestStart) {
    await parts.cards.release(id, card.holder);
    return isSpoilt ? 'too late' : { again: { againInSeconds: lookAgainSeconds } };
  }
  const result = await show(parts, { request, card, look, picture, why });
  run.hasShown = result === 'shown';
  return result;
}

interface View {
  readonly request: ContainmentRequest;
  readonly card: Card;
  readonly look: CardLook;
  readonly picture: string;
  readonly why: WhyEdited;
}

async function show(parts: Parts, { request, card, look, picture, why }: View): Promise<'shown' | 'spoilt'> {
  const { id, revision } = request;
  const activityId = card.activityId ?? (await parts.chat.sendCard(request, look));
  if (card.activityId === undefined) passed('card-sent', id);
  else {
    await parts.chat.updateCard(request, look, activityId, why);
    passed('card-edited', id);
  }
  const isRecorded = await parts.cards.shown(id, card.holder, {
    activityId,
    revision,
    picture,
    standing: standingOf(request),
  });
  passed('card-recorded', id);
  if (isRecorded) return 'shown';
  parts.log.warn({ requestId: id }, 'a card took longer than it was held for');
  return 'spoilt';
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
  const request = await parts.requests.onCard(id);
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
