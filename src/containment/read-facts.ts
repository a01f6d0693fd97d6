import { type DeviceFacts, offlineSince } from './device.ts';
import type { Instant } from './person.ts';
import type { ContainmentRequest } from './request.ts';

/**
 * What somebody's token has read of the device for this very request. The lift of a time box may begin with what was read for
 * the restriction, perhaps weeks ago, until a look or a press reads it anew: of that, only the name still tells something.
 */
export function readFacts(request: ContainmentRequest): DeviceFacts | undefined {
  const { device, lifts } = request;
  const isRead = lifts === undefined || device?.stakes !== undefined || isPressedAnew(request);
  return isRead ? device : undefined;
}

/** Since when the device was offline as its facts were read, as far as these tell. */
export function offlineAsRead(request: ContainmentRequest): Instant | undefined {
  const facts = readFacts(request);
  return facts && offlineSince(facts, facts.stakes?.at ?? approvalOf(request)?.at ?? request.createdAt);
}

/** Such a lift is approved when it is made; who approves it later presses, and their token reads the device. */
function isPressedAnew(request: ContainmentRequest): boolean {
  return approvalOf(request)?.again === true;
}

function approvalOf({ state }: ContainmentRequest) {
  return 'approval' in state ? state.approval : undefined;
}
