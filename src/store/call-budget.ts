import { sql } from 'kysely';
import { type CallGovernor, type Usage, decideBudget } from '../defender/governor.ts';
import type { Sql, Tx } from './database-port.ts';
import type { DatabaseClock } from './now.ts';
import { isPaused } from './submission-pauses.ts';

interface Parts {
  readonly sql: Sql;
  readonly clock: DatabaseClock;
  readonly perMinute: number;
  readonly perHour: number;
}

/** Whoever is refused comes again soon: after the pause everything goes on within this time. */
const pausedRetryMs = 5_000;
const paused = { granted: false, retryAfterMs: pausedRetryMs, paused: true } as const;

interface Counted {
  readonly now: Date;
  readonly minute: string;
  readonly hour: string;
  readonly oldest_minute: Date | null;
  readonly oldest_hour: Date | null;
}

interface Calls {
  readonly tenantId: string;
  readonly kind: string;
  /** Counts only what this person asked for. */
  readonly askedBy?: string | undefined;
  readonly clock: DatabaseClock;
}

/** The budget of Defender calls over all replicas: a log of the last hour's calls, asked under a lock per kind. */
export function createCallBudget(parts: Parts): CallGovernor {
  const { sql: db, clock } = parts;
  return {
    acquire: ({ tenantId, kind, priority, askedBy }) =>
      db.transaction().execute(async (tx) => {
        const pausedUntil = await lockKind(tx, tenantId, kind);
        // Asked in the moment before every call: whoever waited in a queue until now learns of a pause too.
        if (kind === 'submit' && (await isPaused(tx))) return paused;
        const all = await count(tx, { tenantId, kind, clock });
        const decision = decideBudget({
          ...usageOf(all),
          now: all.now.getTime(),
          perMinute: parts.perMinute,
          perHour: parts.perHour,
          priority,
          ...(pausedUntil ? { pausedUntil: pausedUntil.getTime() } : {}),
          ...(askedBy === undefined
            ? {}
            : { ofPerson: usageOf(await count(tx, { tenantId, kind, clock, askedBy })) }),
        });
        if (decision.granted) {
          await tx
            .insertInto('defender_calls')
            .values({ tenant_id: tenantId, kind, called_at: all.now, asked_by: askedBy ?? null })
            .execute();
        }
        return decision;
      }),
    pause: async ({ tenantId, kind }, ms) => {
      const until = sql<Date>`${clock()} + ${ms} * interval '1 millisecond'`;
      await db
        .insertInto('defender_limits')
        .values({ tenant_id: tenantId, kind, paused_until: until, comment_length: null })
        .onConflict((conflict) =>
          conflict.columns(['tenant_id', 'kind']).doUpdateSet({
            paused_until: sql`greatest(defender_limits.paused_until, excluded.paused_until)`,
          }),
        )
        .execute();
    },
  };
}

async function lockKind(tx: Tx, tenantId: string, kind: string): Promise<Date | null> {
  await tx
    .insertInto('defender_limits')
    .values({ tenant_id: tenantId, kind, paused_until: null, comment_length: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await tx
    .selectFrom('defender_limits')
    .select('paused_until')
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return row.paused_until;
}

async function count(tx: Tx, { tenantId, kind, askedBy, clock }: Calls): Promise<Counted> {
  const byPerson = askedBy === undefined ? sql`` : sql`and c.asked_by = ${askedBy}`;
  const { rows } = await sql<Counted>`
    select t.now as now,
      count(c.called_at) filter (where c.called_at > t.now - interval '1 minute') as minute,
      count(c.called_at) as hour,
      min(c.called_at) filter (where c.called_at > t.now - interval '1 minute') as oldest_minute,
      min(c.called_at) as oldest_hour
    from (select ${clock()} as now) t
    left join defender_calls c
      on c.tenant_id = ${tenantId} and c.kind = ${kind} and c.called_at > t.now - interval '1 hour' ${byPerson}
    group by t.now`.execute(tx);
  const counted = rows[0];
  if (counted === undefined) throw new Error('The database did not count the calls');
  return counted;
}

function usageOf({ minute, hour, oldest_minute, oldest_hour }: Counted): Usage {
  return {
    callsInLastMinute: Number(minute),
    callsInLastHour: Number(hour),
    oldestInMinuteAt: oldest_minute?.getTime(),
    oldestInHourAt: oldest_hour?.getTime(),
  };
}

/** Calls older than the longest window count for nothing. */
export async function pruneCalls(db: Sql, clock: DatabaseClock): Promise<void> {
  await db
    .deleteFrom('defender_calls')
    .where('called_at', '<', sql<Date>`${clock()} - interval '2 hours'`)
    .execute();
}
