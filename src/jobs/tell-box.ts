import type { BoxNews } from '../containment/event.ts';
import type { Instant } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import { boxInForce } from '../containment/box-in-force.ts';
import { mayGoOn } from '../containment/state.ts';
import type { RunningBox } from '../containment/time-box.ts';
import { passed } from '../platform/steps.ts';
import { giveUpWhenGone } from './give-up-when-gone.ts';
import type { JobParts } from './parts.ts';
import type { Again, JobHandler } from './run-job.ts';

type Parts = Pick<JobParts, 'requests' | 'boxes' | 'outcomes' | 'chat'>;

/** As long as somebody else may be telling of this request. */
const lookAgainSeconds = 1;

/** One word in the thread about a time box: told once, and never when it is no longer true. */
export function createTellBox(parts: Parts): JobHandler {
  return async ({ requestId, news, since }) => {
    if (news === undefined || since === undefined) return undefined;
    const request = await parts.requests.byId(requestId);
    if (request === undefined || !(await isTrue(parts, request, news, since))) return undefined;
    const teller = await parts.outcomes.begin(requestId);
    if (teller === undefined) return { againInSeconds: lookAgainSeconds };
    try {
      return await tell(parts, request, news, since);
    } finally {
      await parts.outcomes.end(requestId, teller);
    }
  };
}

async function tell(
  parts: Parts,
  request: ContainmentRequest,
  news: BoxNews,
  since: Instant,
): Promise<Again | undefined> {
  const { id } = request;
  if (await parts.boxes.isTold(id, news, since)) return undefined;
  passed('box-news-due', id);
  const again = await giveUpWhenGone(() => parts.chat.tellBox(request, news));
  passed('box-news-told', id);
  if (again === undefined) await parts.boxes.told(id, news, since);
  return again;
}

async function isTrue(
  parts: Parts,
  request: ContainmentRequest,
  news: BoxNews,
  since: Instant,
): Promise<boolean> {
  const box = boxInForce(request);
  if (box === undefined) return false;
  if (news === 'ending') return box.until === since && box.ended !== true && box.lift === undefined;
  if (news === 'unlifted') return box.failed?.at === since && box.ended === true && box.lift === undefined;
  return momentOf(box, news) === since && (await isAwaited(parts, box));
}

function momentOf({ lift }: RunningBox, news: 'wanted' | 'called'): Instant | undefined {
  return news === 'wanted' ? lift?.awaitedSince : lift?.called?.at;
}

async function isAwaited(parts: Parts, { lift }: RunningBox): Promise<boolean> {
  if (lift === undefined) return false;
  const state = (await parts.requests.byId(lift.id))?.state;
  return state !== undefined && (state.status === 'awaiting' || mayGoOn(state));
}
