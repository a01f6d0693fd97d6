import { sql } from 'kysely';
import { type AuditRecord, appendAudit } from '../audit/chain.ts';
import { membersOf } from '../containment/batch.ts';
import type { Event } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import { type ContainmentRequest, type DeviceRequest, hasDevice } from '../containment/request.ts';
import type { NewLift } from '../containment/time-box.ts';
import { newRequestId } from '../platform/ids.ts';
import {
  type NewRequest,
  type RequestStoreParts,
  createOnce,
  find,
  isOfMessage,
  nextNumber,
} from './create-request.ts';
import { type EventOf, applyIn, applyToAll } from './apply-events.ts';
import { withMembers } from './batches.ts';
import { type NewBatch, createBatch } from './create-batch.ts';
import type { Sql, Tx } from './database-port.ts';
import { findLiftsTogether } from './lifts-together.ts';
import { readNow } from './now.ts';
import { type LiftedBy, wordOf } from './open-lift.ts';
import { againWhenTaken, oneListAtATime } from './same-device.ts';

export type RequestStore = ReturnType<typeof createRequestStore>;

/** Requests as they are stored; they change by `apply` alone. */
export function createRequestStore(parts: RequestStoreParts) {
  const { sql: db, clock } = parts;
  return {
    apply: (id: RequestId, event: Event) =>
      againWhenTaken(() => db.transaction().execute((tx) => applyIn(parts, tx, id, event))),
    /** Within a transaction that writes something else as well, or nothing of both. */
    applyIn: (tx: Tx, id: RequestId, event: Event) => applyIn(parts, tx, id, event),
    /** In one transaction; answers those that an event was for. */
    applyToAll: (id: RequestId, eventOf: EventOf) =>
      againWhenTaken(() => db.transaction().execute((tx) => applyToAll(parts, tx, id, eventOf))),
    /** The same of events that find the devices of several names. */
    applyFound: (request: ContainmentRequest, eventOf: EventOf) =>
      againWhenTaken(() =>
        db.transaction().execute(async (tx) => {
          // Before any row is locked: who has it waits for none of them.
          if (!membersOf(request).every(hasDevice)) await oneListAtATime(tx, request);
          return applyToAll(parts, tx, request.id, eventOf);
        }),
      ),
    create: (asked: NewRequest) => createOnce(parts, asked),
    createBatch: (asked: NewBatch) => createBatch(parts, asked),
    byId: (id: RequestId, executor: Sql = db) => find(executor, (eb) => eb('id', '=', id)),
    /** As its card shows it: the first of several devices comes with all of them. */
    async onCard(id: RequestId): Promise<ContainmentRequest | undefined> {
      const request = await find(db, (eb) => eb('id', '=', id));
      return request && withMembers(db, request);
    },
    async byNumber(tenantId: string, number: number): Promise<ContainmentRequest | undefined> {
      const request = await find(db, (eb) =>
        eb.and([eb('tenant_id', '=', tenantId), eb('number', '=', number)]),
      );
      return request && withMembers(db, request);
    },
    /** Whether this message has made a request. */
    async isMade(conversation: string, sourceActivity: string): Promise<boolean> {
      return (await find(db, isOfMessage({ conversation, sourceActivity }))) !== undefined;
    },
    /** For a lift that may be made with the next event. */
    nextLift: (restriction: ContainmentRequest, by: LiftedBy) => nextLift(db, restriction, by),
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

/** No number is taken for one that shares that of others. */
async function nextLift(db: Sql, restriction: ContainmentRequest, by: LiftedBy): Promise<NewLift> {
  const id = newRequestId();
  const together = await findLiftsTogether(db, restriction, wordOf(restriction, by));
  return together === undefined
    ? { id, number: await nextNumber(db, restriction.tenantId) }
    : { id, number: together.number, joins: together.lead };
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
