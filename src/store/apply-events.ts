import { appendAudit } from '../audit/chain.ts';
import { auditOf } from '../audit/of-event.ts';
import { decide } from '../containment/decide.ts';
import type { Decision } from '../containment/decision.ts';
import type { Effect, Event } from '../containment/event.ts';
import type { RequestId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import { type ContainmentRequest, hasDevice } from '../containment/request.ts';
import { filedStatusOf } from '../containment/state.ts';
import { type Changed, lockRequest, lockTogether, settleBatch } from './batches.ts';
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
  const now = await readNow(tx, parts.clock);
  const applied = await change(parts, tx, { before: toRequest(row), event, now });
  await carryOutTogether(parts, tx, [applied]);
  return applied;
}

/** One event for all devices of a request, or one for each; those without stay as they are. */
export async function applyToAll(parts: Parts, tx: Tx, id: RequestId, eventOf: EventOf): Promise<Applied[]> {
  const applied: Applied[] = [];
  const together = await lockTogether(tx, id);
  // One press has one moment.
  const now = await readNow(tx, parts.clock);
  for (const before of together) {
    const event = eventOf(before);
    if (event !== undefined) applied.push(await change(parts, tx, { before, event, now }));
  }
  await carryOutTogether(parts, tx, applied);
  return applied;
}

interface Happening {
  readonly before: ContainmentRequest;
  readonly event: Event;
  readonly now: Instant;
}

async function change(parts: Parts, tx: Tx, { before, event, now }: Happening): Promise<Applied> {
  const { id } = before;
  const asked = await withOpenLift(tx, before, await withOpenRequests(tx, before, event));
  const decided = decide(before, asked, now);
  const record = auditOf(asked, before, decided);
  const recordHash = record && (await appendAudit(tx, id, now, record));
  const isChanged = decided.request !== before;
  const decision = isChanged ? { ...decided, request: { ...decided.request, recordHash } } : decided;
  if (isChanged) await update(tx, decision.request, now);
  // At once: the next of several devices finds it.
  for (const effect of decision.effects) {
    if (effect.kind === 'lift') await lift(parts, tx, { request: decision.request, effect, now });
  }
  return { ...decision, now };
}

interface ToLift {
  readonly request: ContainmentRequest;
  readonly effect: Extract<Effect, { kind: 'lift' }>;
  readonly now: Instant;
}

async function lift(parts: Parts, tx: Tx, { request, effect, now }: ToLift): Promise<void> {
  // What is in force has a device.
  if (!hasDevice(request)) return;
  const made = await makeLift(tx, request, effect, now);
  await carryOutTogether(parts, tx, [made]);
}

async function carryOutTogether(parts: Parts, tx: Tx, applied: readonly Changed[]): Promise<void> {
  const lead = applied[0]?.request.batch?.lead;
  const others = lead === undefined ? [] : await leaveOut(parts, tx, applied);
  const all = [...applied, ...others];
  const together = lead === undefined ? all : await settleBatch(tx, lead, all);
  for (const one of together) await carryOut(parts, tx, one);
}

/** An approval that was given for some of the devices is none for the others. */
async function leaveOut(parts: Parts, tx: Tx, applied: readonly Changed[]): Promise<Applied[]> {
  const left: Applied[] = [];
  const now = applied[0]?.now;
  for (const effect of applied.flatMap(({ effects }) => effects)) {
    if (effect.kind !== 'leave-out' || now === undefined) continue;
    const event = { kind: 'left-out', by: effect.by } as const;
    for (const id of effect.requests) {
      const row = await lockRequest(tx, id);
      if (row !== undefined) left.push(await change(parts, tx, { before: toRequest(row), event, now }));
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
