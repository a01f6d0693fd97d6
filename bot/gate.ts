import type { Activity } from 'botbuilder';
import { tenantChain } from '../src/audit/chain.ts';
import type { Person } from '../src/containment/person.ts';
import type { RequestStore } from '../src/store/requests.ts';
import { type Heard, hear } from './heard.ts';
import type { Bar, Membership } from './membership.ts';
import { senderOf } from './people.ts';
import { type Flow, type TurnVerdict, createTurnLimits } from './turn-limits.ts';

export interface GateParts {
  readonly membership: Pick<Membership, 'barOf'>;
  readonly requests: Pick<RequestStore, 'noteForTenant'>;
}

export type TooMany = Extract<TurnVerdict, { ok: false }>;

export type Gate = ReturnType<typeof createGate>;

/** Who is authenticated is heard only so often, and only where they belong; a refusal is recorded. */
export function createGate({ membership, requests }: GateParts) {
  const verdictOn = createTurnLimits();

  const record = async (
    { tenantId, objectId, name }: Person,
    flow: Flow,
    detail: Readonly<Record<string, string | number>>,
  ): Promise<void> => {
    const refusal = { what: `${flow}-refused`, who: { objectId, name }, detail };
    await requests.noteForTenant(tenantChain(tenantId), refusal);
  };

  return {
    /** The refusal of what goes beyond the limits of its sender or place; the first one of a minute is recorded. */
    async tooMany(raw: Activity, flow: Flow): Promise<TooMany | undefined> {
      const heard = hear(raw);
      if (heard === undefined) return undefined;
      const person = senderOf(heard.activity, heard.tenantId);
      const { conversation } = heard.seen;
      const verdict = await verdictOn({
        flow,
        person: person?.objectId ?? heard.activity.from.id,
        conversation,
        ...(flow === 'message' ? { activityId: heard.activity.id } : {}),
      });
      if (verdict.ok) return undefined;
      const { of, count, per } = verdict.limit;
      if (verdict.isFirst && person !== undefined)
        await record(person, flow, { refused: 'too-many', of, count, per, conversation });
      return verdict;
    },
    async barOf(turn: Heard, person: Person, flow: Flow): Promise<Bar | undefined> {
      const bar = await membership.barOf(turn);
      if (bar !== undefined)
        await record(person, flow, { refused: bar, conversation: turn.seen.conversation });
      return bar;
    },
  };
}
