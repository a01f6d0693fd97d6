import { cardOf, membersOf } from '../containment/batch.ts';
import { boxInForce } from '../containment/box-in-force.ts';
import type { BoxNews } from '../containment/event.ts';
import type { Instant } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import { mayGoOn } from '../containment/state.ts';
import type { RunningBox } from '../containment/time-box.ts';
import { passed } from '../platform/steps.ts';
import { giveUpWhenGone } from './give-up-when-gone.ts';
import type { JobParts } from './parts.ts';
import type { Again, JobHandler } from './run-job.ts';

type Parts = Pick<JobParts, 'requests' | 'boxes' | 'outcomes' | 'chat'>;

/** As long as somebody else may be telling of this request. */
const lookAgainSeconds = 1;

/** What the thread is to hear, and since when. */
interface News {
  readonly about: BoxNews;
  readonly of: Instant;
}

/** One word in the thread about a time box, or those of several devices: told once, and never when it is no longer true. */
export function createTellBox(parts: Parts): JobHandler {
  return async ({ requestId, news: about, since: of }) => {
    if (about === undefined || of === undefined) return undefined;
    const news = { about, of };
    const request = await parts.requests.byId(requestId);
    if (request === undefined || !(await isDue(parts, request, news))) return undefined;
    // The word is taken where people see the request.
    const card = cardOf(request);
    const teller = await parts.outcomes.begin(card);
    if (teller === undefined) return { againInSeconds: lookAgainSeconds };
    try {
      // Read by whoever has the word: what was read before may have been told meanwhile.
      const shown = await parts.requests.onCard(card);
      return shown && (await tell(parts, shown, { ...news, to: request }));
    } finally {
      await parts.outcomes.end(card, teller);
    }
  };
}

async function tell(
  parts: Parts,
  shown: ContainmentRequest,
  { to, ...news }: News & { readonly to: ContainmentRequest },
): Promise<Again | undefined> {
  const words = await untold(parts, shown, news);
  // The others have jobs of their own.
  if (!words.some(({ id }) => id === to.id)) return undefined;
  const members = words.map(({ member }) => member);
  passed('box-news-due', to.id);
  const again = await giveUpWhenGone(() => parts.chat.tellBox(shown, news.about, members));
  passed('box-news-told', to.id);
  if (again === undefined) await parts.boxes.told(news.about, words);
  return again;
}

/** Of several devices all that the thread has not heard of: those that end at that very moment, or that wait for people by now. */
async function untold(parts: Parts, shown: ContainmentRequest, { about, of }: News) {
  const words: {
    readonly id: ContainmentRequest['id'];
    readonly of: Instant;
    readonly member: ContainmentRequest;
  }[] = [];
  for (const member of membersOf(shown)) {
    const box = boxInForce(member);
    const moment = box && momentOf(box, about);
    if (moment === undefined || (about === 'ending' && moment !== of)) continue;
    const word = { about, of: moment };
    if (await isDue(parts, member, word)) words.push({ id: member.id, of: moment, member });
  }
  return words;
}

async function isDue(parts: Parts, request: ContainmentRequest, news: News): Promise<boolean> {
  const box = boxInForce(request);
  if (box === undefined || momentOf(box, news.about) !== news.of) return false;
  return (
    (await isTrue(parts, box, news.about)) && !(await parts.boxes.isTold(request.id, news.about, news.of))
  );
}

function momentOf({ until, lift, failed }: RunningBox, about: BoxNews): Instant | undefined {
  switch (about) {
    case 'ending':
      return until;
    case 'unlifted':
      return failed?.at;
    case 'wanted':
      return lift?.awaitedSince;
    case 'called':
      return lift?.called?.at;
  }
}

async function isTrue(parts: Parts, box: RunningBox, about: BoxNews): Promise<boolean> {
  if (about === 'ending') return box.ended !== true && box.lift === undefined;
  if (about === 'unlifted') return box.ended === true && box.lift === undefined;
  return isAwaited(parts, box);
}

async function isAwaited(parts: Parts, { lift }: RunningBox): Promise<boolean> {
  if (lift === undefined) return false;
  const state = (await parts.requests.byId(lift.id))?.state;
  return state !== undefined && (state.status === 'awaiting' || mayGoOn(state));
}
