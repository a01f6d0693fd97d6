import { ofNoAttempt } from '../containment/of-attempt.ts';
import { otherRestrictions, unseenRestrictions } from '../containment/other-restrictions.ts';
import type { DeviceRequest } from '../containment/request.ts';
import { DefenderError } from '../defender/errors.ts';
import type { BeforeSending } from '../store/look-first.ts';
import type { Session } from './defender-session.ts';
import { actionsOfTypes } from './look-first.ts';
import { approvalOf } from './machine-action.ts';
import type { JobParts } from './parts.ts';
import { withoutList } from './submit-failure.ts';

type Parts = Pick<JobParts, 'requests' | 'boxes' | 'defender' | 'departures'>;

const types = ['RestrictCodeExecution', 'UnrestrictCodeExecution'];

/**
 * Asked last before a lift is sent that was made for a time box, with the token of whoever approved it. What else restricts
 * the device, from the portal, another conversation or a request that a restored database has forgotten, is lifted only by
 * people who have seen it: the approval is void, and the card shows it to the next.
 */
export async function mayLift(
  parts: Parts,
  request: DeviceRequest,
  session: Session,
  before: BeforeSending,
): Promise<boolean> {
  if (request.lifts === undefined) return true;
  const restriction = await parts.requests.byId(request.lifts);
  if (restriction === undefined) return false;
  const of = ofNoAttempt(request.state);
  if (await isOfSomebodyGone(parts, request)) {
    await parts.requests.apply(request.id, { kind: 'attempt-void', ...of, why: { code: 'approver-left' } });
    return false;
  }
  try {
    const listed = await actionsOfTypes(parts, request, session, types);
    // After Defender: what is approved meanwhile is in our register at least.
    const registered = await parts.boxes.otherRestrictions(restriction);
    const others = otherRestrictions(restriction, { listed, registered });
    if (unseenRestrictions(request, others).length === 0) return true;
    const why = { code: 'restricted-anew' } as const;
    await parts.requests.apply(request.id, { kind: 'attempt-void', ...of, why, others });
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    const now = await parts.requests.now();
    await parts.requests.apply(request.id, withoutList(request, error, before, now));
  }
  return false;
}

/** What was approved in advance, days ago perhaps, is nothing to do for somebody who left the conversation since. */
async function isOfSomebodyGone({ departures }: Parts, { state, place }: DeviceRequest): Promise<boolean> {
  const approval = approvalOf({ state });
  return approval?.inAdvance === true && departures.hasLeft(place, approval.by.teamsId);
}
