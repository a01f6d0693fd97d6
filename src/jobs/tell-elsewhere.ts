import { type FoundChange, type StandsNow, untold } from '../containment/elsewhere.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import { filedStatusOf, openStatuses } from '../containment/state.ts';
import { passed } from '../platform/steps.ts';
import { endingOf } from './ending.ts';
import { giveUpWhenGone } from './give-up-when-gone.ts';
import { type JobParts, secondsBetween } from './parts.ts';
import type { Again, JobHandler } from './run-job.ts';

type Parts = Pick<JobParts, 'requests' | 'cards' | 'outcomes' | 'standings' | 'chat'>;

/** As long as somebody else may be telling of this request. */
const lookAgainSeconds = 1;
/** What became of the request itself is told first, unless that takes too long. */
const patienceSeconds = 60;

/** Tells the thread what was changed elsewhere, all that it has not heard of, once. */
export function createTellElsewhere(parts: Parts): JobHandler {
  return async ({ requestId }) => {
    const teller = await parts.outcomes.begin(requestId);
    if (teller === undefined) return { againInSeconds: lookAgainSeconds };
    try {
      // Read by whoever has the word: what was read before may have been told meanwhile, or be more by now.
      const request = await parts.requests.byId(requestId);
      return request && (await tell(parts, request));
    } finally {
      await parts.outcomes.end(requestId, teller);
    }
  };
}

async function tell(parts: Parts, request: ContainmentRequest): Promise<Again | undefined> {
  const { id, elsewhere } = request;
  const changes = untold(elsewhere, await parts.cards.toldElsewhere(id));
  const last = changes.at(-1);
  if (last === undefined) return undefined;
  if (await isTooEarly(parts, request, last)) return { againInSeconds: lookAgainSeconds };
  const stands = await standsNow(parts, request);
  passed('elsewhere-due', id);
  const again = await giveUpWhenGone(() => parts.chat.tellElsewhere(request, changes, stands));
  passed('elsewhere-told', id);
  if (again === undefined) await parts.cards.toldOfElsewhere(id, last.actionId);
  return again;
}

/** The thread would hear that a restriction was lifted before it hears that there is one. */
async function isTooEarly(
  { requests, cards }: Parts,
  { id, state }: ContainmentRequest,
  { foundAt }: FoundChange,
): Promise<boolean> {
  if ((await cards.toldEnd(id)) === endingOf(state)) return false;
  return secondsBetween(foundAt, await requests.now()) < patienceSeconds;
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
