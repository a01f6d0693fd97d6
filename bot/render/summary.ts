import { type ContainmentRequest, nameOrId } from '../../src/containment/request.ts';
import { cardLabel } from '../../src/containment/batch.ts';
import { devicesText } from '../texts/counted.ts';
import { type State, isRetryable } from '../../src/containment/state.ts';
import { safeName } from './untrusted.ts';

/** One line for the notification toast and for screen readers in the message list. Plain text. */
export function summaryOf(request: ContainmentRequest): string {
  const { number, state, action, device, requestor } = request;
  const verb = action === 'restrict' ? 'restrict' : 'lift the restriction of';
  const target =
    request.members === undefined
      ? safeName(device?.name ?? nameOrId(request))
      : devicesText(request.members.length);
  const addition = request.members === undefined ? more(state) : '';
  return `#${number} ${cardLabel(request)}${addition}: ${verb} ${target}, asked by ${safeName(requestor.name)}`;
}

/** Whether anybody has to do something, and who, is worth a word where there is only one line. */
function more(state: State): string {
  if (state.status !== 'attention') return '';
  if (state.closed !== undefined) return ' (closed)';
  return state.reason.code === 'sign-in-needed' && isRetryable(state)
    ? ` (waiting for ${safeName(state.approval.by.name)} to sign in)`
    : '';
}
