import { secondsForTheHolder } from '../containment/approval.ts';
import { replicationLagSeconds } from '../containment/execution.ts';
import type { DeviceRequest } from '../containment/request.ts';
import type { StateOf } from '../containment/state.ts';
import { DefenderError } from '../defender/errors.ts';
import { findAfterSending, mayBeOurs } from '../defender/reconcile.ts';
import { passed } from '../platform/steps.ts';
import { reasonOf } from './check-approval.ts';
import { type Session, openSession } from './defender-session.ts';
import { readDeviceTwice } from './device-facts.ts';
import { follow } from './follow.ts';
import { actionsOfTypes } from './look-first.ts';
import { expectationOf } from './machine-action.ts';
import { type JobParts, secondsBetween } from './parts.ts';
import type { Again } from './run-job.ts';
import { leastSearchSeconds, longestSearchSeconds, paced } from './search-pace.ts';

type Submitting = StateOf<'submitting'>;

/** What kept Defender's list from being read. `lasting`: this person's rights or sign-in, unless that passes. */
interface Hindrance {
  readonly lasting: boolean;
  readonly retryAfterMs: number;
}

/** The POST's outcome is unknown: look for our mark, by machine, type, requestor and time, before anything else. */
export async function reconcile(
  parts: JobParts,
  request: DeviceRequest,
  state: Submitting,
): Promise<Again | undefined> {
  const session = await openSession(parts, request, state.approval.by, { priority: 'fresh' });
  if (!session.ok) {
    const retryAfterMs = session.transient ? session.retryAfterMs : 0;
    return searchLater(parts, request, state, { lasting: !session.transient, retryAfterMs });
  }
  try {
    return await lookForAction(parts, request, state, session);
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    const lasting = reasonOf(error) !== undefined;
    return await searchLater(parts, request, state, { lasting, retryAfterMs: error.retryAfterMs ?? 0 });
  } finally {
    await session.close();
  }
}

/**
 * One refusal may be a passing fault of Defender's, and as long as the lists may lag nothing can be settled anyway. After
 * that, whoever may not see the device or its actions any more cannot settle what became of the POST.
 */
async function searchLater(
  parts: JobParts,
  request: DeviceRequest,
  state: Submitting,
  { lasting, retryAfterMs }: Hindrance,
): Promise<Again | undefined> {
  const silence = secondsBetween(state.attempt.deadline, await parts.requests.now());
  // Another process may hold the only token that can look.
  const forTheHolder = state.approval.steppedUp === true ? secondsForTheHolder : 0;
  const patience = lasting ? replicationLagSeconds + forTheHolder : longestSearchSeconds;
  if (silence > patience) return giveUp(parts, request, state);
  return { againInSeconds: Math.max(paced(silence), retryAfterMs / 1000) };
}

/** Somebody has to look: the card says so. */
async function giveUp(parts: JobParts, request: DeviceRequest, state: Submitting): Promise<undefined> {
  await parts.requests.apply(request.id, {
    kind: 'attempt-stuck',
    attemptId: state.attempt.id,
    why: { code: 'outcome-unknown' },
  });
}

async function lookForAction(
  parts: JobParts,
  request: DeviceRequest,
  state: Submitting,
  session: Session,
): Promise<Again | undefined> {
  const expected = await expectationOf(parts, request, session);
  const askedAt = await parts.requests.now();
  const actions = await actionsOfTypes(parts, request, session, [expected.type]);
  passed('doubt-listed', request.id);
  const found = findAfterSending(actions, expected);
  if (found.match !== 'none') {
    await follow(parts, request, { found, expected });
    return undefined;
  }
  const mark = (await parts.lookFirst.of(request.id))?.lookFirstUntil;
  const isLagOver = secondsBetween(state.attempt.deadline, askedAt) >= replicationLagSeconds;
  if (!isLagOver || (mark !== undefined && askedAt < mark)) return { againInSeconds: leastSearchSeconds };
  // "Not there" counts only from somebody who can see the device at all.
  await readDeviceTwice(parts, session, request.deviceId);
  if (mayBeOurs(actions, expected)) return giveUp(parts, request, state);
  await parts.requests.apply(request.id, { kind: 'action-absent', askedAt });
  return undefined;
}
