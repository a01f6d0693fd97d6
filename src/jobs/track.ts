import type { DefenderClient } from '../defender/client.ts';
import { DefenderError } from '../defender/errors.ts';
import type { CallPriority } from '../defender/governor.ts';
import type { MachineAction } from '../defender/schema.ts';
import type { DefenderAccess } from '../identity/defender-access.ts';
import type { Log } from '../platform/log.ts';
import type { RequestStore } from '../store/requests.ts';
import type { TrackedAction, TrackedActions } from '../store/tracked-actions.ts';
import { tenantChain } from '../audit/chain.ts';
import { passed } from '../platform/steps.ts';
import { toMachineAction } from './machine-action.ts';
import { freshSeconds, lookAgainAfter } from './tracking-pace.ts';
import { type Reader, readersFor } from './tracking-readers.ts';

export interface TrackParts {
  readonly requests: RequestStore;
  readonly tracked: TrackedActions;
  readonly defender: DefenderClient;
  readonly access: DefenderAccess;
  /** Set with TRACKING_IDENTITY=application: the bot's own read-only token for a tenant. */
  readonly applicationToken: ((tenantId: string) => Promise<string>) | undefined;
  readonly intervalSeconds: number;
  readonly log: Log;
}

/** What a killed process had taken is due again after it; a sweep that takes longer is at worst made twice. */
const leaseSeconds = 6;

/**
 * One sweep: a list call per reader, as few readers as together see all due actions, whatever their number.
 * Answers how many actions were looked at. `taken` hears of them before anything is asked.
 */
export async function sweep(
  parts: TrackParts,
  taken: (actions: readonly TrackedAction[]) => void = () => undefined,
): Promise<number> {
  // Those due within half an interval come along: they cost nothing now and a call of their own later.
  const due = await parts.tracked.takeDue(parts.intervalSeconds / 2, leaseSeconds);
  taken(due);
  if (due.length > 0) passed('sweep-taken');
  for (const [tenantId, actions] of byTenant(due)) {
    await sweepTenant(parts, tenantId, actions);
  }
  return due.length;
}

async function sweepTenant(
  parts: TrackParts,
  tenantId: string,
  due: readonly TrackedAction[],
): Promise<void> {
  let unseen = [...due];
  let postponeMs = 0;
  /** Somebody could read, or will be able to without anybody doing anything. */
  let passing = false;
  const tried = new Set<string>();
  while (unseen.length > 0) {
    const reader = readersFor(unseen).find((one) => !tried.has(one.key));
    if (reader === undefined) break;
    tried.add(reader.key);
    const look = await lookWith(parts, tenantId, reader, unseen);
    if (look.kind !== 'unreadable') passing = true;
    if (look.kind === 'postponed') {
      postponeMs = Math.max(postponeMs, look.retryAfterMs);
      break;
    }
    if (look.kind !== 'seen') {
      // The bot's own identity is one reader, however many approvers there are.
      if (parts.applicationToken !== undefined) break;
      continue;
    }
    const seen = new Map(look.actions.map((action) => [action.id, action]));
    for (const one of unseen) {
      const action = seen.get(one.machineActionId);
      if (action !== undefined) await settle(parts, one, { action, reader: reader.key });
    }
    unseen = unseen.filter((one) => !seen.has(one.machineActionId));
    // The bot's own identity sees everything: nobody else needs to be asked.
    if (parts.applicationToken !== undefined) break;
  }
  for (const one of unseen) await leaveUnconfirmed(parts, one, { postponeMs, passing });
}

type Look =
  | { readonly kind: 'seen'; readonly actions: readonly MachineAction[] }
  /** This person's rights or sign-in do not allow it. */
  | { readonly kind: 'unreadable' }
  /** Entra did not answer for this person; others may be asked. */
  | { readonly kind: 'no-token-now' }
  | { readonly kind: 'postponed'; readonly retryAfterMs: number };

