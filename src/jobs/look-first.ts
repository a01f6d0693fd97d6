import type { Instant } from '../containment/person.ts';
import type { DeviceRequest } from '../containment/request.ts';
import { DefenderError } from '../defender/errors.ts';
import { type Reconciliation, findOurAction, mayBeOurs } from '../defender/reconcile.ts';
import { isFinished } from '../defender/schema.ts';
import { passed } from '../platform/steps.ts';
import type { Session } from './defender-session.ts';
import { readDeviceTwice } from './device-facts.ts';
import { follow } from './follow.ts';
import { expectationOf } from './machine-action.ts';
import type { JobParts } from './parts.ts';

/**
 * An action of the kind that is already live on the device is followed, not repeated.
 * - `no-answer`: Defender did not say what runs there.
 */
export async function adoptWhatRuns(
  parts: JobParts,
  request: DeviceRequest,
  session: Session,
): Promise<'follows' | 'nothing' | 'no-answer'> {
  try {
    const expected = await expectationOf(parts, request, session);
    const found = findOurAction(await actionsOfTypes(parts, request, session, [expected.type]), expected);
    // Nothing is in doubt here, so a comment that only begins like ours is no proof that an ended action was.
    if (found.match === 'none' || isGuessed(found)) return 'nothing';
    await follow(parts, request, { found, expected });
    return 'follows';
  } catch (error) {
    // Defender itself refuses a duplicate: as long as nothing was in doubt the list must not hold up the restriction.
    if (error instanceof DefenderError) return 'no-answer';
    throw error;
  }
}

function isGuessed(found: Exclude<Reconciliation, { match: 'none' }>): boolean {
  return found.match === 'ours' && found.commentCutTo !== undefined && isFinished(found.action);
}

/** - `unclear`: an action is there that may be ours; only people can tell. */
export type FirstLook = 'follows' | 'checking' | 'absent' | 'unclear';

/**
 * The database may have forgotten an attempt of this request, perhaps under another approval: Defender is asked, and
 * "not there" counts only after `until`, from somebody who can see the device. Throws what the calls throw.
 */
export async function lookFirst(
  parts: JobParts,
  request: DeviceRequest,
  session: Session,
  until: Instant,
): Promise<FirstLook> {
  const expected = { ...(await expectationOf(parts, request, session)), notBefore: request.createdAt };
  const askedAt = await parts.requests.now();
  const actions = await actionsOfTypes(parts, request, session, [expected.type]);
  passed('forgotten-listed', request.id);
  const found = findOurAction(actions, expected);
  if (found.match !== 'none') {
    await follow(parts, request, { found, expected });
    return 'follows';
  }
  if (askedAt < until) return 'checking';
  await readDeviceTwice(parts, session, request.deviceId);
  if (mayBeOurs(actions, expected)) return 'unclear';
  await parts.lookFirst.done(request.id, until);
  return 'absent';
}

export async function actionsOfTypes(
  parts: Pick<JobParts, 'defender'>,
  request: DeviceRequest,
  session: Session,
  types: readonly string[],
) {
  const query = { machineId: request.deviceId, types };
  return parts.defender.listOpenActions(session.token, query, session.options);
}
