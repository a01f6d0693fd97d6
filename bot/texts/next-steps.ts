import { utcShort } from '../render/utc.ts';
import type { Action, ContainmentRequest } from '../../src/containment/request.ts';
import type {
  AttentionReason,
  MachineActionStatus,
  StateOf,
  WaitReason,
} from '../../src/containment/state.ts';
import { elsewhereStep } from './elsewhere.ts';
import { nextStepOfAll } from './next-steps-of-several.ts';
import { boxStep } from './time-box.ts';
import { uncheckedStep } from './unchecked.ts';

/**
 * The one sentence of a card that says what happens next. No name and no text from outside is in it, so that it
 * may stand in a TextBlock. It never claims more than Defender confirmed.
 */
export function nextStep(request: ContainmentRequest): string {
  if (request.members !== undefined) return nextStepOfAll(request);
  // Whatever it says otherwise is older.
  const isFoundSince = request.elsewhere !== undefined && request.state.status !== 'ended';
  if (isFoundSince) return elsewhereStep(request) ?? usualStep(request);
  const unchecked = request.unchecked === true ? uncheckedStep(request) : undefined;
  return unchecked ?? usualStep(request);
}

function usualStep(request: ContainmentRequest): string {
  const { state } = request;
  switch (state.status) {
    case 'awaiting':
      return whileAwaiting(request, state);
    case 'denied':
      return 'Nothing was changed on the device. Ask again with a new request if that is still needed.';
    case 'expired':
      return 'Nobody decided in time, so nothing was changed on the device. Ask again if it is still needed.';
    case 'withdrawn':
      return 'Nothing was changed on the device.';
    case 'approved':
      return request.hold === undefined
        ? 'Cordon now hands the action to Defender, with the rights of the approver.'
        : keptText(state);
    case 'submitting':
      return whileSubmitting(request, state);
    case 'running':
      return whileRunning(state);
    case 'ended':
      return onceEnded(request, state);
    case 'attention':
      return state.closed === undefined ? attentionText(request, state.reason) : closedText(state.reason);
  }
}

function onceEnded(request: ContainmentRequest, { machineAction }: StateOf<'ended'>): string {
  return elsewhereStep(request) ?? boxStep(request) ?? atTheEnd[machineAction.status][request.action];
}

function whileAwaiting(request: ContainmentRequest, state: StateOf<'awaiting'>): string {
  if (request.place.kind === 'personal') {
    return 'Nobody can approve in this chat. Send the text below in the incident channel instead.';
  }
  if (state.clicks.length > 0 && state.clicks.every(({ signInUntil }) => signInUntil !== undefined)) {
    return 'Entra asks whoever pressed Approve for one more sign-in step. Somebody else may approve or deny meanwhile.';
  }
  if (state.clicks.length > 0) return 'Defender is checking the rights of whoever pressed Approve.';
  if (request.hold !== undefined) {
    return 'Somebody other than the requestor approves or denies. An approval is kept and goes on when submission is resumed.';
  }
  return 'Somebody other than the requestor approves or denies. Until then nothing happens to the device.';
}

/** The token of Cordon's own sign-in page is not kept for as long as a pause may last. */
function keptText({ approval }: StateOf<'approved' | 'submitting'>): string {
  return approval.steppedUp === true
    ? 'The approval is kept. When submission is resumed, the approver may have to sign in once more: the card asks for it then.'
    : 'The approval is kept. Cordon hands the action to Defender when submission is resumed, with the rights of the approver.';
}

function whileSubmitting(request: ContainmentRequest, state: StateOf<'submitting'>): string {
  const { attempt, cancel } = state;
  if (cancel !== undefined) {
    return 'Cancellation is asked for. It takes effect as soon as it is certain whether Defender took the action.';
  }
  if (request.hold !== undefined && attempt.outcome === 'unsent') return keptText(state);
  if (attempt.wait === undefined) {
    return 'Cordon is handing the action to Defender, which has not confirmed it yet.';
  }
  const { why, until } = attempt.wait;
  return why === 'paused' ? keptText(state) : waits[why](utcShort(until, request.createdAt));
}

