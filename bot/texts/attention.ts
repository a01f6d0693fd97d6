import { cardLabel, membersOf } from '../../src/containment/batch.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { markdownSafeName } from '../render/untrusted.ts';

/** Why Retry or Close changed nothing, with the name of whoever it takes or who was faster. */

/** Nobody else's rights are used for this approval; what anybody else can do instead is said with it. */
export function onlyApproverRetries({ number, state }: ContainmentRequest): string {
  const approver = 'approval' in state ? state.approval?.by.name : undefined;
  const who = approver === undefined ? 'whoever approved it' : markdownSafeName(approver);
  return `Only ${who} can retry #${number}, because Cordon acts with the rights of the approver and of nobody else. Nothing was changed. Anybody but the requestor may press Close with a remark; then a new request can be made and approved by somebody else.`;
}

export function nothingToClose(request: ContainmentRequest): string {
  const { number } = request;
  const closings = membersOf(request).flatMap(({ state }) =>
    state.status === 'attention' ? (state.closed ?? []) : [],
  );
  // Of several devices the last word is the one that left nothing to close.
  const closed = closings.toSorted((one, other) => one.at.localeCompare(other.at)).at(-1);
  return closed === undefined
    ? `#${number} does not need to be closed, its status is “${cardLabel(request)}”. Nothing was changed.`
    : `${markdownSafeName(closed.by.name)} has closed #${number} already. Your click changed nothing.`;
}
