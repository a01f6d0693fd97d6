import type { State } from '../../../src/containment/state.ts';

export function isOver(state: State): boolean {
  return closedOf(state) !== undefined || ['denied', 'expired', 'withdrawn', 'ended'].includes(state.status);
}

export function closedOf(state: State) {
  return state.status === 'attention' ? state.closed : undefined;
}

export function reasonOf(state: State) {
  return state.status === 'attention' ? state.reason.code : undefined;
}

export function approvalOf(state: State) {
  return 'approval' in state ? state.approval : undefined;
}

export function attemptOf(state: State) {
  return 'attempt' in state ? state.attempt : undefined;
}

export function clickerOf(state: State, clickId: string | undefined) {
  return state.status === 'awaiting' ? state.clicks.find((click) => click.id === clickId)?.by : undefined;
}
