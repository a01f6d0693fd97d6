import { type SqlBool, sql } from 'kysely';
import { appendAudit } from '../audit/chain.ts';
import { submitEffect } from '../containment/approval.ts';
import { later } from '../containment/decision.ts';
import type { Effect } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import {
  type BatchPlace,
  type ContainmentRequest,
  type DeviceRequest,
  hasDevice,
} from '../containment/request.ts';
import { liftReason } from '../containment/box-in-force.ts';
import { type Approval, type State, filedStatusOf } from '../containment/state.ts';
import type { NewLift } from '../containment/time-box.ts';
import type { Changed } from './batches.ts';
import type { Sql, Tx } from './database-port.ts';
import { placeInLift } from './lifts-together.ts';
import { batchColumns, formatOfLift, formatOfSeveralBoxes, toRequest } from './rows.ts';
import { holdOf, readPauses } from './submission-pauses.ts';

type LiftEffect = Extract<Effect, { kind: 'lift' }>;

/**
 * The request that lifts what `restriction` restricts, approved already. In the transaction that ends the box: the end, its
 * lift and the lift's jobs are there together or not at all. The database lets no second one be open: it throws, and the next
 * look finds the first. With those of other devices that are lifted by the same word it is one request.
 */
export async function makeLift(
  tx: Tx,
  restriction: DeviceRequest,
  { lift, approval }: LiftEffect,
  now: Instant,
): Promise<Changed> {
  const batch = lift.joins === undefined ? undefined : await placeInLift(tx, lift.joins);
  await insertLift(tx, restriction, { lift, approval, now, batch });
  if (batch === undefined) await tx.insertInto('cards').values({ request_id: lift.id }).execute();
  const row = await tx.selectFrom('requests').selectAll().where('id', '=', lift.id).executeTakeFirstOrThrow();
  const request = toRequest(row);
  await recordLift(tx, request, restriction, now);
  const expire = { kind: 'expire', at: request.expiresAt } as const;
  return { request, effects: [{ kind: 'sync-card' }, submitEffect(approval, now), expire], now };
}

interface Insertion {
  readonly lift: NewLift;
  readonly approval: Approval;
  readonly now: Instant;
  /** Its place among others that are lifted together. */
  readonly batch: BatchPlace | undefined;
}

/**
 * Device, people and place are those of the restriction; so long as that was open for a decision this one is, too. What was read
 * of the device then is old, all but its name.
 */
async function insertLift(
  tx: Tx,
  restriction: ContainmentRequest,
  { lift, approval, now, batch }: Insertion,
): Promise<void> {
  const state: State = { status: 'approved', approval };
  const hold = holdOf(await readPauses(tx));
  const releasedBy = approval.inAdvance === true ? undefined : approval.by;
  const numbers = batchColumns({ number: lift.number, batch });
  const format = batch === undefined ? formatOfLift : formatOfSeveralBoxes;
  const openSeconds = (Date.parse(restriction.expiresAt) - Date.parse(restriction.createdAt)) / 1_000;
  await sql`
    insert into requests (id, tenant_id, number, action, device_id, device, reason, requestor, conversation, thread,
      place_kind, source_activity, status, state, revision, created_at, expires_at, changed_at, state_format, hold, lifts,
      lift_word, card_number, lead, batch_place, batch_size, stands)
    select ${lift.id}, tenant_id, ${numbers.number}::integer, 'unrestrict', device_id,
      nullif(jsonb_strip_nulls(jsonb_build_object('name', device->'name')), '{}'),
      ${liftReason(restriction, releasedBy)}, requestor, conversation, thread, place_kind, ${`lift ${lift.id}`},
      ${filedStatusOf(state)}, ${JSON.stringify(state)}::jsonb, 1, ${now}::timestamptz,
      ${later(now, openSeconds)}::timestamptz, ${now}::timestamptz, ${format}::integer,
      ${hold === undefined ? null : JSON.stringify(hold)}::jsonb, id,
      ${approval.press ?? null}, ${numbers.card_number}::integer,
      ${numbers.lead}, ${numbers.batch_place}::integer, ${numbers.batch_size}::integer, ${numbers.stands}::boolean
    from requests where id = ${restriction.id}`.execute(tx);
}

async function recordLift(
  tx: Tx,
  { id, number, deviceId, reason, place, expiresAt, state, batch }: ContainmentRequest,
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
      ...(batch === undefined ? {} : { together: batch }),
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

/** What holds as far as its request tells: the restriction itself, or one that was found since, made elsewhere or late. */
const isToRelease = sql<SqlBool>`(action = 'restrict' and released is null and elsewhere is null
    and status = 'ended' and state->'machineAction'->>'status' = 'Succeeded'
  or elsewhere->-1->>'became' = 'restricted'
    and released->>'after' is distinct from elsewhere->-1->>'actionId')`;

/** Requests whose device a lift may concern: their restriction is in force, as far as the register tells. */
export async function restrictionsToSettle(db: Sql, lift: ContainmentRequest): Promise<RequestId[]> {
  // Nothing was lifted of a device that nobody has found.
  if (!hasDevice(lift)) return [];
  const rows = await db
    .selectFrom('requests')
    .select('id')
    .where('tenant_id', '=', lift.tenantId)
    .where('device_id', '=', lift.deviceId)
    .where(isToRelease)
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

/** As `took_effect` is written. */
function secondOf(text: string): string {
  return timeOf(text) === null ? '' : new Date(text).toISOString().slice(0, 19);
}

/**
 * The first lift that Defender created after the restriction and confirmed: by its own times, not by ours. One that was made for
 * this box counts whenever it was created: it may follow a lift that hung since before the restriction.
 */
export async function releaseOf(
  db: Sql,
  restriction: ContainmentRequest,
): Promise<ContainmentRequest | undefined> {
  const { state, tenantId, elsewhere } = restriction;
  const since = elsewhere?.at(-1)?.at ?? '';
  const isOver = state.status === 'ended' || elsewhere !== undefined;
  if (!hasDevice(restriction) || !isOver) return undefined;
  const made = state.status === 'ended' ? timeOf(state.machineAction.createdAt) : null;
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
        ${createdAt} > ${made}::timestamptz or ${made}::text is null and ${timeOf(since)}::text is not null)`,
    )
    // What was restricted since, elsewhere or late, is lifted by what took effect after that.
    .where(sql<boolean>`(${timeOf(since)}::text is null or took_effect > ${secondOf(since)})`)
    .orderBy(createdAt)
    .limit(1)
    .executeTakeFirst();
  return row && toRequest(row);
}