async function lookWith(
  parts: TrackParts,
  tenantId: string,
  reader: Reader,
  wanted: readonly TrackedAction[],
): Promise<Look> {
  const token = await tokenOf(parts, tenantId, reader);
  if (typeof token !== 'string') return token;
  const fresh = wanted.some((one) => one.ageSeconds < freshSeconds);
  const priority: CallPriority = fresh ? 'fresh' : 'routine';
  try {
    const ids = wanted.map((one) => one.machineActionId);
    const actions = await parts.defender.listActionsById(token, ids, { tenantId, priority });
    passed('sweep-listed');
    await record(parts, tenantId, reader, { asked: ids.length, seen: actions.length });
    return { kind: 'seen', actions };
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    await record(parts, tenantId, reader, { asked: wanted.length, failed: error.kind });
    return rights.includes(error.kind)
      ? { kind: 'unreadable' }
      : { kind: 'postponed', retryAfterMs: error.retryAfterMs ?? 5_000 };
  }
}

/** What Defender has against one reader; another may read. */
const rights: readonly DefenderError['kind'][] = [
  'unauthorized',
  'forbidden',
  'claims-challenge',
  'disabled-feature',
  'disallowed-operation',
];

const passingProblems: readonly string[] = ['throttled', 'unavailable', 'bot-credential'];

async function tokenOf(parts: TrackParts, tenantId: string, reader: Reader): Promise<string | Look> {
  try {
    if (parts.applicationToken !== undefined) return await parts.applicationToken(tenantId);
    const outcome = await parts.access.forPerson(reader.person);
    if (outcome.ok) return outcome.token;
    const { kind } = outcome.problem;
    await record(parts, tenantId, reader, { failed: kind });
    return { kind: passingProblems.includes(kind) ? 'no-token-now' : 'unreadable' };
  } catch (error) {
    parts.log.warn({ err: error }, 'no token to read machine actions with');
    return { kind: 'no-token-now' };
  }
}

async function settle(
  parts: TrackParts,
  tracked: TrackedAction,
  seen: { action: MachineAction; reader: string },
): Promise<void> {
  await parts.requests.apply(tracked.requestId, {
    kind: 'action-observed',
    machineAction: toMachineAction(seen.action, true),
  });
  passed('observation-stored', tracked.requestId);
  const after = lookAgainAfter(tracked.ageSeconds, parts.intervalSeconds);
  await parts.tracked.lookAgain(tracked, after, seen.reader);
  passed('next-look-stored', tracked.requestId);
}

/** A fresh id may be missing from the lists for a while; after that its status is said to be unconfirmed. */
async function leaveUnconfirmed(
  parts: TrackParts,
  tracked: TrackedAction,
  why: { postponeMs: number; passing: boolean },
): Promise<void> {
  const request = await parts.requests.byId(tracked.requestId);
  const state = request?.state;
  if (state?.status === 'running' && !state.unconfirmed) {
    const silent = (Date.parse(await parts.requests.now()) - Date.parse(state.confirmedAt)) / 1000;
    const patience = Math.max(120, 4 * lookAgainAfter(tracked.ageSeconds, parts.intervalSeconds));
    if (!why.passing || silent > patience)
      await parts.requests.apply(tracked.requestId, { kind: 'not-confirmed' });
  }
  const usual = lookAgainAfter(tracked.ageSeconds, parts.intervalSeconds);
  await parts.tracked.lookAgain(tracked, Math.max(usual, why.postponeMs / 1000), undefined);
}

/** A sweep serves many requests: its calls to Entra and Defender are one record in the tenant's chain. */
async function record(
  parts: TrackParts,
  tenantId: string,
  reader: Reader,
  detail: Record<string, unknown>,
): Promise<void> {
  const { objectId, name } = reader.person;
  await parts.requests.noteForTenant(tenantChain(tenantId), {
    what: 'machine-actions-listed',
    who: parts.applicationToken === undefined ? { objectId, name } : 'cordon',
    detail,
  });
}

function byTenant(actions: readonly TrackedAction[]): Map<string, TrackedAction[]> {
  return Map.groupBy(actions, (action) => action.tenantId);
}
