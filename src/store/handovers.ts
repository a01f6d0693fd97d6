import { sql } from 'kysely';
import { type AuditRecord, appendAudit, tenantChain } from '../audit/chain.ts';
import type { Instant } from '../containment/person.ts';
import type { Sql, Tx } from './database-port.ts';
import type { Here } from './here.ts';
import { type DatabaseClock, readNow } from './now.ts';

/** Minutes of a day in UTC, ascending, at least one. */
export type HandoverTimes = readonly number[];

export interface DueHandover {
  readonly here: Here;
  readonly times: HandoverTimes;
  readonly dueAt: Instant;
  /** When the one before was posted. */
  readonly postedAt: Instant | undefined;
  readonly now: Instant;
}

interface Change {
  readonly here: Here;
  readonly who: AuditRecord['who'];
}

export type Handovers = ReturnType<typeof createHandovers>;

/** Longer than reading and posting one takes: whoever claimed it and did not say so by then is dead. */
const claimSeconds = 60;

/** Where and when a handover is posted by itself. */
export function createHandovers({ sql: db, clock }: { readonly sql: Sql; readonly clock: DatabaseClock }) {
  return {
    async times({ tenantId, conversation }: Here): Promise<HandoverTimes | undefined> {
      const row = await db
        .selectFrom('handovers')
        .select('minutes')
        .where('tenant_id', '=', tenantId)
        .where('conversation', '=', conversation)
        .executeTakeFirst();
      return row?.minutes;
    },
    async set({ here, who }: Change, times: HandoverTimes): Promise<void> {
      await db.transaction().execute(async (tx) => {
        const now = await readNow(tx, clock);
        const when = { minutes: JSON.stringify(times), due_at: nextDue(times, now), claimed_until: null };
        await tx
          .insertInto('handovers')
          .values({ tenant_id: here.tenantId, conversation: here.conversation, ...when })
          .onConflict((conflict) => conflict.columns(['tenant_id', 'conversation']).doUpdateSet(when))
          .execute();
        await note(tx, now, { here, who }, { what: 'handover-set', detail: { minutes: times } });
      });
    },
    /** False when there was none. */
    async end({ here, who }: Change): Promise<boolean> {
      return db.transaction().execute(async (tx) => {
        const row = await tx
          .deleteFrom('handovers')
          .where('tenant_id', '=', here.tenantId)
          .where('conversation', '=', here.conversation)
          .returning('conversation')
          .executeTakeFirst();
        if (row !== undefined)
          await note(tx, await readNow(tx, clock), { here, who }, { what: 'handover-ended' });
        return row !== undefined;
      });
    },
    /**
     * One that is due and that nobody else is posting, the longest due first. After a stop of any length one is due, not all
     * that were missed.
     */
    claimDue: () => claimDue(db, clock),
    /** Settled: the next time counts, unless somebody has set other times meanwhile. */
    async settle({ here, times, dueAt }: DueHandover, outcome: 'posted' | 'not-possible'): Promise<void> {
      const now = await readNow(db, clock);
      await db
        .updateTable('handovers')
        .set({
          due_at: nextDue(times, now),
          claimed_until: null,
          ...(outcome === 'posted' ? { posted_at: now } : {}),
        })
        .where('tenant_id', '=', here.tenantId)
        .where('conversation', '=', here.conversation)
        .where('due_at', '=', new Date(dueAt))
        .execute();
    },
  };
}

const dayMinutes = 1_440;
const minuteMs = 60_000;

/** The first of these times after `now`. */
export function nextDue(times: HandoverTimes, now: Instant): Instant {
  const at = Date.parse(now);
  const midnight = at - (at % (dayMinutes * minuteMs));
  const today = times.map((minute) => midnight + minute * minuteMs).filter((moment) => moment > at);
  const first = Math.min(...times) + dayMinutes;
  return new Date(today.length > 0 ? Math.min(...today) : midnight + first * minuteMs).toISOString();
}

async function claimDue(db: Sql, clock: DatabaseClock): Promise<DueHandover | undefined> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom('handovers')
      .select(['tenant_id', 'conversation', 'minutes', 'due_at', 'posted_at'])
      .where('due_at', '<=', clock())
      .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', clock())]))
      .orderBy('due_at')
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (row === undefined) return undefined;
    await tx
      .updateTable('handovers')
      .set({ claimed_until: sql`${clock()} + ${claimSeconds} * interval '1 second'` })
      .where('tenant_id', '=', row.tenant_id)
      .where('conversation', '=', row.conversation)
      .execute();
    return {
      here: { tenantId: row.tenant_id, conversation: row.conversation },
      times: row.minutes,
      dueAt: row.due_at.toISOString(),
      postedAt: row.posted_at?.toISOString(),
      now: await readNow(tx, clock),
    };
  });
}

function note(
  tx: Tx,
  now: Instant,
  { here, who }: Change,
  { what, detail }: Pick<AuditRecord, 'what' | 'detail'>,
): Promise<string> {
  const { tenantId, conversation } = here;
  return appendAudit(tx, tenantChain(tenantId), now, { what, who, detail: { conversation, ...detail } });
}
