import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { type AuditRecord, appendAudit } from '../audit/chain.ts';
import { auditOf } from '../audit/of-event.ts';
import { decide } from '../containment/decide.ts';
import { type Decision, later } from '../containment/decision.ts';
import type { Effect, Event } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import type { Instant, Person } from '../containment/person.ts';
import type { Action, ContainmentRequest, DeviceRequest, DeviceWish, Place } from '../containment/request.ts';
import { filedStatusOf, openStatuses } from '../containment/state.ts';
import type { Sql, Tx } from './database-port.ts';
import { type DatabaseClock, readNow } from './now.ts';
import { deviceKey, formatOf, toRequest } from './rows.ts';
import { againWhenTaken, meansSameDevice, withOpenRequests } from './same-device.ts';
import { holdOf, readPauses } from './submission-pauses.ts';
import type { Tables } from './tables.ts';
import { track, untrack } from './tracked-actions.ts';

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

export type Applied = Decision & { readonly now: Instant };

export type RequestStore = ReturnType<typeof createRequestStore>;

interface Parts {
  readonly sql: Sql;
  readonly clock: DatabaseClock;
  readonly enqueue: EnqueueEffects;
}

/** The one place that loads a request under a lock, asks `decide`, and writes state, audit record and jobs together. */
export function createRequestStore(parts: Parts) {
  const { sql: db, clock, enqueue } = parts;

  /** Within a transaction that writes something else as well, or nothing of both. */
  async function applyIn(tx: Tx, id: RequestId, event: Event): Promise<Applied | undefined> {
    const row = await tx
      .selectFrom('requests')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const before = toRequest(row);
    const now = await readNow(tx, clock);
    const decided = decide(before, await withOpenRequests(tx, before, event), now);
    const record = auditOf(event, before, decided);
    const recordHash = record && (await appendAudit(tx, id, now, record));
    const isChanged = decided.request !== before;
    const decision = isChanged ? { ...decided, request: { ...decided.request, recordHash } } : decided;
    if (isChanged) await update(tx, decision.request, now);
    await carryOut(tx, decision);
    return { ...decision, now };
  }

  async function carryOut(tx: Tx, decision: Decision): Promise<void> {
    const { request, effects } = decision;
    if (effects.some((effect) => effect.kind === 'track')) await track(tx, request, clock);
    if (effects.some((effect) => effect.kind === 'untrack')) await untrack(tx, request.id);
    await enqueue(tx, request, effects);
  }

  return {
    apply: (id: RequestId, event: Event) =>
      againWhenTaken(() => db.transaction().execute((tx) => applyIn(tx, id, event))),
    applyIn,
    async create(asked: NewRequest): Promise<Created> {
      const created = await createRequest(parts, asked);
      if (created.kind === 'already-open') await noteRepeatedWish(parts, asked, created.id);
      return created;
    },
    byId: (id: RequestId, executor: Sql = db) => find(executor, (eb) => eb('id', '=', id)),
    byNumber: (tenantId: string, number: number) =>
      find(db, (eb) => eb.and([eb('tenant_id', '=', tenantId), eb('number', '=', number)])),
    /** Whether this message has made a request. */
    async isMade(conversation: string, sourceActivity: string): Promise<boolean> {
      return (await find(db, isOfMessage({ conversation, sourceActivity }))) !== undefined;
    },
    now: () => readNow(db, clock),
    actionsOfOthers: (request: DeviceRequest) => actionsOfOthers(db, request),
    /** Adds to the record of a request without changing it: calls made for it, refusals of people. */
    async note(id: RequestId, record: AuditRecord): Promise<void> {
      await db.transaction().execute(async (tx) => appendAudit(tx, id, await readNow(tx, clock), record));
    },
    /** Adds to the record of a tenant what concerns no request that exists. */
    async noteForTenant(chain: string, record: AuditRecord): Promise<void> {
      await db.transaction().execute(async (tx) => appendAudit(tx, chain, await readNow(tx, clock), record));
    },
  };
}

