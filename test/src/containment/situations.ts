import { decide } from '../../../src/containment/decide.ts';
import type { Event } from '../../../src/containment/event.ts';
import type { ContainmentRequest } from '../../../src/containment/request.ts';
import { requestStates } from '../../support/request-states.ts';
import { aMachineAction, alex, riley, sam } from '../../support/requests.ts';

/** Seven minutes after the request, before it expires, after the deadline and the lag of its attempt. */
export const now = '2026-11-23T03:17:20.000Z';
export const afterExpiry = '2026-11-23T07:10:20.000Z';
export const theAttempt = 'attempt-1';
export const theClick = 'click-1';
/** When the approval of every state was given. */
export const theApproval = '2026-11-23T03:12:05.000Z';

export function inState(name: string): ContainmentRequest {
  const request = name === 'submitting-stopped' ? stoppedWhileSubmitting() : requestStates[name];
  if (request === undefined) throw new Error(`There is no state ${name}`);
  return request;
}

/** The states of the table, one for each shape that a request can have. */
export const stateNames = [
  'awaiting',
  'awaiting-click',
  'denied',
  'expired',
  'withdrawn',
  'approved',
  'submitting',
  'submitting-throttled',
  'submitting-checking',
  'submitting-cancel-asked',
  'submitting-stopped',
  'pending',
  'in-progress',
  'in-progress-cancel-asked',
  'in-progress-cancel-accepted',
  'succeeded',
  'attention-os',
  'attention-unknown',
] as const;

const supported = { name: 'ws-finance-017', osPlatform: 'Windows11', onboarding: 'Onboarded' };
const notPermitted = { code: 'not-permitted' } as const;
const observed = (status: 'Pending' | 'InProgress' | 'Succeeded'): Event => ({
  kind: 'action-observed',
  machineAction: aMachineAction({ status }),
});

/** Every kind of event, with the variants that decide differently. */
export const events: Readonly<Record<string, Event>> = {
  'device read': { kind: 'device-read', device: supported },
  'impossible device read': { kind: 'device-read', device: { osPlatform: 'macOS' } },
  'approve by alex': { kind: 'approve-clicked', by: alex, clickId: 'click-2', comment: 'go' },
  'approve by sam': { kind: 'approve-clicked', by: sam, clickId: 'click-2' },
  'approve by the requestor': { kind: 'approve-clicked', by: riley, clickId: 'click-2' },
  'click verified': { kind: 'approve-verified', clickId: theClick, device: supported, upn: 'alex@x.example' },
  'click verified, impossible': {
    kind: 'approve-verified',
    clickId: theClick,
    device: { osPlatform: 'Linux' },
  },
  'click refused': { kind: 'approve-refused', clickId: theClick, why: notPermitted, tell: true },
  'deny by sam': { kind: 'deny-clicked', by: sam, comment: 'a drill' },
  'deny without a comment': { kind: 'deny-clicked', by: sam, comment: ' \n' },
  'deny by the requestor': { kind: 'deny-clicked', by: riley, comment: 'oops' },
  'cancel by the requestor': { kind: 'cancel-clicked', by: riley, comment: 'wrong device' },
  'cancel by alex': { kind: 'cancel-clicked', by: alex, comment: 'wrong device' },
  'cancel by sam': { kind: 'cancel-clicked', by: sam, comment: 'wrong device' },
  'cancel accepted': { kind: 'cancel-accepted', by: sam },
  'cancel refused': { kind: 'cancel-refused', by: sam, why: { code: 'already-final' }, tell: true },
  'time passed': { kind: 'time-passed' },
  'attempt started': {
    kind: 'attempt-started',
    attemptId: 'attempt-2',
    deadline: '2026-11-23T03:17:40.000Z',
  },
  'attempt postponed': {
    kind: 'attempt-postponed',
    attemptId: theAttempt,
    until: '2026-11-23T03:18:00.000Z',
    why: 'throttled',
  },
  'nothing begun, postponed': {
    kind: 'attempt-postponed',
    approvedAt: theApproval,
    tried: 0,
    until: '2026-11-23T03:18:00.000Z',
    why: 'unreachable',
  },
  'older attempt postponed': {
    kind: 'attempt-postponed',
    attemptId: 'attempt-0',
    until: '2026-11-23T03:18:00.000Z',
    why: 'throttled',
  },
  'attempt void': { kind: 'attempt-void', attemptId: theAttempt, why: notPermitted },
  'nothing begun, void': {
    kind: 'attempt-void',
    approvedAt: theApproval,
    tried: 0,
    why: { code: 'sign-in-gone' },
  },
  'nothing begun again, void': {
    kind: 'attempt-void',
    approvedAt: theApproval,
    tried: 1,
    why: { code: 'sign-in-gone' },
  },
  'attempt unclear': {
    kind: 'attempt-unclear',
    attemptId: theAttempt,
    lookAgainAt: '2026-11-23T03:17:25.000Z',
  },
  'attempt stuck': { kind: 'attempt-stuck', attemptId: theAttempt, why: { code: 'os-not-supported' } },
  'action found': { kind: 'action-found', machineAction: aMachineAction() },
  'ended action found': { kind: 'action-found', machineAction: aMachineAction({ status: 'Failed' }) },
  'action absent': { kind: 'action-absent' },
  'seen pending': observed('Pending'),
  'seen in progress': observed('InProgress'),
  'seen succeeded': observed('Succeeded'),
  'another action seen': {
    kind: 'action-observed',
    machineAction: aMachineAction({ id: 'another', status: 'Succeeded' }),
  },
  'not confirmed': { kind: 'not-confirmed' },
};

/** Its requestor pressed Cancel while the POST's outcome was not known. */
function stoppedWhileSubmitting(): ContainmentRequest {
  const request = inState('submitting-checking');
  return decide(request, { kind: 'cancel-clicked', by: riley, comment: 'wrong device' }, now).request;
}
