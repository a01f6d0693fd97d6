import { randomUUID } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { RequestId } from '../containment/ids.ts';
import type { Person } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Sql, Tx } from './database-port.ts';
import type { DatabaseClock } from './now.ts';
import type { Tables } from './tables.ts';

export interface TrackedAction {
  readonly requestId: RequestId;
  readonly tenantId: string;
  readonly machineActionId: string;
  readonly approver: Person;
  /** Object id of the person whose token last saw it. */
  readonly lastReader: string | undefined;
  readonly ageSeconds: number;
  /** Proof of having taken it; worth nothing once somebody asked for another look, or took it over. */
  readonly lease: string;
}

/** A machine action moves within seconds of its submission: the first look comes soon. */
const firstLookSeconds = 1;

/** Starts to follow the request's machine action, or asks for a look at it now. */
export async function track(tx: Tx, request: ContainmentRequest, clock: DatabaseClock): Promise<void> {
  const { state } = request;
  if (state.status !== 'running') return;
  const soon = sql<Date>`${clock()} + ${firstLookSeconds} * interval '1 second'`;
  await tx
    .insertInto('tracked_actions')
    .values({
      request_id: request.id,
      tenant_id: request.tenantId,
      machine_action_id: state.machineAction.id,
      approver: JSON.stringify(state.approval.by),
      last_reader: null,
      submitted_at: state.submittedAt,
      next_look_at: soon,
      lease: null,
    })
    // Whatever sweep has it now saw it before this wish: it must not put the look off.
    .onConflict((conflict) => conflict.column('request_id').doUpdateSet({ next_look_at: soon, lease: null }))
    .execute();
}

export async function untrack(tx: Tx, id: RequestId): Promise<void> {
  await tx.deleteFrom('tracked_actions').where('request_id', '=', id).execute();
}

export type TrackedActions = ReturnType<typeof createTrackedActions>;

interface Parts {
  readonly sql: Sql;
  readonly clock: DatabaseClock;
}

export function createTrackedActions(parts: Parts) {
  const { sql: db, clock } = parts;
  return {
    /**
     * Takes all actions that are due for this process, and those due within `slackSeconds` that nobody has taken, so
     * that one list call serves them together. Taken rows are due again after `leaseSeconds`, should this process die.
     */
    takeDue: (slackSeconds: number, leaseSeconds: number) => takeDue(parts, slackSeconds, leaseSeconds),
    /** The next look after the one that the lease stands for; of no effect when that look is outdated. */
    async lookAgain(
      { requestId, lease }: Pick<TrackedAction, 'requestId' | 'lease'>,
      inSeconds: number,
      lastReader: string | undefined,
    ): Promise<void> {
      await db
        .updateTable('tracked_actions')
        .set({
          next_look_at: sql<Date>`${clock()} + ${inSeconds} * interval '1 second'`,
          lease: null,
          ...(lastReader === undefined ? {} : { last_reader: lastReader }),
        })
        .where('request_id', '=', requestId)
        .where('lease', '=', lease)
        .execute();
    },
    /** Gives back what a sweep has taken and not looked at: others need not wait for the lease to end. */
    async giveBack(actions: readonly TrackedAction[]): Promise<void> {
      const leases = [...new Set(actions.map((action) => action.lease))];
      if (leases.length === 0) return;
      await db
        .updateTable('tracked_actions')
        .set({ next_look_at: clock(), lease: null })
        .where('lease', 'in', leases)
        .execute();
    },
    async count(): Promise<number> {
      const row = await db
        .selectFrom('tracked_actions')
        .select((eb) => eb.fn.countAll<string>().as('n'))
        .executeTakeFirstOrThrow();
      return Number(row.n);
    },
  };
}

async function takeDue(
  { sql: db, clock }: Parts,
  slackSeconds: number,
  leaseSeconds: number,
): Promise<TrackedAction[]> {
  return db.transaction().execute(async (tx) => {
    const due = await tx
      .selectFrom('tracked_actions')
      .selectAll()
      .select(sql<number>`extract(epoch from ${clock()} - submitted_at)::float8`.as('age'))
      .where(
        'next_look_at',
        '<=',
        sql<Date>`${clock()} + case when lease is null then ${slackSeconds}::float8 else 0 end * interval '1 second'`,
      )
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom('tracked_actions as other')
            .select('other.request_id')
            .where('other.next_look_at', '<=', clock()),
        ),
      )
      .orderBy('submitted_at')
      .limit(2_000)
      .forUpdate()
      .skipLocked()
      .execute();
    if (due.length === 0) return [];
    const lease = randomUUID();
    await tx
      .updateTable('tracked_actions')
      .set({ next_look_at: sql<Date>`${clock()} + ${leaseSeconds} * interval '1 second'`, lease })
      .where(
        'request_id',
        'in',
        due.map((row) => row.request_id),
      )
      .execute();
    return due.map((row) => toTrackedAction(row, lease));
  });
}

function toTrackedAction(
  row: Selectable<Tables['tracked_actions']> & { age: number },
  lease: string,
): TrackedAction {
  return {
    requestId: row.request_id as RequestId,
    tenantId: row.tenant_id,
    machineActionId: row.machine_action_id,
    approver: row.approver,
    lastReader: row.last_reader ?? undefined,
    ageSeconds: row.age,
    lease,
  };
}
