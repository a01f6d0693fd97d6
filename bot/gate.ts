import type { Activity } from 'botbuilder';
import { tenantChain } from '../src/audit/chain.ts';
import type { Person } from '../src/containment/person.ts';
import type { RequestStore } from '../src/store/requests.ts';
import { type Heard, hear } from './heard.ts';
import type { Bar, Membership } from './membership.ts';
import { senderOf } from './people.ts';
import { RecentKeys } from './recent-keys.ts';
import { type Flow, type Turn, type TurnVerdict, createTurnLimits, messageOf } from './turn-limits.ts';

export interface GateParts {
  readonly membership: Pick<Membership, 'barOf'>;
  readonly requests: Pick<RequestStore, 'noteForTenant'>;
}

export type TooMany = Extract<TurnVerdict, { ok: false }>;

export type Gate = ReturnType<typeof createGate>;

/** Teams delivers a message again within seconds. */
const rememberedRefusals = 500;

/** Who is authenticated is heard only so often, and only where they belong; a refusal is recorded. */
export function createGate({ membership, requests }: GateParts) {
  const limits = createTurnLimits();
  const recorded = new RecentKeys(rememberedRefusals);

  const record = async (
    { tenantId, objectId, name }: Person,
    flow: Flow,
    detail: Readonly<Record<string, string | number>>,
  ): Promise<void> => {
    const refusal = { what: `${flow}-refused`, who: { objectId, name }, detail };
    await requests.noteForTenant(tenantChain(tenantId), refusal);
  };

  /** A message that is delivered again is no other refusal, unless there is no record yet. */
  const recordOnce = async (message: string | undefined, work: () => Promise<void>): Promise<void> => {
    // Noted before: another delivery may come while the record is written.
    if (message !== undefined && !recorded.add(message)) return;
    try {
      await work();
    } catch (error) {
      if (message !== undefined) recorded.delete(message);
      throw error;
    }
  };

  return {
    /**
     * The refusal of what goes beyond the limits of its sender or place; the first one of a minute or pause is recorded.
     * `onRefused` hears of it before, whatever becomes of the record.
     */
    async tooMany(
      raw: Activity,
      flow: Flow,
      onRefused: (refusal: TooMany) => void = () => undefined,
    ): Promise<TooMany | undefined> {
      const heard = hear(raw);
      if (heard === undefined) return undefined;
      const person = senderOf(heard.activity, heard.tenantId);
      const { conversation } = heard.seen;
      const turn = turnOf(heard, flow);
      const verdict = await limits.verdictOn(turn);
      if (verdict.ok) return undefined;
      onRefused(verdict);
      if (verdict.isFirst && person !== undefined)
        await recordOnce(messageOf(turn), () => {
          const { of, count, per } = verdict.limit;
          return record(person, flow, { refused: 'too-many', of, count, per, conversation });
        });
      return verdict;
    },
    /** The word about such a refusal met nobody. */
    notTold(raw: Activity, flow: Flow): void {
      const heard = hear(raw);
      if (heard !== undefined) limits.notTold(turnOf(heard, flow));
    },
    async barOf(turn: Heard, person: Person, flow: Flow): Promise<Bar | undefined> {
      const bar = await membership.barOf(turn);
      if (bar !== undefined)
        await record(person, flow, { refused: bar, conversation: turn.seen.conversation });
      return bar;
    },
  };
}

function turnOf({ activity, tenantId, seen: { conversation } }: Heard, flow: Flow): Turn {
  const person = senderOf(activity, tenantId)?.objectId ?? activity.from.id;
  return { flow, person, conversation, ...(flow === 'message' ? { activityId: activity.id } : {}) };
}
