import { type Selectable, sql } from 'kysely';
import { type AuditRecord, appendAudit, tenantChain } from '../audit/chain.ts';
import type { Instant } from '../containment/person.ts';
import type { Hold } from '../containment/request.ts';
import type { Sql, Tx } from './database-port.ts';
import { type DatabaseClock, readNow } from './now.ts';
import type { Tables } from './tables.ts';

/** `administrator`: somebody wants it so. `restored`: Defender is asked first what the database has forgotten. */
export type PauseKind = 'administrator' | 'restored';

export interface Pause {
  readonly kind: PauseKind;
  readonly reason: string;
  readonly by: string;
  readonly since: Instant;
}

interface Parts {
  readonly sql: Sql;
  readonly clock: DatabaseClock;
  /** Each of them gets a record of every pause and of its end. */
  readonly tenants: readonly string[];
}

export type SubmissionPauses = ReturnType<typeof createSubmissionPauses>;

/** While any row is there nothing is submitted to Defender. Read anew each time: another process may have set it. */
export function createSubmissionPauses(parts: Parts) {
  const { sql: db } = parts;

  return {
    read: () => readPauses(db),
    /** Nothing when there is one of this kind: the first one stands, and its reason is what the cards say. */
    setFirst: (pause: NewPause): Promise<FirstPause> =>
      db.transaction().execute((tx) => setFirstPause(tx, parts, pause)),
    /** Sets or renews the pause of this kind. */
    set: (pause: NewPause): Promise<Pause> => db.transaction().execute((tx) => setPause(tx, parts, pause)),
    clear: (kind: PauseKind, by: string): Promise<boolean> =>
      db.transaction().execute(async (tx) => {
        const gone = await tx
          .deleteFrom('submission_pauses')
          .where('kind', '=', kind)
          .returning('kind')
          .executeTakeFirst();
        if (gone === undefined) return false;
        await note(tx, parts, { what: 'submission-resumed', detail: { kind, by } });
        return true;
      }),
  };
}

type NewPause = Omit<Pause, 'since'>;

export interface FirstPause {
  readonly pause: Pause;
  readonly isNew: boolean;
}

/** Within a transaction that writes why. */
export async function setPause(tx: Tx, parts: Omit<Parts, 'sql'>, pause: NewPause): Promise<Pause> {
  const since = await readNow(tx, parts.clock);
  const { kind, reason, by } = pause;
  await tx
    .insertInto('submission_pauses')
    .values({ kind, reason, paused_by: by, since })
    .onConflict((conflict) => conflict.column('kind').doUpdateSet({ reason, paused_by: by, since }))
    .execute();
  await note(tx, parts, { what: 'submission-paused', detail: { kind, reason, by } });
  return { ...pause, since };
}

async function setFirstPause(
  tx: Tx,
  parts: Omit<Parts, 'sql'>,
  { kind, reason, by }: NewPause,
): Promise<FirstPause> {
  // An update that changes nothing: it waits for whoever sets or ends the pause at this moment, and answers their row.
  const row = await tx
    .insertInto('submission_pauses')
    .values({ kind, reason, paused_by: by, since: await readNow(tx, parts.clock) })
    .onConflict((conflict) => conflict.column('kind').doUpdateSet({ kind }))
    .returningAll()
    .returning(sql<boolean>`xmax = 0`.as('is_new'))
    .executeTakeFirstOrThrow();
  if (row.is_new) await note(tx, parts, { what: 'submission-paused', detail: { kind, reason, by } });
  return { pause: pauseOf(row), isNew: row.is_new };
}

async function note(
  tx: Tx,
  { clock, tenants }: Omit<Parts, 'sql'>,
  record: Omit<AuditRecord, 'who'>,
): Promise<void> {
  const now = await readNow(tx, clock);
  for (const tenant of [...tenants].sort()) {
    await appendAudit(tx, tenantChain(tenant), now, { ...record, who: 'cordon' });
  }
}

/** An administrator's comes first: it does not end by itself. */
export async function readPauses(db: Sql): Promise<readonly Pause[]> {
  const rows = await db.selectFrom('submission_pauses').selectAll().orderBy('kind').execute();
  return rows.map(pauseOf);
}

function pauseOf(row: Selectable<Tables['submission_pauses']>): Pause {
  return {
    kind: row.kind as PauseKind,
    reason: row.reason,
    by: row.paused_by,
    since: row.since.toISOString(),
  };
}

export async function isPaused(db: Sql): Promise<boolean> {
  const { rows } = await sql`select 1 from submission_pauses limit 1`.execute(db);
  return rows.length > 0;
}

/** What the cards of waiting requests say of the pauses. */
export function holdOf([pause]: readonly Pause[]): Hold | undefined {
  return pause && { reason: pause.reason, since: pause.since };
}
