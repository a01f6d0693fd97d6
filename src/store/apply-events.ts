import { appendAudit } from '../audit/chain.ts';
import { auditOf } from '../audit/of-event.ts';
import { decide } from '../containment/decide.ts';
import type { Decision } from '../containment/decision.ts';
import type { Event } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import { type ContainmentRequest, hasDevice } from '../containment/request.ts';
import { filedStatusOf } from '../containment/state.ts';
import { lockRequest, lockTogether, settleBatch } from './batches.ts';
import { type RequestStoreParts, boxColumns } from './create-request.ts';
import type { Tx } from './database-port.ts';
import { makeLift } from './lifts.ts';
import { readNow } from './now.ts';
import { withOpenLift } from './open-lift.ts';
import { deviceKey, formatOf, toRequest } from './rows.ts';
import { withOpenRequests } from './same-device.ts';
import { track, untrack } from './tracked-actions.ts';

export type Applied = Decision & { readonly now: Instant };

/** What happens to one of several devices; undefined: nothing. */
export type EventOf = (request: ContainmentRequest) => Event | undefined;

type Parts = Pick<RequestStoreParts, 'clock' | 'enqueue'>;

/** The one place that loads a request under a lock, asks `decide`, and writes state, audit record and jobs together. */
export async function applyIn(
  parts: Parts,
  tx: Tx,
  id: RequestId,
  event: Event,
): Promise<Applied | undefined> {
  const row = await lockRequest(tx, id);
  if (row === undefined) return undefined;
  const applied = await change(parts, tx, toRequest(row), event);
  await carryOutTogether(parts, tx, [applied]);
  return applied;
}

/** One event for all devices of a request, or one for each; those without stay as they are. */
export async function applyToAll(parts: Parts, tx: Tx, id: RequestId, eventOf: EventOf): Promise<Applied[]> {
  const applied: Applied[] = [];
  for (const request of await lockTogether(tx, id)) {
    const event = eventOf(request);
    if (event !== undefined) applied.push(await change(parts, tx, request, event));
  }
  await carryOutTogether(parts, tx, applied);
  return applied;
}

async function change({ clock }: Parts, tx: Tx, before: ContainmentRequest, event: Event): Promise<Applied> {
  const { id } = before;
  const now = await readNow(tx, clock);
  const asked = await withOpenLift(tx, before, await withOpenRequests(tx, before, event));
  const decided = decide(before, asked, now);
  const record = auditOf(asked, before, decided);
  const recordHash = record && (await appendAudit(tx, id, now, record));
  const isChanged = decided.request !== before;
  const decision = isChanged ? { ...decided, request: { ...decided.request, recordHash } } : decided;
  if (isChanged) await update(tx, decision.request, now);
  return { ...decision, now };
}

async function carryOutTogether(parts: Parts, tx: Tx, applied: readonly Applied[]): Promise<void> {
  const lead = applied[0]?.request.batch?.lead;
  const others = lead === undefined ? [] : await leaveOut(parts, tx, applied);
  const all = [...applied, ...others];
  const together = lead === undefined ? all : await settleBatch(tx, lead, all);
  for (const one of together) await carryOut(parts, tx, one);
}

/** An approval that was given for some of the devices is none for the others. */
async function leaveOut(parts: Parts, tx: Tx, applied: readonly Applied[]): Promise<Applied[]> {
  const left: Applied[] = [];
  for (const effect of applied.flatMap(({ effects }) => effects)) {
    if (effect.kind !== 'leave-out') continue;
    const event = { kind: 'left-out', by: effect.by } as const;
    for (const id of effect.requests) {
      const row = await lockRequest(tx, id);
      if (row !== undefined) left.push(await change(parts, tx, toRequest(row), event));
    }
  }
  return left;
}

async function carryOut(
  parts: Parts,
  tx: Tx,
  { request, effects }: Pick<Decision, 'request' | 'effects'>,
): Promise<void> {
  if (effects.some((effect) => effect.kind === 'track')) await track(tx, request, parts.clock);
  if (effects.some((effect) => effect.kind === 'untrack')) await untrack(tx, request.id);
  await parts.enqueue(tx, request, effects);
  for (const effect of effects) {
    // What is in force has a device.
    if (effect.kind === 'lift' && hasDevice(request)) {
      const made = await makeLift(tx, request, effect, await readNow(tx, parts.clock));
      await parts.enqueue(tx, made.request, made.effects);
    }
    // Always from the restriction to its lift and never back: nobody waits in a circle.
    if (effect.kind === 'approve-lift') {
      const { lift, approval } = effect;
      await applyIn(parts, tx, lift.id, { kind: 'approved-in-advance', approval, of: request.id });
    }
  }
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