type Where = (eb: ExpressionBuilder<Tables, 'requests'>) => Expression<SqlBool>;

async function find(db: Sql, where: Where): Promise<ContainmentRequest | undefined> {
  const row = await db.selectFrom('requests').selectAll().where(where).executeTakeFirst();
  return row && toRequest(row);
}

async function update(tx: Tx, request: ContainmentRequest, now: Instant): Promise<void> {
  await tx
    .updateTable('requests')
    .set({
      status: filedStatusOf(request.state),
      state: JSON.stringify(request.state),
      device_id: deviceKey(request),
      device: request.device === undefined ? null : JSON.stringify(request.device),
      also_requested_in: request.alsoRequestedIn ?? null,
      hold: request.hold === undefined ? null : JSON.stringify(request.hold),
      state_format: formatOf(request),
      revision: request.revision,
      recorded_revision: request.revision,
      record_hash: request.recordHash ?? null,
      changed_at: now,
    })
    .where('id', '=', request.id)
    .execute();
}

async function createRequest({ sql: db, clock, enqueue }: Parts, asked: NewRequest): Promise<Created> {
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
  const open = await find(db, (eb) =>
    eb.and([
      eb('tenant_id', '=', asked.tenantId),
      eb('conversation', '=', asked.place.conversation),
      meansSameDevice(eb, asked),
      eb('action', '=', asked.action),
      eb('status', 'in', openStatuses),
    ]),
  );
  const { conversation } = asked.place;
  const repeated = await find(db, isOfMessage({ conversation, sourceActivity: asked.sourceActivity }));
  if (repeated !== undefined) return { kind: 'repeated', request: repeated };
  return open && { kind: 'already-open', id: open.id, number: open.number };
}

function isOfMessage(message: { conversation: string; sourceActivity: string }): Where {
  return (eb) =>
    eb.and([
      eb('conversation', '=', message.conversation),
      eb('source_activity', '=', message.sourceActivity),
    ]);
}

async function assemble(
  tx: Tx,
  asked: NewRequest,
  number: number,
  now: Instant,
): Promise<ContainmentRequest> {
  const elsewhere = await tx
    .selectFrom('requests')
    .select('number')
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
    revision: 1,
  };
}

function wishOf({ deviceId, deviceName }: DeviceWish): DeviceWish {
  if (deviceId === undefined) return { deviceName };
  return deviceName === undefined ? { deviceId } : { deviceId, deviceName };
}

async function insert(tx: Tx, request: ContainmentRequest, asked: NewRequest): Promise<boolean> {
  const row = await tx
    .insertInto('requests')
    .values({
      id: request.id,
      tenant_id: request.tenantId,
      number: request.number,
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
async function nextNumber(db: Sql, tenantId: string): Promise<number> {
  const { rows } = await sql<{ last_number: number }>`
    insert into tenant_numbers values (${tenantId}, 1)
    on conflict (tenant_id) do update set last_number = tenant_numbers.last_number + 1
    returning last_number`.execute(db);
  const number = rows[0]?.last_number;
  if (number === undefined) throw new Error('The database gave no number');
  return number;
}

async function noteRepeatedWish({ sql: db, clock }: Parts, asked: NewRequest, id: RequestId): Promise<void> {
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

/** Machine actions on the same device that are known to belong to other requests. */
async function actionsOfOthers(db: Sql, request: DeviceRequest): Promise<string[]> {
  const rows = await db
    .selectFrom('requests')
    .select(sql<string>`state->'machineAction'->>'id'`.as('action'))
    .where('tenant_id', '=', request.tenantId)
    .where('device_id', '=', request.deviceId)
    .where('id', '<>', request.id)
    .where('status', 'in', ['running', 'ended'])
    // Not those it merely follows: they may be this request's own.
    .where(sql<boolean>`(state->'machineAction'->>'ours')::boolean`)
    .orderBy('created_at', 'desc')
    .limit(100)
    .execute();
  return rows.map((row) => row.action);
}
