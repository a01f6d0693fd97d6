import { sql } from 'kysely';
import type { Sql, Tx } from './database-port.ts';
import type { DatabaseClock } from './now.ts';
import {
  type MessagePriority,
  type ThreadLimit,
  type Turn,
  allowedBy,
  decideTurn,
  pressLimits,
} from './thread-budget.ts';

export interface ThreadPacer {
  /** Asked before every message to a thread; counts it when it grants it. */
  turn(thread: string, priority: MessagePriority): Promise<Turn>;
  /** The platform asked for silence: nobody writes to this thread for so long. */
  pause(thread: string, ms: number): Promise<void>;
}

interface Parts {
  readonly sql: Sql;
  readonly clock: DatabaseClock;
  readonly limits: readonly ThreadLimit[];
}

/** The budget of a thread over all replicas: a log of the last hour's messages, asked under a lock per thread. */
export function createThreadPacer({ sql: db, clock, limits }: Parts): ThreadPacer {
  return {
    turn: (thread, priority) =>
      db.transaction().execute(async (tx) => {
        await lock(tx, thread);
        const counts = limits.map((limit) => allowedBy(limit, priority));
        const { now, pausedForMs, ages } = await readUsage(tx, { thread, counts, clock });
        const turn = longer(
          decideTurn(limits, ages, pausedForMs),
          priority === 'press' ? await turnOfPress(tx, thread, clock) : { granted: true },
        );
        if (!turn.granted) return turn;
        const counted = priority === 'press' ? [thread, pressesIn(thread)] : [thread];
        const rows = counted.map((one) => ({ thread: one, sent_at: now }));
        await tx.insertInto('thread_messages').values(rows).execute();
        return turn;
      }),
    pause: async (thread, ms) => {
      const until = sql<Date>`${clock()} + ${ms}::float8 * interval '1 millisecond'`;
      await db
        .insertInto('thread_limits')
        .values({ thread, paused_until: until })
        .onConflict((conflict) =>
          conflict.column('thread').doUpdateSet({
            paused_until: sql`greatest(thread_limits.paused_until, excluded.paused_until)`,
          }),
        )
        .execute();
    },
  };
}

/** Edits for presses are counted a second time, under a name of their own; the lock of the thread is theirs as well. */
function pressesIn(thread: string): string {
  return `presses in ${thread}`;
}

async function turnOfPress(tx: Tx, thread: string, clock: DatabaseClock): Promise<Turn> {
  const counts = pressLimits.map(({ messages }) => messages);
  const { ages } = await readUsage(tx, { thread: pressesIn(thread), counts, clock });
  return decideTurn(pressLimits, ages, 0);
}

function longer(one: Turn, other: Turn): Turn {
  if (one.granted) return other;
  if (other.granted) return one;
  return one.retryAfterMs >= other.retryAfterMs ? one : other;
}

/** An update, even of nothing, locks the row; what follows sees what the one before has counted. */
async function lock(tx: Tx, thread: string): Promise<void> {
  await tx
    .insertInto('thread_limits')
    .values({ thread, paused_until: null })
    .onConflict((conflict) => conflict.column('thread').doUpdateSet({ thread }))
    .execute();
}

interface Asked {
  readonly thread: string;
  /** For each limit: how many messages fill it. */
  readonly counts: readonly number[];
  readonly clock: DatabaseClock;
}

/** Messages from the future, left by a clock that was set back, must not silence a thread until then. */
async function readUsage(tx: Tx, { thread, counts, clock }: Asked) {
  const { rows } = await sql<{ now: Date; paused: number; ages: (number | null)[] }>`
    select t.now as now,
      coalesce(extract(epoch from l.paused_until - t.now) * 1000, 0)::float8 as paused,
      array(
        select (
          select (extract(epoch from t.now - m.sent_at) * 1000)::float8 from thread_messages m
          where m.thread = ${thread} and m.sent_at <= t.now order by m.sent_at desc offset c.count - 1 limit 1)
        from unnest(${`{${counts.join(',')}}`}::int[]) with ordinality as c(count, place) order by c.place
      ) as ages
    from (select ${clock()} as now) t
    left join thread_limits l on l.thread = ${thread}`.execute(tx);
  const usage = rows[0];
  if (usage === undefined) throw new Error('The database did not count the messages');
  return { now: usage.now, pausedForMs: usage.paused, ages: usage.ages.map((age) => age ?? undefined) };
}

/** Messages outside the longest window count for nothing, and a pause that is over is none. */
export async function pruneThreadMessages(db: Sql, clock: DatabaseClock): Promise<void> {
  await db
    .deleteFrom('thread_messages')
    .where('sent_at', '<', sql<Date>`${clock()} - interval '2 hours'`)
    .execute();
  await db
    .deleteFrom('thread_limits')
    .where((eb) => eb.or([eb('paused_until', 'is', null), eb('paused_until', '<', clock())]))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('thread_messages')
            .whereRef('thread_messages.thread', '=', 'thread_limits.thread')
            .select('thread_messages.thread'),
        ),
      ),
    )
    .execute();
}
