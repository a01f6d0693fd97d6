import { appendAudit } from '../audit/chain.ts';
import type { RequestId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import type { ContainmentRequest, DeviceWish } from '../containment/request.ts';
import { newRequestId } from '../platform/ids.ts';
import {
  type NewRequest,
  type NewWish,
  type RequestStoreParts,
  assemble,
  find,
  findOpen,
  insert,
  isOfMessage,
  nextNumber,
  noteRepeatedWish,
  wishOf,
} from './create-request.ts';
import { withMembers } from './batches.ts';
import type { Tx } from './database-port.ts';
import { readNow } from './now.ts';
import { isDeadlock, oneListAtATime } from './same-device.ts';

/** `id` is that of the first device, which leads. */
export interface NewBatch extends NewWish {
  readonly devices: readonly DeviceWish[];
}

export interface TakenDevice {
  readonly device: DeviceWish;
  readonly id: RequestId;
  readonly number: number;
}

export type CreatedBatch =
  | { readonly kind: 'created' | 'repeated'; readonly request: ContainmentRequest }
  /** Nothing was asked for: these are wanted by open requests of the conversation. */
  | { readonly kind: 'already-open'; readonly taken: readonly TakenDevice[] };

/** Somebody else was faster with the message or with one of the devices. */
class OvertakenError extends Error {
  override readonly name = 'OvertakenError';
}

const mostTries = 3;

/** Asks for all devices or for none of them. */
export async function createBatch(parts: RequestStoreParts, asked: NewBatch): Promise<CreatedBatch> {
  for (let tries = 1; ; tries += 1) {
    const earlier = await findEarlier(parts, asked);
    if (earlier !== undefined) return earlier;
    try {
      return { kind: 'created', request: await create(parts, asked) };
    } catch (error) {
      if (tries === mostTries || !(error instanceof OvertakenError || isDeadlock(error))) throw error;
    }
  }
}

async function findEarlier(parts: RequestStoreParts, asked: NewBatch): Promise<CreatedBatch | undefined> {
  const { sql: db } = parts;
  const { place, sourceActivity } = asked;
  // In this order: a request that the same message makes between the looks is found by the second one as well.
  const taken: TakenDevice[] = [];
  for (const device of asked.devices) {
    const open = await findOpen(db, wishFor(asked, device));
    if (open !== undefined) taken.push({ device, id: open.id, number: open.number });
  }
  const repeated = await find(db, isOfMessage({ conversation: place.conversation, sourceActivity }));
  if (repeated !== undefined) return { kind: 'repeated', request: await withMembers(db, repeated) };
  for (const { device, id } of taken) await noteRepeatedWish(parts, wishFor(asked, device), id);
  return taken.length === 0 ? undefined : { kind: 'already-open', taken };
}

function wishFor({ devices: _all, ...asked }: NewBatch, device: DeviceWish): NewRequest {
  return { ...asked, ...device };
}

async function create(parts: RequestStoreParts, asked: NewBatch): Promise<ContainmentRequest> {
  const { sql: db } = parts;
  const number = await nextNumber(db, asked.tenantId);
  return db.transaction().execute(async (tx) => {
    await oneListAtATime(tx, asked);
    const now = await readNow(tx, parts.clock);
    for (const [index] of asked.devices.entries())
      await createMember(parts, tx, { asked, index, number, now });
    const cards = { request_id: asked.id, due_revision: asked.devices.length };
    await tx.insertInto('cards').values(cards).execute();
    const lead = await find(tx, (eb) => eb('id', '=', asked.id));
    if (lead === undefined) throw new Error('A request is gone that was just made');
    await parts.enqueue(tx, lead, [{ kind: 'sync-card' }, { kind: 'look-up-device' }]);
    return withMembers(tx, lead);
  });
}

interface Member {
  readonly asked: NewBatch;
  readonly index: number;
  readonly number: number;
  /** One for all, so that their time is over in one moment. */
  readonly now: Instant;
}

async function createMember(
  { enqueue }: RequestStoreParts,
  tx: Tx,
  { asked, index, number, now }: Member,
): Promise<void> {
  const device = asked.devices[index];
  if (device === undefined) return;
  const isLead = index === 0;
  const wish = {
    ...wishFor(asked, device),
    id: isLead ? asked.id : newRequestId(),
    // Only the first one answers to the message; the others need something of their own there.
    sourceActivity: isLead ? asked.sourceActivity : `device ${index + 1} of ${asked.id}`,
  };
  const batch = { lead: asked.id, place: index + 1, size: asked.devices.length };
  const request: ContainmentRequest = { ...(await assemble(tx, wish, number, now)), batch };
  if (!(await insert(tx, request, wish))) throw new OvertakenError();
  await appendAudit(tx, request.id, now, {
    what: 'requested',
    who: { objectId: asked.requestor.objectId, name: asked.requestor.name },
    request: { id: request.id, number },
    after: 'Awaiting approval',
    detail: {
      action: asked.action,
      ...wishOf(device),
      reason: asked.reason,
      conversation: asked.place.thread,
      expiresAt: request.expiresAt,
      together: batch,
      ...(asked.box === undefined ? {} : { timeBox: asked.box.text }),
    },
  });
  await enqueue(tx, request, [{ kind: 'expire', at: request.expiresAt }]);
}
