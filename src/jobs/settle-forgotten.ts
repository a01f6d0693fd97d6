import { later } from '../containment/decision.ts';
import { ofNoAttempt } from '../containment/of-attempt.ts';
import type { Instant } from '../containment/person.ts';
import type { DeviceRequest } from '../containment/request.ts';
import { DefenderError } from '../defender/errors.ts';
import { reasonOf } from './check-approval.ts';
import type { NoSession, Session } from './defender-session.ts';
import { lookFirst } from './look-first.ts';
import { type JobParts, secondsBetween } from './parts.ts';
import type { Again } from './run-job.ts';
import { leastSearchSeconds, longestSearchSeconds } from './search-pace.ts';

export type Settled =
  | { readonly kind: 'never-sent' }
  /** Nothing may be sent now: it is followed, still looked for, or people have to look. */
  | { readonly kind: 'not-to-send'; readonly again?: Again | undefined };

/** Before the first POST that this database knows of, when it may have forgotten one: see `lookFirst`. */
export async function settleForgotten(
  parts: JobParts,
  request: DeviceRequest,
  session: Session,
  until: Instant,
): Promise<Settled & { readonly again?: Again | undefined }> {
  try {
    const look = await lookFirst(parts, request, session, until);
    if (look === 'absent') return { kind: 'never-sent' };
    if (look === 'unclear') await leaveToPeople(parts, request);
    const again = look === 'checking' ? await lookAgain(parts, request, until) : undefined;
    return { kind: 'not-to-send', again };
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    const again = await hindered(parts, request, until, {
      lasting: reasonOf(error) !== undefined,
      retryAfterMs: error.retryAfterMs ?? 0,
    });
    return { kind: 'not-to-send', again };
  }
}

/** Nobody but the approver can look; without their sign-in it is not even certain that nothing was sent. */
export async function withoutSessionInDoubt(
  parts: JobParts,
  request: DeviceRequest,
  session: NoSession,
  until: Instant,
): Promise<Again | undefined> {
  const retryAfterMs = session.transient ? session.retryAfterMs : 0;
  return hindered(parts, request, until, { lasting: !session.transient, retryAfterMs });
}

interface Hindrance {
  readonly lasting: boolean;
  readonly retryAfterMs: number;
}

async function hindered(
  parts: JobParts,
  request: DeviceRequest,
  until: Instant,
  { lasting, retryAfterMs }: Hindrance,
): Promise<Again | undefined> {
  const overdue = secondsBetween(until, await parts.requests.now());
  if (overdue > (lasting ? 0 : longestSearchSeconds)) return leaveToPeople(parts, request);
  const again = await lookAgain(parts, request, until);
  return { againInSeconds: Math.max(again.againInSeconds, retryAfterMs / 1000) };
}

async function leaveToPeople(parts: JobParts, request: DeviceRequest): Promise<undefined> {
  const why = { code: 'outcome-unknown' } as const;
  await parts.requests.apply(request.id, { kind: 'attempt-stuck', ...ofNoAttempt(request.state), why });
}

/** The card says that Defender is asked; said once, so that the wait leaves no trail of changes. */
async function lookAgain(parts: JobParts, request: DeviceRequest, until: Instant): Promise<Again> {
  const { state } = request;
  const now = await parts.requests.now();
  const seconds = Math.max(leastSearchSeconds, secondsBetween(now, until) / 4);
  if (state.status !== 'submitting' || state.attempt.wait?.why !== 'checking') {
    const lookAt = later(now, seconds);
    await parts.requests.apply(request.id, {
      kind: 'attempt-postponed',
      ...ofNoAttempt(state),
      until: lookAt,
      why: 'checking',
    });
  }
  return { againInSeconds: seconds };
}
