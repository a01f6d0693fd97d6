import {
  onApproveClicked,
  onApproveNeedsSignIn,
  onApproveRefused,
  onApproveVerified,
  onDeviceRead,
  onDenyClicked,
} from './approval.ts';
import { withBoxBegun, withLiftSettled } from './box-end.ts';
import { onLeftOut } from './leave-out.ts';
import { onCloseClicked, onJobDied, onRetryClicked } from './attention.ts';
import { onCancelAccepted, onCancelClicked, onCancelRefused } from './cancellation.ts';
import { decideBox, isBoxEvent } from './decide-box.ts';
import { type Decision, isPast, moved, tellClickers, unchanged } from './decision.ts';
import type { BoxEvent, Effect, Event } from './event.ts';
import {
  onActionAbsent,
  onActionFound,
  onActionObserved,
  onAttemptPostponed,
  onAttemptStarted,
  onAttemptStuck,
  onAttemptUnclear,
  onAttemptVoid,
  onNotConfirmed,
} from './execution.ts';
import { onSubmissionPaused, onSubmissionResumed, withoutIdleHold } from './hold.ts';
import type { Instant } from './person.ts';
import { isVainSoFar, standsFor } from './vain.ts';
import { type ContainmentRequest, type DeviceRequest, hasDevice } from './request.ts';

/**
 * The one door through which a request changes. Pure: the same request, event and time give the same
 * decision, so that four deliveries, two replicas and a kill in between end the same way.
 * `now` is the database's clock.
 */
export function decide(request: ContainmentRequest, event: Event, now: Instant): Decision {
  const decision = isBoxEvent(event) ? decideBox(request, event, now) : decideEvent(request, event, now);
  if (decision.request === request) return decision;
  const settled = withLiftSettled(request, withBoxBegun(request, withoutIdleHold(decision), now));
  const [before, after] = [request.state, settled.request.state];
  const isUndecided = standsFor(before) === standsFor(after);
  const isOfPress = ofPresses.has(event.kind) || isVainSoFar(before) || isVainSoFar(after);
  return isUndecided && isOfPress ? asOfPress(settled) : settled;
}

/** Anybody may bring these about as often as they press, without any right: they change what stands beside the status. */
const ofPresses: ReadonlySet<Event['kind']> = new Set([
  // Whoever looks at a card has its devices looked up.
  'device-read',
  'approve-clicked',
  'approve-verified',
  'approve-needs-sign-in',
  'approve-refused',
  'release-clicked',
  'extend-clicked',
  'wish-needs-sign-in',
  'wish-refused',
  'cancel-clicked',
  'cancel-refused',
]);

function asOfPress(decision: Decision): Decision {
  const effects = decision.effects.map((effect): Effect =>
    effect.kind === 'sync-card' ? { ...effect, press: true } : effect,
  );
  return { ...decision, effects };
}

function decideEvent(request: ContainmentRequest, event: Exclude<Event, BoxEvent>, now: Instant): Decision {
  switch (event.kind) {
    case 'device-read':
    case 'approve-clicked':
    case 'approve-verified':
    case 'approve-needs-sign-in':
    case 'approve-refused':
    case 'deny-clicked':
    case 'left-out':
    case 'time-passed':
      return decideApproval(request, event, now);
    default:
      return decideOnwards(request, event, now);
  }
}

function decideOnwards(request: ContainmentRequest, event: OnwardEvent, now: Instant): Decision {
  switch (event.kind) {
    case 'cancel-clicked':
      return onCancelClicked(request, event, now);
    case 'retry-clicked':
    case 'close-clicked':
    case 'job-died':
    case 'submission-paused':
    case 'submission-resumed':
      return decideObstacle(request, event, now);
    default:
      // Of a request without a device nothing was approved, so that nothing of this can be about it.
      return hasDevice(request) ? decideExecution(request, event, now) : unchanged(request);
  }
}

type ApprovalEvent = Extract<
  Event,
  { kind: `approve-${string}` | 'device-read' | 'deny-clicked' | 'left-out' | 'time-passed' }
>;
type OnwardEvent = Exclude<Event, ApprovalEvent | BoxEvent>;
type ObstacleEvent = Extract<
  Event,
  { kind: 'retry-clicked' | 'close-clicked' | 'job-died' | `submission-${string}` }
>;
type ExecutionEvent = Exclude<OnwardEvent, ObstacleEvent | { kind: 'cancel-clicked' }>;

function decideApproval(request: ContainmentRequest, event: ApprovalEvent, now: Instant): Decision {
  switch (event.kind) {
    case 'device-read':
      return onDeviceRead(request, event, now);
    case 'approve-clicked':
      return onApproveClicked(request, event, now);
    case 'approve-verified':
      return onApproveVerified(request, event, now);
    case 'approve-needs-sign-in':
      return onApproveNeedsSignIn(request, event, now);
    case 'approve-refused':
      return onApproveRefused(request, event, now);
    case 'deny-clicked':
      return onDenyClicked(request, event, now);
    case 'left-out':
      return onLeftOut(request, event, now);
    case 'time-passed':
      return expireIfDue(request, now);
  }
}

function decideObstacle(request: ContainmentRequest, event: ObstacleEvent, now: Instant): Decision {
  switch (event.kind) {
    case 'retry-clicked':
      return onRetryClicked(request, event, now);
    case 'close-clicked':
      return onCloseClicked(request, event, now);
    case 'job-died':
      return onJobDied(request, event, now);
    case 'submission-paused':
      return onSubmissionPaused(request, event);
    case 'submission-resumed':
      return onSubmissionResumed(request, now);
  }
}

function decideExecution(request: DeviceRequest, event: ExecutionEvent, now: Instant): Decision {
  switch (event.kind) {
    case 'cancel-accepted':
      return onCancelAccepted(request, event);
    case 'cancel-refused':
      return onCancelRefused(request, event);
    case 'attempt-started':
      return onAttemptStarted(request, event, now);
    case 'attempt-postponed':
      return onAttemptPostponed(request, event, now);
    case 'attempt-void':
      return onAttemptVoid(request, event, now);
    case 'attempt-unclear':
      return onAttemptUnclear(request, event, now);
    case 'attempt-stuck':
      return onAttemptStuck(request, event, now);
    case 'action-found':
      return onActionFound(request, event, now);
    case 'action-absent':
      return onActionAbsent(request, event, now);
    case 'action-observed':
      return onActionObserved(request, event, now);
    case 'not-confirmed':
      return onNotConfirmed(request);
  }
}

/** Expiry by the database's clock; clicks still being checked are void and their people told. */
function expireIfDue(request: ContainmentRequest, now: Instant): Decision {
  const { state } = request;
  if (state.status !== 'awaiting' || !isPast(request.expiresAt, now)) return unchanged(request);
  return moved(request, { status: 'expired', at: now }, [
    ...tellClickers(state.clicks, { code: 'ended-meanwhile' }),
    { kind: 'notify', about: 'Expired' },
  ]);
}
