import { cardOf, isToldOf, membersOf, momentToTell } from '../containment/batch.ts';
import { type StandsNow, untold } from '../containment/elsewhere.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import { filedStatusOf, openStatuses } from '../containment/state.ts';
import { passed } from '../platform/steps.ts';
import { giveUpWhenGone } from './give-up-when-gone.ts';
import { type JobParts, secondsBetween } from './parts.ts';
import type { ElsewhereNews } from './ports.ts';
import type { Again, JobHandler } from './run-job.ts';

type Parts = Pick<JobParts, 'requests' | 'cards' | 'outcomes' | 'standings' | 'chat'>;

/** As long as somebody else may be telling of this request. */
const lookAgainSeconds = 1;
/** What became of the request itself is told first, unless that takes too long. */
const patienceSeconds = 60;

/** Tells the thread what was changed elsewhere, all that it has not heard of, once: of several devices together. */
export function createTellElsewhere(parts: Parts): JobHandler {
  return async ({ requestId }) => {
    const about = await parts.requests.byId(requestId);
    if (about === undefined) return undefined;
    // The word is taken where people see the request.
    const card = cardOf(about);
    const teller = await parts.outcomes.begin(card);
    if (teller === undefined) return { againInSeconds: lookAgainSeconds };
    try {
      // Read by whoever has the word: what was read before may have been told meanwhile, or be more by now.
      const shown = await parts.requests.onCard(card);
      return shown && (await tell(parts, shown));
    } finally {
      await parts.outcomes.end(card, teller);
    }
  };
}

async function tell(parts: Parts, shown: ContainmentRequest): Promise<Again | undefined> {
  const { id } = shown;
  const news = await newsOf(parts, shown);
  if (news.length === 0) return undefined;
  if (await isTooEarly(parts, shown, news)) return { againInSeconds: lookAgainSeconds };
  passed('elsewhere-due', id);
  const again = await giveUpWhenGone(() => parts.chat.tellElsewhere(shown, news));
  passed('elsewhere-told', id);
  if (again !== undefined) return again;
  for (const { request, changes } of news)
    await parts.cards.toldOfElsewhere(request, changes.at(-1)?.actionId ?? '');
  return undefined;
}

/** Of each device, where there are several. */
async function newsOf(parts: Parts, shown: ContainmentRequest): Promise<readonly ElsewhereNews[]> {
  const news: ElsewhereNews[] = [];
  for (const request of membersOf(shown)) {
    if (request.elsewhere === undefined) continue;
    const changes = untold(request.elsewhere, await parts.cards.toldElsewhere(request));
    if (changes.length > 0) news.push({ request, changes, stands: await standsNow(parts, request) });
  }
  return news;
}

/** The thread would hear that a restriction was lifted before it hears that there is one. */
async function isTooEarly(
  { requests, cards }: Parts,
  shown: ContainmentRequest,
  news: readonly ElsewhereNews[],
): Promise<boolean> {
  const moment = momentToTell(shown);
  // As long as other devices go on, the thread hears of no end.
  if (moment === undefined || isToldOf(shown, moment, await cards.toldEnd(shown.id))) return false;
  const now = await requests.now();
  const found = news.flatMap(({ changes }) => changes.slice(-1));
  return found.every(({ foundAt }) => secondsBetween(foundAt, now) < patienceSeconds);
}

/** It is told some time after it was found, and other requests may concern the device. */
async function standsNow({ requests, standings }: Parts, request: ContainmentRequest): Promise<StandsNow> {
  const latest = await standings.latest(request);
  const last = request.elsewhere?.at(-1);
  const isLater = latest !== undefined && last !== undefined && Date.parse(latest.at) > Date.parse(last.at);
  const asked = request.box?.running?.lift;
  const lift = asked && (await requests.byId(asked.id));
  const isOpen = lift !== undefined && openStatuses.some((status) => status === filedStatusOf(lift.state));
  return { later: isLater ? latest.became : undefined, openLift: isOpen ? lift.number : undefined };
}
