import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { appendAudit } from '../audit/chain.ts';
import { boxInForce } from '../containment/box-in-force.ts';
import { later } from '../containment/decision.ts';
import type { Duration } from '../containment/duration.ts';
import type { Effect } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import type { Instant, Person } from '../containment/person.ts';
import type { Action, ContainmentRequest, DeviceWish, Place } from '../containment/request.ts';
import { filedStatusOf, openStatuses } from '../containment/state.ts';
import type { Sql, Tx } from './database-port.ts';
import { type DatabaseClock, readNow } from './now.ts';
import { batchColumns, deviceKey, formatOf, toRequest } from './rows.ts';
import { meansSameDevice } from './same-device.ts';
import { holdOf, readPauses } from './submission-pauses.ts';
import type { Tables } from './tables.ts';

export type NewRequest = NewWish & DeviceWish;

export interface NewWish {
  readonly id: RequestId;
  readonly tenantId: string;
  readonly action: Action;
  readonly reason: string;
  readonly requestor: Person;
  readonly place: Place;
  /** Id of the message that asked: the same message delivered again is the same request. */
  readonly sourceActivity: string;
  readonly expirySeconds: number;
  /** The restriction ends by itself after this. */
  readonly box?: Duration | undefined;
}

export type Created =
  | { readonly kind: 'created'; readonly request: ContainmentRequest }
  | { readonly kind: 'repeated'; readonly request: ContainmentRequest }
  | { readonly kind: 'already-open'; readonly id: RequestId; readonly number: number };

/** Writes jobs in the transaction that changes the state; `src/jobs` implements it. */
export type EnqueueEffects = (
  tx: Tx,
  request: ContainmentRequest,
  effects: readonly Effect[],
) => Promise<void>;

export interface RequestStoreParts {
  readonly sql: Sql;
  readonly clock: DatabaseClock;
  readonly enqueue: EnqueueEffects;
}

/** Asks for what was asked for, once: what the same message has made, or somebody else here, is found. */
export async function createOnce(parts: RequestStoreParts, asked: NewRequest): Promise<Created> {
  const created = await createRequest(parts, asked);
  if (created.kind === 'already-open') await noteRepeatedWish(parts, asked, created.id);
  return created;
}

async function createRequest(
  { sql: db, clock, enqueue }: RequestStoreParts,
  asked: NewRequest,
): Promise<Created> {
  const earlier = await findEarlier(db, asked);
  if (earlier !== undefined) return earlier;
  const number = await nextNumber(db, asked.tenantId);
  return db.transaction().execute(async (tx) => {
    const now = await readNow(tx, clock);
    const request = await assemble(tx, asked, number, now);
    if (!(await insert(tx, request, asked))) {
      // Somebody was faster: the same message, or the same wish in the same conversation.
      const other = await findEarlier(tx, asked);
      if (other === undefined) throw new Error('A request conflicts with none that can be found');
      return other;
    }
    await tx.insertInto('cards').values({ request_id: request.id }).execute();
    await appendAudit(tx, request.id, now, {
      what: 'requested',
      who: { objectId: asked.requestor.objectId, name: asked.requestor.name },
      request: { id: request.id, number },
      after: 'Awaiting approval',
      detail: {
        action: asked.action,
        ...wishOf(asked),
        reason: asked.reason,
        conversation: asked.place.thread,
        expiresAt: request.expiresAt,
        ...(asked.box === undefined ? {} : { timeBox: asked.box.text }),
      },
    });
    await enqueue(tx, request, [
      { kind: 'sync-card' },
      { kind: 'look-up-device' },
      { kind: 'expire', at: request.expiresAt },
    ]);
    return { kind: 'created', request };
  });
}

async function findEarlier(db: Sql, asked: NewRequest): Promise<Created | undefined> {
  // In this order: a request that the same message makes between the two looks is found by the second one as well.
  const open = await findOpen(db, asked);
  const { conversation } = asked.place;
  const repeated = await find(db, isOfMessage({ conversation, sourceActivity: asked.sourceActivity }));
  if (repeated !== undefined) return { kind: 'repeated', request: repeated };
  return open && { kind: 'already-open', id: open.id, number: open.number };
}

/** An open request of the conversation that asks for the same of the same device. */
export function findOpen(db: Sql, asked: NewRequest): Promise<ContainmentRequest | undefined> {
  return find(db, (eb) =>
    eb.and([
      eb('tenant_id', '=', asked.tenantId),
      eb('conversation', '=', asked.place.conversation),
      meansSameDevice(eb, asked),
      eb('action', '=', asked.action),
      eb('status', 'in', openStatuses),
    ]),
  );
}

