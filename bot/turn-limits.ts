import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RecentKeys } from './recent-keys.ts';
import { createSlidingLimit } from './sliding-limit.ts';

/** Typed messages and presses of buttons are counted apart: a flood of words must not take away the buttons. */
export type Flow = 'message' | 'press';

export interface Turn {
  readonly flow: Flow;
  /** Entra object id; the chat id of who has none. */
  readonly person: string;
  readonly conversation: string;
  /** Of a message, which Teams may deliver more than once: it counts once. */
  readonly activityId?: string | undefined;
}

export type TurnVerdict =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly limit: TurnLimit;
      readonly waitSeconds: number;
      /** Nobody was told yet in this conversation, since the limit was reached. */
      readonly isFirst: boolean;
    };

export interface TurnLimits {
  readonly verdictOn: (turn: Turn) => Promise<TurnVerdict>;
  /** The word about a refusal met nobody: the next one there may be told, once. */
  readonly notTold: (turn: Turn) => void;
}

export interface TurnLimit {
  readonly of: 'person' | 'conversation';
  readonly count: number;
  readonly per: 'minute' | 'hour';
}

type Limit = TurnLimit & { readonly counted: RateLimiterMemory };

/** Five a second for a whole minute: no person does that in the worst night, a program does. */
const mostOfPerson = 300;
/**
 * Each message may make a card, which is withdrawn at once: with the word of its end and the edit that is three messages in a
 * conversation, which has to have room left for what others do there (`thread-budget.ts`). Six a minute for a whole hour is no
 * person either.
 */
const messagesInHour = { count: 360, spanMs: 3_600_000, pauseMs: 600_000 };
/** Several people at their limit, in one conversation. */
const mostInConversation = 1_200;
/** Teams delivers a message again within seconds. */
const rememberedMessages = 5_000;
const rememberedPauses = 1_000;
/** Nobody writes in that many conversations within a pause. */
const mostPlaces = 100;

/**
 * Keeps one person or one conversation from taking the process for themselves. Counted in memory, for each process alone:
 * it guards work, not rights.
 */
export function createTurnLimits(): TurnLimits {
  const taken = new RecentKeys(rememberedMessages);
  const firstOnes = new RecentKeys(rememberedMessages);
  const notices = createNotices();
  const limit = (of: TurnLimit['of'], count: number): Limit => {
    const counted = new RateLimiterMemory({ points: count, duration: 60 });
    return { of, count, per: 'minute', counted };
  };
  const person = limit('person', mostOfPerson);
  const conversation = limit('conversation', mostInConversation);
  const takeOfHour = createSlidingLimit(messagesInHour);

  function refusalOfHour({ person: key, conversation }: Turn): TurnVerdict | undefined {
    const taken = takeOfHour(key);
    if (taken.ok) return undefined;
    const limit = { of: 'person', count: messagesInHour.count, per: 'hour' } as const;
    const isFirst = notices.isFirst({ pauseOf: `hour ${key}`, begins: taken.isFirst, conversation });
    return { ok: false, limit, waitSeconds: Math.ceil(taken.waitMs / 1_000), isFirst };
  }

  async function refusalOf(
    { counted, ...limit }: Limit,
    key: string,
    conversation: string,
  ): Promise<TurnVerdict | undefined> {
    try {
      await counted.consume(key);
      return undefined;
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const waitSeconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1_000));
      const begins = refused.consumedPoints === limit.count + 1;
      const isFirst = notices.isFirst({ pauseOf: `${limit.of} ${key}`, begins, conversation });
      return { ok: false, limit, waitSeconds, isFirst };
    }
  }

  async function refusalFor(turn: Turn): Promise<TurnVerdict | undefined> {
    const { flow, conversation: place } = turn;
    // The longest wait is the true one.
    return (
      (flow === 'message' ? refusalOfHour(turn) : undefined) ??
      (await refusalOf(person, `${flow} ${turn.person}`, place)) ??
      (await refusalOf(conversation, `${flow} ${place}`, place))
    );
  }

  return {
    verdictOn: async (turn) => {
      const message = messageOf(turn);
      // Taken before: what became of it is told by its own turn.
      if (message !== undefined && !taken.add(message)) return { ok: true };
      const refusal = await refusalFor(turn);
      if (refusal === undefined || refusal.ok) return { ok: true };
      if (message === undefined) return refusal;
      taken.delete(message);
      // Delivered again, because the one answer could not be sent: it is still the one.
      const isFirst = refusal.isFirst || firstOnes.has(message);
      if (isFirst) firstOnes.add(message);
      return { ...refusal, isFirst };
    },
    notTold: ({ flow, person: key, conversation: place }) => {
      for (const pauseOf of [`hour ${key}`, `person ${flow} ${key}`, `conversation ${flow} ${place}`])
        notices.giveBack({ pauseOf, conversation: place });
    },
  };
}

/** One message, however often it is delivered; undefined for what is never the same. */
export function messageOf({ conversation, activityId }: Turn): string | undefined {
  return activityId === undefined ? undefined : `${conversation} ${activityId}`;
}

interface Place {
  /** Of whom or what the pause is. */
  readonly pauseOf: string;
  readonly conversation: string;
}

/** One word for each pause and conversation: who is refused here need not have heard it where the limit was reached. */
function createNotices() {
  const pauses = new Map<string, Map<string, 'told' | 'given-back' | 'told-again'>>();
  return {
    isFirst({ pauseOf, begins, conversation }: Place & { readonly begins: boolean }): boolean {
      if (begins) pauses.delete(pauseOf);
      const places = pauses.get(pauseOf) ?? new Map<string, 'told' | 'given-back' | 'told-again'>();
      pauses.set(pauseOf, places);
      const [oldest] = pauses.keys();
      if (pauses.size > rememberedPauses && oldest !== undefined) pauses.delete(oldest);
      const before = places.get(conversation);
      if (before === 'told' || before === 'told-again') return false;
      if (before === undefined && places.size >= mostPlaces) return false;
      places.set(conversation, before === undefined ? 'told' : 'told-again');
      return true;
    },
    /** Once, or each message would be tried where nobody is. */
    giveBack({ pauseOf, conversation }: Place): void {
      const places = pauses.get(pauseOf);
      if (places?.get(conversation) === 'told') places.set(conversation, 'given-back');
    },
  };
}
