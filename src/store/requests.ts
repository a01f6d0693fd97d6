import { sql } from 'kysely';
import { type AuditRecord, appendAudit } from '../audit/chain.ts';
import { auditOf } from '../audit/of-event.ts';
import { decide } from '../containment/decide.ts';
import type { Decision } from '../containment/decision.ts';
import type { Event } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import { type ContainmentRequest, type DeviceRequest, hasDevice } from '../containment/request.ts';
import { filedStatusOf } from '../containment/state.ts';
import type { NewLift } from '../containment/time-box.ts';
import { newRequestId } from '../platform/ids.ts';
import {
  type NewRequest,
  type RequestStoreParts,
  boxColumns,
  createOnce,
  find,
  isOfMessage,
  nextNumber,
} from './create-request.ts';
import type { Sql, Tx } from './database-port.ts';
import { makeLift } from './lifts.ts';
import { readNow } from './now.ts';
import { withOpenLift } from './open-lift.ts';
import { deviceKey, formatOf, toRequest } from './rows.ts';
import { againWhenTaken, withOpenRequests } from './same-device.ts';
import { track, untrack } from './tracked-actions.ts';

export type Applied = Decision & { readonly now: Instant };

export type RequestStore = ReturnType<typeof createRequestStore>;

/** The one place that loads a request under a lock, asks `decide`, and writes state, audit record and jobs together. */
export function createRequestStore(parts: RequestStoreParts) {
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
    const asked = await withOpenLift(tx, before, await withOpenRequests(tx, before, event));
    const decided = decide(before, asked, now);
    const record = auditOf(asked, before, decided);
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
    for (const effect of effects) {
      // What is in force has a device.
      if (effect.kind === 'lift' && hasDevice(request)) {
        const made = await makeLift(tx, request, effect, await readNow(tx, clock));
        await enqueue(tx, made.request, made.effects);
      }
      // Always from the restriction to its lift and never back: nobody waits in a circle.
      if (effect.kind === 'approve-lift') {
        const { lift: asked, approval } = effect;
        await applyIn(tx, asked.id, { kind: 'approved-in-advance', approval, of: request.id });
      }
    }
  }

  return {
    apply: (id: RequestId, event: Event) =>
      againWhenTaken(() => db.transaction().execute((tx) => applyIn(tx, id, event))),
    applyIn,
    create: (asked: NewRequest) => createOnce(parts, asked),
    byId: (id: RequestId, executor: Sql = db) => find(executor, (eb) => eb('id', '=', id)),
    byNumber: (tenantId: string, number: number) =>
      find(db, (eb) => eb.and([eb('tenant_id', '=', tenantId), eb('number', '=', number)])),
    /** Whether this message has made a request. */
    async isMade(conversation: string, sourceActivity: string): Promise<boolean> {
      return (await find(db, isOfMessage({ conversation, sourceActivity }))) !== undefined;
    },
    /** For a lift that may be made with the next event. */
    nextLift: (tenantId: string) => nextLift(db, tenantId),
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

async function nextLift(db: Sql, tenantId: string): Promise<NewLift> {
  return { id: newRequestId(), number: await nextNumber(db, tenantId) };
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
      ...boxColumns(request),
      also_restricted: request.alsoRestricted === undefined ? null : JSON.stringify(request.alsoRestricted),
      state_format: formatOf(request),
      expires_at: request.expiresAt,
      revision: request.revision,
      recorded_revision: request.revision,
      record_hash: request.recordHash ?? null,
      changed_at: now,
    })
    .where('id', '=', request.id)
    .execute();
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
