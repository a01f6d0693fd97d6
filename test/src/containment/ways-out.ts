import assert from 'node:assert/strict';
import type { Decision } from '../../../src/containment/decision.ts';
import type { Event } from '../../../src/containment/event.ts';
import { type State, type StateOf, isFinal } from '../../../src/containment/state.ts';
import { aMachineAction, riley, sam } from '../../support/requests.ts';
import { closedOf } from './reading.ts';

/** How people (P), time (T) or Defender (D) end each state; none of them may lead nowhere. */
export function waysOut(state: State): readonly Event[] {
  const found: Event = { kind: 'action-found', machineAction: aMachineAction({ status: 'Pending' }) };
  // T: the work that would bring it on has failed again and again.
  const submitDied: Event = { kind: 'job-died', job: 'submit' };
  const close: Event = { kind: 'close-clicked', by: sam, comment: 'settled by hand' };
  switch (state.status) {
    case 'awaiting':
      return [{ kind: 'time-passed' }];
    case 'approved':
      return [submitDied, found, { kind: 'cancel-clicked', by: riley, comment: 'not needed' }];
    case 'submitting':
      return [submitDied, found];
    case 'running': {
      const machineAction = { ...state.machineAction, status: 'TimeOut' as const };
      assert.ok(isFinal(machineAction.status));
      return [{ kind: 'action-observed', machineAction }];
    }
    case 'attention':
      return [close, ...waysOn(state, found)];
    default:
      return [];
  }
}

/** P: check again or retry, where something can still come of it. */
function waysOn({ reason, approval }: StateOf<'attention'>, found: Event): readonly Event[] {
  if (approval === undefined) return [];
  switch (reason.code) {
    case 'outcome-unknown':
      return [found];
    case 'sign-in-needed':
    case 'step-failed':
      return [{ kind: 'retry-clicked', by: approval.by }];
    default:
      return [];
  }
}

export function isElsewhere(state: State, { request }: Decision): boolean {
  return request.state.status !== state.status || closedOf(request.state) !== closedOf(state);
}

/** Needs attention for good: nothing but to be closed. */
export function isImpossible(state: State): boolean {
  return state.status === 'attention' && waysOut(state).length === 1;
}
