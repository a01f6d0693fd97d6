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
      /** Nobody was told yet in this minute, or since they may send again. */
      readonly isFirst: boolean;
    };

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

/**
 * Keeps one person or one conversation from taking the process for themselves. Counted in memory, for each process alone:
 * it guards work, not rights.
 */
export function createTurnLimits(): (turn: Turn) => Promise<TurnVerdict> {
  const taken = new RecentKeys(rememberedMessages);
  const firstOnes = new RecentKeys(rememberedMessages);
  const limit = (of: TurnLimit['of'], count: number): Limit => {
    const counted = new RateLimiterMemory({ points: count, duration: 60 });
    return { of, count, per: 'minute', counted };
  };
  const person = limit('person', mostOfPerson);
  const conversation = limit('conversation', mostInConversation);
  const takeOfHour = createSlidingLimit(messagesInHour);

  function refusalOfHour(key: string): TurnVerdict | undefined {
    const taken = takeOfHour(key);
    if (taken.ok) return undefined;
    const limit = { of: 'person', count: messagesInHour.count, per: 'hour' } as const;
    return { ok: false, limit, waitSeconds: Math.ceil(taken.waitMs / 1_000), isFirst: taken.isFirst };
  }

  async function refusalOf({ counted, ...limit }: Limit, key: string): Promise<TurnVerdict | undefined> {
    try {
      await counted.consume(key);
      return undefined;
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const waitSeconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1_000));
      const isFirst = refused.consumedPoints === limit.count + 1;
      return { ok: false, limit, waitSeconds, isFirst };
    }
  }

  return async ({ flow, activityId, ...turn }) => {
    const message = activityId === undefined ? undefined : `${turn.conversation} ${activityId}`;
    // Taken before: what became of it is told by its own turn.
    if (message !== undefined && !taken.add(message)) return { ok: true };
    // The longest wait is the true one.
    const refusal =
      (flow === 'message' ? refusalOfHour(turn.person) : undefined) ??
      (await refusalOf(person, `${flow} ${turn.person}`)) ??
      (await refusalOf(conversation, `${flow} ${turn.conversation}`));
    if (refusal === undefined || refusal.ok) return { ok: true };
    if (message === undefined) return refusal;
    taken.delete(message);
    // Delivered again, because the one answer could not be sent: it is still the one.
    const isFirst = refusal.isFirst || firstOnes.has(message);
    if (isFirst) firstOnes.add(message);
    return { ...refusal, isFirst };
  };
}
