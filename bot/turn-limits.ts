import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RecentKeys } from './recent-keys.ts';

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
      /** Nobody was told yet in this minute. */
      readonly isFirst: boolean;
    };

export interface TurnLimit {
  readonly of: 'person' | 'conversation';
  readonly perMinute: number;
}

const windowSeconds = 60;
/** Five a second for a whole minute: no person does that in the worst night, a program does. */
const mostOfPerson = 300;
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
  const limits = {
    person: new RateLimiterMemory({ points: mostOfPerson, duration: windowSeconds }),
    conversation: new RateLimiterMemory({ points: mostInConversation, duration: windowSeconds }),
  };

  async function refusalOf(of: TurnLimit['of'], key: string): Promise<TurnVerdict | undefined> {
    const perMinute = limits[of].points;
    try {
      await limits[of].consume(key);
      return undefined;
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const waitSeconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1_000));
      const isFirst = refused.consumedPoints === perMinute + 1;
      return { ok: false, limit: { of, perMinute }, waitSeconds, isFirst };
    }
  }

  return async ({ flow, person, conversation, activityId }) => {
    const message = activityId === undefined ? undefined : `${conversation} ${activityId}`;
    // Taken before: what became of it is told by its own turn.
    if (message !== undefined && !taken.add(message)) return { ok: true };
    const refusal =
      (await refusalOf('person', `${flow} ${person}`)) ??
      (await refusalOf('conversation', `${flow} ${conversation}`));
    if (refusal === undefined) return { ok: true };
    if (message !== undefined) taken.delete(message);
    return refusal;
  };
}
