import { sql } from 'kysely';
import { appendAudit } from '../audit/chain.ts';
import { submitEffect } from '../containment/approval.ts';
import { later } from '../containment/decision.ts';
import type { Effect } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import { type ContainmentRequest, type DeviceRequest, hasDevice } from '../containment/request.ts';
import { type State, filedStatusOf } from '../containment/state.ts';
import { liftReason } from '../containment/box-in-force.ts';
import type { NewLift } from '../containment/time-box.ts';
import type { Sql, Tx } from './database-port.ts';
import { formatOfLift, toRequest } from './rows.ts';
import { holdOf, readPauses } from './submission-pauses.ts';

type LiftEffect = Extract<Effect, { kind: 'lift' }>;

export interface MadeLift {
  readonly request: ContainmentRequest;
  readonly effects: readonly Effect[];
}

/**
 * The request that lifts what `restriction` restricts, approved already. In the transaction that ends the box: the end, its
 * lift and the lift's jobs are there together or not at all. The database lets no second one be open: it throws, and the next
 * look finds the first.
 */
export async function makeLift(
  tx: Tx,
  restriction: DeviceRequest,
  { lift, approval }: LiftEffect,
  now: Instant,
): Promise<MadeLift> {
  const state: State = { status: 'approved', approval };
  await insertLift(tx, restriction, { lift, state, now, early: approval.inAdvance !== true });
  await tx.insertInto('cards').values({ request_id: lift.id }).execute();
  const row = await tx.selectFrom('requests').selectAll().where('id', '=', lift.id).executeTakeFirstOrThrow();
  const request = toRequest(row);
  await recordLift(tx, request, restriction, now);
  const expire = { kind: 'expire', at: request.expiresAt } as const;
  return { request, effects: [{ kind: 'sync-card' }, submitEffect(approval, now), expire] };
}

interface Insertion {
  readonly lift: NewLift;
  readonly state: State;
  readonly now: Instant;
  readonly early: boolean;
}

/** Device, people and place are those of the restriction; so long as that was open for a decision this one is, too. */
async function insertLift(
  tx: Tx,
  restriction: ContainmentRequest,
  { lift, state, now, early }: Insertion,
): Promise<void> {
  const hold = holdOf(await readPauses(tx));
  const releasedBy = early && 'approval' in state ? state.approval?.by : undefined;
  const openSeconds = (Date.parse(restriction.expiresAt) - Date.parse(restriction.createdAt)) / 1_000;
  await sql`
    insert into requests (id, tenant_id, number, action, device_id, device, reason, requestor, conversation, thread,
      place_kind, source_activity, status, state, revision, created_at, expires_at, changed_at, state_format, hold, lifts)
    select ${lift.id}, tenant_id, ${lift.number}::integer, 'unrestrict', device_id, device - 'stakes',
      ${liftReason(restriction, releasedBy)}, requestor, conversation, thread, place_kind, ${`lift ${lift.id}`},
      ${filedStatusOf(state)}, ${JSON.stringify(state)}::jsonb, 1, ${now}::timestamptz,
      ${later(now, openSeconds)}::timestamptz, ${now}::timestamptz, ${formatOfLift}::integer,
      ${hold === undefined ? null : JSON.stringify(hold)}::jsonb, id
    from requests where id = ${restriction.id}`.execute(tx);
}

async function recordLift(
  tx: Tx,
  { id, number, deviceId, reason, place, expiresAt, state }: ContainmentRequest,
  restriction: ContainmentRequest,
  now: Instant,
): Promise<void> {
  const request = { id, number };
  await appendAudit(tx, id, now, {
    what: 'requested',
    who: 'cordon',
    request,
    after: 'Approved',
    detail: {
      action: 'unrestrict',
      deviceId,
      reason,
      conversation: place.thread,
      expiresAt,
      lifts: restriction.number,
    },
  });
  if (!('approval' in state) || state.approval === undefined) return;
  const { by, at, comment, inAdvance } = state.approval;
  await appendAudit(tx, id, now, {
    what: inAdvance === true ? 'approved-with-time-box' : 'approved-by-release',
    who: { objectId: by.objectId, name: by.name },
    request,
    after: 'Approved',
    detail: { approvedAt: at, ...(comment === undefined ? {} : { comment }) },
  });
}

/** Restrictions of its device that a lift may concern: those in force, as far as the register tells. */
export async function restrictionsToSettle(db: Sql, lift: ContainmentRequest): Promise<RequestId[]> {
  // Nothing was lifted of a device that nobody has found.
  if (!hasDevice(lift)) return [];
  const rows = await db
    .selectFrom('requests')
    .select('id')
    .where('tenant_id', '=', lift.tenantId)
    .where('device_id', '=', lift.deviceId)
    .where('action', '=', 'restrict')
    .where('status', '=', 'ended')
    .where('released', 'is', null)
    .where(sql<boolean>`state->'machineAction'->>'status' = 'Succeeded'`)
    .orderBy('created_at', 'desc')
    .limit(100)
    .execute();
  return rows.map((row) => row.id as RequestId);
}

/** Of what is no time nothing is known. */
const createdAt = sql<Date | null>`case when state->'machineAction'->>'createdAt' ~ '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d'
  then (state->'machineAction'->>'createdAt')::timestamptz end`;

function timeOf(text: string): string | null {
  return Number.isNaN(Date.parse(text)) ? null : text;
}

/**
 * The first lift that Defender created after the restriction and confirmed: by its own times, not by ours. One that was made for
 * this box counts whenever it was created: it may follow a lift that hung since before the restriction.
 */
export async function releaseOf(
  db: Sql,
  restriction: ContainmentRequest,
): Promise<ContainmentRequest | undefined> {
  const { state, tenantId } = restriction;
  if (!hasDevice(restriction) || state.status !== 'ended') return undefined;
  const row = await db
    .selectFrom('requests')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('device_id', '=', restriction.deviceId)
    .where('action', '=', 'unrestrict')
    .where('status', '=', 'ended')
    .where(sql<boolean>`state->'machineAction'->>'status' = 'Succeeded'`)
    .where(
      sql<boolean>`(lifts = ${restriction.id} or
        ${createdAt} > ${timeOf(state.machineAction.createdAt)}::timestamptz)`,
    )
    .orderBy(createdAt)
    .limit(1)
    .executeTakeFirst();
  return row && toRequest(row);
}
