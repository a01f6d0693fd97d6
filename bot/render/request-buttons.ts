import type { ContainmentRequest } from '../../src/containment/request.ts';
import { type StateOf, isInDoubt, isRetryable } from '../../src/containment/state.ts';
import { type PortalLink, actionCenter, devicePage } from './portal-links.ts';

export type Button = {
  readonly verb: 'approve' | 'deny' | 'cancel' | 'recheck' | 'retry' | 'close';
  readonly title: string;
  readonly style: 'default' | 'positive';
  /** Whether the comment field goes with the click. */
  readonly inputs: 'auto' | 'none';
};

const approve: Button = { verb: 'approve', title: 'Approve', style: 'positive', inputs: 'auto' };
const deny: Button = { verb: 'deny', title: 'Deny', style: 'default', inputs: 'auto' };
const recheck: Button = { verb: 'recheck', title: 'Check again', style: 'default', inputs: 'none' };
const retry: Button = { verb: 'retry', title: 'Retry', style: 'positive', inputs: 'none' };
const close: Button = { verb: 'close', title: 'Close', style: 'default', inputs: 'auto' };

/** What may be pressed; whether the one who presses is allowed to is decided at the click, never here. */
export function buttons({ state, place }: ContainmentRequest): Button[] {
  switch (state.status) {
    case 'awaiting':
      return place.kind === 'personal'
        ? [cancel('Cancel request')]
        : [approve, deny, cancel('Cancel request')];
    case 'approved':
      return [cancel('Cancel request')];
    case 'submitting':
      return [cancel('Cancel action')];
    case 'running':
      return state.unconfirmed === true ? [recheck, cancel('Cancel action')] : [cancel('Cancel action')];
    case 'attention':
      // In a personal chat only the requestor could press, who may not.
      return place.kind === 'personal' ? [] : waysOut(state);
    default:
      return [];
  }
}

function waysOut(state: StateOf<'attention'>): Button[] {
  if (state.closed !== undefined) return [];
  if (isInDoubt(state)) return [recheck, close];
  return isRetryable(state) ? [retry, close] : [close];
}

function cancel(title: string): Button {
  return { verb: 'cancel', title, style: 'default', inputs: 'auto' };
}

/** The Action center helps once Defender has an action, or may have one. */
export function links(request: ContainmentRequest, portalUrl: string): PortalLink[] {
  const { state, deviceId, unchecked } = request;
  const hasAction = state.status === 'running' || state.status === 'ended';
  const isUnclear = state.status === 'attention' && state.reason.code === 'outcome-unknown';
  const mayHaveAction = isUnclear || unchecked === true;
  return [
    ...(deviceId === undefined ? [] : devicePage(portalUrl, deviceId)),
    ...(hasAction || mayHaveAction ? [actionCenter(portalUrl)] : []),
  ];
}
