import type { ContainmentRequest } from '../../src/containment/request.ts';
import { labelOf } from '../../src/containment/state.ts';
import { safeName } from './untrusted.ts';

/** One line for the notification toast and for screen readers in the message list. Plain text. */
export function summaryOf({
  number,
  state,
  action,
  device,
  deviceId,
  requestor,
}: ContainmentRequest): string {
  const verb = action === 'restrict' ? 'restrict' : 'lift the restriction of';
  const target = device?.name === undefined ? deviceId : safeName(device.name);
  return `#${number} ${labelOf(state)}: ${verb} ${target}, asked by ${safeName(requestor.name)}`;
}