export function isOfMessage(message: { conversation: string; sourceActivity: string }): Where {
  return (eb) =>
    eb.and([
      eb('conversation', '=', message.conversation),
      eb('source_activity', '=', message.sourceActivity),
    ]);
}

export async function assemble(
  tx: Tx,
  asked: NewRequest,
  number: number,
  now: Instant,
): Promise<ContainmentRequest> {
  const elsewhere = await tx
    .selectFrom('requests')
    .select((eb) => eb.fn.coalesce('card_number', 'number').as('number'))
    .where('tenant_id', '=', asked.tenantId)
    .where((eb) => meansSameDevice(eb, asked))
    .where('action', '=', asked.action)
    .where('status', 'in', openStatuses)
    .where('conversation', '<>', asked.place.conversation)
    .orderBy('number')
    .limit(1)
    .executeTakeFirst();
  const hold = holdOf(await readPauses(tx));
  return {
    id: asked.id,
    tenantId: asked.tenantId,
    number,
    action: asked.action,
    ...wishOf(asked),
    reason: asked.reason,
    requestor: asked.requestor,
    place: asked.place,
    alsoRequestedIn: elsewhere?.number,
    createdAt: now,
    expiresAt: later(now, asked.expirySeconds),
    state: { status: 'awaiting', clicks: [] },
    ...(hold === undefined ? {} : { hold }),
    ...(asked.box === undefined ? {} : { box: { duration: asked.box } }),
    revision: 1,
  };
}

export function wishOf({ deviceId, deviceName }: DeviceWish): DeviceWish {
  if (deviceId === undefined) return { deviceName };
  return deviceName === undefined ? { deviceId } : { deviceId, deviceName };
}

export async function insert(tx: Tx, request: ContainmentRequest, asked: NewRequest): Promise<boolean> {
  const row = await tx
    .insertInto('requests')
    .values({
      id: request.id,
      tenant_id: request.tenantId,
      ...batchColumns(request),
      action: request.action,
      device_id: deviceKey(request),
      device_name: request.deviceName ?? null,
      device: null,
      reason: request.reason,
      requestor: JSON.stringify(request.requestor),
      conversation: request.place.conversation,
      thread: request.place.thread,
      place_kind: request.place.kind,
      also_requested_in: request.alsoRequestedIn ?? null,
      source_activity: asked.sourceActivity,
      status: filedStatusOf(request.state),
      state: JSON.stringify(request.state),
      revision: request.revision,
      created_at: request.createdAt,
      expires_at: request.expiresAt,
      changed_at: request.createdAt,
      hold: request.hold === undefined ? null : JSON.stringify(request.hold),
      ...boxColumns(request),
      lifts: null,
      lift_word: null,
      also_restricted: null,
      state_format: formatOf(request),
      look_first_until: null,
      recorded_revision: null,
      record_hash: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Its own statement, not the request's transaction: a slow request must not make the next one wait. */
export async function nextNumber(db: Sql, tenantId: string): Promise<number> {
  const { rows } = await sql<{ last_number: number }>`
    insert into tenant_numbers values (${tenantId}, 1)
    on conflict (tenant_id) do update set last_number = tenant_numbers.last_number + 1
    returning last_number`.execute(db);
  const number = rows[0]?.last_number;
  if (number === undefined) throw new Error('The database gave no number');
  return number;
}

export async function noteRepeatedWish(
  { sql: db, clock }: RequestStoreParts,
  asked: NewRequest,
  id: RequestId,
): Promise<void> {
  await db.transaction().execute(async (tx) =>
    appendAudit(tx, id, await readNow(tx, clock), {
      what: 'requested',
      who: { objectId: asked.requestor.objectId, name: asked.requestor.name },
      detail: {
        refused: 'already-open',
        action: asked.action,
        ...wishOf(asked),
        reason: asked.reason,
      },
    }),
  );
}

export type Where = (eb: ExpressionBuilder<Tables, 'requests'>) => Expression<SqlBool>;

export async function find(db: Sql, where: Where): Promise<ContainmentRequest | undefined> {
  const row = await db.selectFrom('requests').selectAll().where(where).executeTakeFirst();
  return row && toRequest(row);
}

export function boxColumns(request: ContainmentRequest) {
  const { box, released, elsewhere } = request;
  return {
    box: box === undefined ? null : JSON.stringify(box),
    box_until: boxInForce(request)?.until ?? null,
    released: released === undefined ? null : JSON.stringify(released),
    elsewhere: elsewhere === undefined ? null : JSON.stringify(elsewhere),
  };
}