const waits: Readonly<Record<Exclude<WaitReason, 'paused'>, (until: string) => string>> = {
  throttled: (until) => `Defender asked to wait until ${until}. Cordon hands the action over then.`,
  budget: (until) =>
    `The share of calls to Defender is used up. Cordon hands the action over after ${until}.`,
  unreachable: (until) => `Entra or Defender could not be reached. Cordon tries again at ${until}.`,
  checking: () => 'Checking with Defender whether it took the action. It is not sent twice.',
};

function whileRunning({ machineAction, unconfirmed, cancel }: StateOf<'running'>): string {
  if (unconfirmed === true) {
    return 'The status cannot be read at the moment. Whoever may see the device can press Check again.';
  }
  if (cancel?.stage === 'requested') return 'Cancellation was asked for. Defender has not confirmed it yet.';
  if (cancel?.stage === 'accepted')
    return 'Defender took the cancellation. The card follows what it reports.';
  return machineAction.status === 'InProgress'
    ? 'Defender reports that the action is in progress on the device. The card follows it.'
    : 'Defender has taken the action; the device has not reported yet. The card follows it.';
}

const notDone = 'Look in the Action center for the cause, then ask again.';

const atTheEnd: Readonly<Record<MachineActionStatus, Readonly<Record<Action, string>>>> = {
  // Defender names no end here; the words hold should it ever do so.
  Pending: both('Defender has the action.'),
  InProgress: both('Defender has the action.'),
  Succeeded: {
    restrict: 'Defender reports that app execution is restricted. To lift it, use /unrestrict.',
    unrestrict: 'Defender reports that the restriction of app execution is lifted.',
  },
  Failed: both(`Defender reports that the action failed. ${notDone}`),
  TimeOut: both(
    'Defender reports that the action timed out. See that the device is on and connected, then ask again.',
  ),
  Cancelled: both('Defender reports that the action was cancelled.'),
};

function both(text: string): Readonly<Record<Action, string>> {
  return { restrict: text, unrestrict: text };
}

/** Whoever closed it may know more; Defender has confirmed nothing since. */
function closedText({ code }: AttentionReason): string {
  return code === 'outcome-unknown'
    ? 'Closed, and followed no more. It was never confirmed whether Defender took the action: the Action center shows it if it did.'
    : 'Closed. Nothing was changed on the device. Ask again with a new request if that is still needed.';
}

function attentionText({ createdAt }: ContainmentRequest, reason: AttentionReason): string {
  switch (reason.code) {
    case 'os-not-supported':
      return 'App execution cannot be restricted on this operating system, so nothing was changed. Contain the device in another way.';
    case 'not-onboarded':
      return 'The device is not onboarded to Defender for Endpoint, so nothing was changed. Contain the device in another way.';
    case 'client-too-old':
      return 'The Defender client on the device is too old for this action, so nothing was changed. Update it, then ask again.';
    case 'refused-by-defender':
      return 'Defender refused the action, so nothing was changed. Its answer is below.';
    case 'outcome-unknown':
      return 'It is not certain whether Defender took the action. Press Check again or look in the Action center; Cordon does not send it twice.';
    case 'sign-in-needed':
      if (reason.notBefore !== undefined) {
        return `Nothing was sent to Defender: it takes nothing before ${utcShort(reason.notBefore, createdAt)}, and the sign-in of the approver is not kept that long. The approver presses Retry after that and signs in.`;
      }
      return 'Nothing was sent to Defender: it takes a fresh sign-in of the approver, and no other is used. The approver presses Retry and signs in.';
    case 'step-failed':
      return 'Nothing was sent to Defender: handing the action over failed again and again. The approver may press Retry.';
  }
}
