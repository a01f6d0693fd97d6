import { cardLabel, isToldOf, momentToTell } from '../containment/batch.ts';
import type { Instant } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import { passed } from '../platform/steps.ts';
import { cancelAction } from './cancel-action.ts';
import { checkApproval } from './check-approval.ts';
import { isKnownNote } from './known-note.ts';
import { again, giveUpWhenGone } from './give-up-when-gone.ts';
import { createLookUpDevice } from './look-up-device.ts';
import { NewerJobError } from './not-now.ts';
import { isOvertaken } from './overtaken-note.ts';
import type { JobParts } from './parts.ts';
import { secondsBetween } from './parts.ts';
import type { Again, JobHandler, JobHandlers } from './run-job.ts';
import { createSubmit } from './submit.ts';
import { createSyncCard } from './sync-card.ts';
import { createTellBox } from './tell-box.ts';
import { createTellElsewhere } from './tell-elsewhere.ts';
import { createSettleLift, createTimeBox } from './time-box.ts';

export function createHandlers(parts: JobParts): JobHandlers {
  return {
    'sync-card': createSyncCard(parts),
    'look-up-device': createLookUpDevice(parts),
    'check-approval': createCheckApproval(parts),
    submit: createSubmit(parts),
    'cancel-action': createCancelAction(parts),
    expire: createExpire(parts),
    notify: createNotify(parts),
    tell: createTell(parts),
    'time-box': createTimeBox(parts),
    'settle-lift': createSettleLift(parts),
    'tell-box': createTellBox(parts),
    'tell-elsewhere': createTellElsewhere(parts),
  };
}

function createCheckApproval(parts: JobParts): JobHandler {
  return async ({ requestId, clickId }) => {
    if (clickId === undefined) return undefined;
    const outcome = await checkApproval(parts, { requestId, clickId, inTurn: false });
    return outcome.kind === 'no-answer' ? again(outcome.retryAfterMs) : undefined;
  };
}

function createCancelAction(parts: JobParts): JobHandler {
  return async ({ requestId, since }) => {
    const outcome = await cancelAction(parts, { requestId, since, inTurn: false });
    return outcome.kind === 'no-answer' ? again(outcome.retryAfterMs) : undefined;
  };
}

/** By the database's clock: a job that comes early comes again. */
function createExpire(parts: JobParts): JobHandler {
  return async ({ requestId }) => {
    // Of several devices all, so that whoever waits for them is told once.
    const all = await parts.requests.applyToAll(requestId, () => ({ kind: 'time-passed' }));
    const decision = all.find(({ request }) => request.id === requestId);
    passed('expiry-stored', requestId);
    if (decision?.request.state.status !== 'awaiting') return undefined;
    return { againInSeconds: secondsBetween(decision.now, decision.request.expiresAt) };
  };
}

/** A card shows its end within a second, as a rule. */
const lookAgainSeconds = 1;
const longestLookAgainSeconds = 5;

/** One reply in the thread, after the card shows it. If the request has moved on meanwhile, its next end has a reply of its own. */
function createNotify(parts: JobParts): JobHandler {
  return async ({ requestId, about }) => {
    const request = await parts.requests.onCard(requestId);
    if (request === undefined) return undefined;
    // Several devices have come to one end or to none: which, is told as it stands by now.
    if (request.members === undefined && cardLabel(request) !== about) return undefined;
    const end = momentToTell(request);
    if (end === undefined) return undefined;
    const teller = await parts.outcomes.begin(requestId);
    if (teller === undefined) return { againInSeconds: lookAgainSeconds };
    try {
      return await tellEnd(parts, request, end);
    } finally {
      await parts.outcomes.end(requestId, teller);
    }
  };
}

/** What waits long for its thread waits for many: it asks less and less often. */
async function untilNext({ requests }: JobParts, end: Instant): Promise<number> {
  const age = secondsBetween(end, await requests.now());
  return Math.max(lookAgainSeconds, Math.min(longestLookAgainSeconds, age / 4));
}

async function tellEnd(
  parts: JobParts,
  request: ContainmentRequest,
  end: Instant,
): Promise<Again | undefined> {
  const { id } = request;
  // Queued again after a kill, or by a second process: told once is enough.
  if (isToldOf(request, end, await parts.cards.toldEnd(id))) return undefined;
  if (!(await parts.outcomes.isNext(request, end))) return { againInSeconds: await untilNext(parts, end) };
  passed('outcome-due', id);
  const again = await giveUpWhenGone(() => parts.chat.tellThread(request));
  passed('outcome-told', id);
  // A thread that is gone hears of nothing: that is settled too.
  if (again === undefined) await parts.cards.told(id, end);
  passed('outcome-recorded', id);
  return again;
}

function createTell(parts: JobParts): JobHandler {
  return async ({ requestId, to, note, unread }) => {
    const request = await parts.requests.byId(requestId);
    if (request === undefined || to === undefined || note === undefined) return undefined;
    if (!isKnownNote(note)) throw new NewerJobError(unread);
    if (isOvertaken(note, to, request)) return undefined;
    return giveUpWhenGone(async () => {
      const told = await parts.chat.tellPerson(request, to, note);
      passed('person-told', requestId);
      if (!told) parts.log.info({ requestId }, 'person cannot be told privately; the card tells on refresh');
    });
  };
}
