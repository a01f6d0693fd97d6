import type { CardJson } from './types.ts';

export interface RefreshAction {
  readonly verb: string;
  readonly data: object;
  /** Whether the client sends it by itself for this person; by hand anybody may. */
  readonly automatic: boolean;
}

/** Teams asks again when a card comes into view and its last answer is older than about a minute. */
const answerLastsMs = 60_000;

interface RefreshJson {
  readonly action?: { readonly type?: unknown; readonly verb?: unknown; readonly data?: unknown };
  readonly userIds?: unknown;
}

export function refreshActionOf(card: CardJson | undefined, teamsId: string): RefreshAction | undefined {
  const refresh = (card?.['refresh'] ?? {}) as RefreshJson;
  const verb = refresh.action?.verb;
  if (refresh.action?.type !== 'Action.Execute' || typeof verb !== 'string') return undefined;
  const { data } = refresh.action;
  return {
    verb,
    data: typeof data === 'object' && data !== null ? data : {},
    // No list at all means everybody in conversations of up to 60 people; an empty list means nobody.
    automatic:
      refresh.userIds === undefined || (Array.isArray(refresh.userIds) && refresh.userIds.includes(teamsId)),
  };
}

export function isAnswerStale(lastAnswerAt: number | undefined, now: number): boolean {
  return lastAnswerAt === undefined || now - lastAnswerAt >= answerLastsMs;
}
