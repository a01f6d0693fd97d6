import { later } from '../containment/decision.ts';
import { ofNoAttempt } from '../containment/of-attempt.ts';
import type { DeviceRequest } from '../containment/request.ts';
import { DefenderError } from '../defender/errors.ts';
import type { Session } from './defender-session.ts';
import { actionsOfKind } from './look-first.ts';
import { approvalOf } from './machine-action.ts';
import type { JobParts } from './parts.ts';

type Parts = Pick<JobParts, 'requests' | 'defender'>;

const againSeconds = 5;

/**
 * Whoever approved a time box has approved the end of that restriction, and of no other. If Defender has a newer one on the
 * device, from the portal, another conversation or a request that a restored database has forgotten, people decide.
 */
export async function mayLift(parts: Parts, request: DeviceRequest, session: Session): Promise<boolean> {
  if (request.lifts === undefined || approvalOf(request)?.inAdvance !== true) return true;
  const restriction = await parts.requests.byId(request.lifts);
  const action = restriction?.state.status === 'ended' ? restriction.state.machineAction : undefined;
  if (action === undefined) return true;
  const of = ofNoAttempt(request.state);
  try {
    const restrictions = await actionsOfKind(parts, request, session, 'RestrictCodeExecution');
    const isAnew = restrictions.some(
      ({ id, status, createdAt }) =>
        id !== action.id && mayHold.includes(status) && Date.parse(createdAt) > Date.parse(action.createdAt),
    );
    if (!isAnew) return true;
    await parts.requests.apply(request.id, { kind: 'attempt-void', ...of, why: { code: 'restricted-anew' } });
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    const seconds = Math.max(againSeconds, (error.retryAfterMs ?? 0) / 1_000);
    const until = later(await parts.requests.now(), seconds);
    await parts.requests.apply(request.id, { kind: 'attempt-postponed', ...of, until, why: 'unreachable' });
  }
  return false;
}

const mayHold: readonly string[] = ['Pending', 'InProgress', 'Succeeded'];
