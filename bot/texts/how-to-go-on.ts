import { boxInForce } from '../../src/containment/box-in-force.ts';
import { type ContainmentRequest, nameOrId } from '../../src/containment/request.ts';
import { isReleasedSince, isRestrictedElsewhere } from '../../src/containment/standing.ts';
import { howToGoOnWithAll } from './several-devices.ts';
import { type StateOf, isInDoubt, isRetryable } from '../../src/containment/state.ts';

/** Which button or command brings a request on, for somebody who does not see its card. */
export function howToGoOn(request: ContainmentRequest): string {
  if (request.members !== undefined) return howToGoOnWithAll(request);
  const { number, state } = request;
  // Also of one that was given up, and whose action Defender lists as succeeded by now.
  if (isRestrictedElsewhere(request)) return askToLift(request);
  switch (state.status) {
    case 'awaiting':
      return whileAwaiting(request);
    case 'approved':
      return `/cancel #${number} <reason> takes it back.`;
    case 'submitting':
    case 'running':
      return `Cancel action on its card, or /cancel #${number} <reason>, stops it while Defender still can.`;
    case 'ended':
      return state.machineAction.status === 'Succeeded' ? afterSuccess(request) : askAgain(request);
    case 'attention':
      return whileUnsettled(request, state);
    default:
      return askAgain(request);
  }
}

function whileAwaiting({ number, place }: ContainmentRequest): string {
  const back = `/cancel #${number} <reason> takes it back.`;
  return place.kind === 'personal'
    ? `Nobody can approve in this chat; ask in the incident channel. ${back}`
    : `Approve or Deny on its card decides; ${back}`;
}

function afterSuccess(request: ContainmentRequest): string {
  const isLifted = request.action === 'restrict' && request.elsewhere?.at(-1)?.became === 'lifted';
  if (isReleasedSince(request) || isLifted) return askAgain(request);
  const box = boxInForce(request);
  if (box?.lift !== undefined) return `#${box.lift.number} asks to lift it, on its own card.`;
  if (box !== undefined) return 'On its card Release lifts it now, and Extend moves the end.';
  return request.action === 'restrict' ? askToLift(request) : 'Nothing is left to do.';
}

function askToLift(request: ContainmentRequest): string {
  return `/unrestrict ${nameOrId(request)} <reason> asks to lift it.`;
}

function whileUnsettled(request: ContainmentRequest, state: StateOf<'attention'>): string {
  if (state.closed !== undefined) return askAgain(request);
  if (request.place.kind === 'personal')
    return 'Nobody can settle it in this chat; ask in the incident channel.';
  if (isInDoubt(state)) return 'Check again on its card asks Defender; Close with a remark ends it.';
  if (isRetryable(state)) return 'Retry on its card is for the approver; Close with a remark ends it.';
  return 'Close on its card, with a remark, ends it.';
}

function askAgain(request: ContainmentRequest): string {
  return `/${request.action} ${nameOrId(request)} <reason> asks anew.`;
}
