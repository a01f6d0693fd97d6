import type { DeviceFacts } from '../../src/containment/device.ts';
import type { ContainmentRequest, DeviceRequest } from '../../src/containment/request.ts';
import type {
  AttentionReason,
  Attempt,
  Cancellation,
  MachineAction,
  State,
} from '../../src/containment/state.ts';
import { boxedStates } from './boxed-states.ts';
import { driftedStates } from './drifted-states.ts';
import { aMachineAction, aNamedRequest, aRequest, alex, anApproval, riley, sam } from './requests.ts';
import { stakesStates } from './stakes-states.ts';

const device: DeviceFacts = {
  name: 'ws-finance-017.contoso.example',
  osPlatform: 'Windows11',
  osVersion: '24H2',
  health: 'Active',
  onboarding: 'Onboarded',
  risk: 'High',
  exposure: 'Medium',
  value: 'High',
  group: 'Workstations',
  lastSeen: '2026-11-23T03:09:41.000Z',
};

const recordHash = '3f1c0f6a7d5b4e29a8c6d0b1e2f34567890abcdef1234567890abcdef1234567';
const approval = anApproval({ comment: 'Confirmed with the owner, go ahead' });
const submittedAt = '2026-11-23T03:12:09.000Z';
const attempt: Attempt = {
  id: 'attempt-1',
  number: 1,
  startedAt: '2026-11-23T03:12:06.000Z',
  deadline: '2026-11-23T03:12:36.000Z',
  outcome: 'in-flight',
};
const cancel: Cancellation = {
  by: sam,
  at: '2026-11-23T03:20:00.000Z',
  comment: 'Wrong device',
  stage: 'requested',
};
const hold = {
  reason: 'False positives after the 14:00 rule update, see CHG-88',
  since: '2026-11-23T03:05:00.000Z',
};
const closed = { by: sam, at: '2026-11-23T03:40:00.000Z', comment: 'Isolated by hand, ticket INC-1042' };
const click = { id: 'click-1', by: alex, at: '2026-11-23T03:12:05.000Z' };

function known(state: State, given: Partial<DeviceRequest> = {}): DeviceRequest {
  return aRequest({ device, state, recordHash, ...given });
}

function submitting(given: Partial<Attempt>, wanted?: Cancellation): DeviceRequest {
  return known({ status: 'submitting', approval, attempt: { ...attempt, ...given }, cancel: wanted });
}

function waiting(why: NonNullable<Attempt['wait']>['why']): DeviceRequest {
  const outcome = why === 'checking' ? 'unknown' : 'unsent';
  return submitting({ outcome, wait: { until: '2026-11-23T03:14:00.000Z', why } });
}

function stuck(reason: AttentionReason, more: object = {}): DeviceRequest {
  const outcome = reason.code === 'outcome-unknown' ? 'unknown' : 'unsent';
  const at = '2026-11-23T03:16:22.000Z';
  return known({ status: 'attention', reason, at, approval, attempt: { ...attempt, outcome }, ...more });
}

function running(action: Partial<MachineAction>, more: object = {}): DeviceRequest {
  const machineAction = aMachineAction(action);
  return known({
    status: 'running',
    approval,
    machineAction,
    submittedAt,
    confirmedAt: '2026-11-23T03:12:40.000Z',
    ...more,
  });
}

function ended(action: Partial<MachineAction>, given: Partial<DeviceRequest> = {}): DeviceRequest {
  const machineAction = aMachineAction(action);
  const cancelled = action.status === 'Cancelled' ? { ...cancel, stage: 'accepted' as const } : undefined;
  return known(
    {
      status: 'ended',
      approval,
      machineAction,
      submittedAt,
      endedAt: '2026-11-23T03:15:30.000Z',
      cancel: cancelled,
    },
    given,
  );
}

const personalPlace = { conversation: 'a:1riley', thread: 'a:1riley', kind: 'personal' } as const;

const plainStates: Readonly<Record<string, ContainmentRequest>> = {
  awaiting: aRequest(),
  'awaiting-device-known': known({ status: 'awaiting', clicks: [] }, { alsoRequestedIn: 7 }),
  'awaiting-personal': aRequest({ place: personalPlace }),
  'awaiting-click': known({ status: 'awaiting', clicks: [click] }),
  'awaiting-sign-in': known({
    status: 'awaiting',
    clicks: [{ ...click, signInUntil: '2026-11-23T03:22:07.000Z' }],
  }),
  'awaiting-many-clicks': known({
    status: 'awaiting',
    clicks: ['Alex Moreno', 'Priya Nair', 'Jordan Weiss', 'Sam Okafor', 'Kim Lund'].map((name, index) => ({
      ...click,
      id: `click-${index}`,
      by: { ...alex, name, teamsId: `29:1click-${index}` },
    })),
  }),
  'awaiting-offline': aRequest({
    device: {
      ...device,
      health: 'Inactive',
      lastSeen: '2026-11-18T21:05:00.000Z',
      tags: ['Travelling', 'Sales', 'Tier 1', 'VIP', 'EMEA'],
      antivirus: 'NotUpdated',
      isPotentialDuplicate: true,
    },
  }),
  'awaiting-named': aNamedRequest(),
  'denied-named': aNamedRequest({
    state: { status: 'denied', by: sam, at: '2026-11-23T03:14:00.000Z', comment: 'A drill' },
  }),
  'awaiting-voided': known({
    status: 'awaiting',
    clicks: [],
    voided: { by: alex, at: '2026-11-23T03:13:00.000Z', why: { code: 'device-not-visible' } },
  }),
  'awaiting-lift': known({ status: 'awaiting', clicks: [] }, { action: 'unrestrict', number: 13 }),
  denied: known({
    status: 'denied',
    by: sam,
    at: '2026-11-23T03:14:00.000Z',
    comment: 'Planned penetration test, see INC-1040',
  }),
  expired: known({ status: 'expired', at: '2026-11-23T07:10:21.000Z' }),
  withdrawn: known({
    status: 'withdrawn',
    by: riley,
    at: '2026-11-24T00:02:00.000Z',
    comment: 'Wrong device',
  }),
  'withdrawn-after-approval': known({
    status: 'withdrawn',
    by: riley,
    at: '2026-11-23T03:14:00.000Z',
    approval,
  }),
  approved: known({ status: 'approved', approval }),
  submitting: submitting({}),
  'submitting-throttled': waiting('throttled'),
  'submitting-budget': waiting('budget'),
  'submitting-unreachable': waiting('unreachable'),
  'submitting-checking': waiting('checking'),
  'submitting-cancel-asked': submitting({ outcome: 'unknown' }, cancel),
  pending: running({}),
  'pending-unconfirmed': running({}, { unconfirmed: true }),
  'pending-followed': running({
    ours: false,
    requestor: 'priya.nair@contoso.example',
    createdAt: '2026-11-23T03:01:00.000Z',
  }),
  'in-progress': running({ status: 'InProgress' }),
  'in-progress-cancel-asked': running({ status: 'InProgress' }, { cancel }),
  'in-progress-cancel-accepted': running(
    { status: 'InProgress' },
    { cancel: { ...cancel, stage: 'accepted' } },
  ),
  succeeded: ended({ status: 'Succeeded' }),
  'succeeded-followed': ended({
    status: 'Succeeded',
    ours: false,
    requestor: 'priya.nair@contoso.example',
    createdAt: '2026-11-23T03:01:00.000Z',
  }),
  'succeeded-lift': ended({ status: 'Succeeded' }, { action: 'unrestrict', number: 13 }),
  failed: ended({ status: 'Failed', errorHResult: -2147024891 }),
  'timed-out': ended({ status: 'TimeOut' }),
  cancelled: ended({ status: 'Cancelled' }),
  'cancelled-elsewhere': known({
    status: 'ended',
    approval,
    machineAction: aMachineAction({
      status: 'Cancelled',
      cancelledBy: 'priya.nair@contoso.example',
      cancellationComment: 'Device was rebuilt',
    }),
    submittedAt,
    endedAt: '2026-11-23T03:15:30.000Z',
    cancel,
  }),
  'attention-os': known({
    status: 'attention',
    reason: { code: 'os-not-supported', detail: 'macOS' },
    at: '2026-11-23T03:10:22.000Z',
  }),
  'attention-not-onboarded': known({
    status: 'attention',
    reason: { code: 'not-onboarded' },
    at: '2026-11-23T03:10:22.000Z',
  }),
  'attention-old-client': known({
    status: 'attention',
    reason: { code: 'client-too-old' },
    at: '2026-11-23T03:12:22.000Z',
    approval,
    attempt,
  }),
  'attention-refused': known({
    status: 'attention',
    reason: { code: 'refused-by-defender', detail: 'InvalidInput' },
    at: '2026-11-23T03:12:22.000Z',
    approval,
    attempt,
  }),
  'attention-unknown': known({
    status: 'attention',
    reason: { code: 'outcome-unknown' },
    at: '2026-11-23T03:16:22.000Z',
    approval,
    attempt: { ...attempt, outcome: 'unknown' },
  }),
  'attention-sign-in': stuck({ code: 'sign-in-needed' }),
  'attention-sign-in-later': stuck({ code: 'sign-in-needed', notBefore: '2026-11-23T04:02:00.000Z' }),
  'attention-step-failed': stuck({ code: 'step-failed' }),
  'attention-held': { ...stuck({ code: 'sign-in-needed' }), hold },
  'closed-os': known({
    status: 'attention',
    reason: { code: 'os-not-supported', detail: 'macOS' },
    at: '2026-11-23T03:10:22.000Z',
    closed,
  }),
  'closed-sign-in': stuck({ code: 'sign-in-needed' }, { closed }),
  'closed-unknown': stuck({ code: 'outcome-unknown' }, { closed }),
  'awaiting-held': { ...known({ status: 'awaiting', clicks: [] }), hold },
  'approved-held': { ...known({ status: 'approved', approval }), hold },
  'submitting-held': { ...waiting('paused'), hold },
  'awaiting-unchecked': { ...known({ status: 'awaiting', clicks: [] }), unchecked: true },
  'denied-unchecked': {
    ...known({ status: 'denied', by: sam, at: '2026-11-23T03:14:00.000Z', comment: 'A drill' }),
    unchecked: true,
  },
};

const succeeded = ended({ status: 'Succeeded' });
const boxes = boxedStates({
  awaiting: known({ status: 'awaiting', clicks: [] }),
  pending: running({}),
  succeeded,
  approvedLift: known({ status: 'approved', approval }),
});

/** One request for everything that a card can look like; the names are those of the golden files. */
export const requestStates: Readonly<Record<string, ContainmentRequest>> = {
  ...plainStates,
  ...stakesStates(known({ status: 'awaiting', clicks: [] })),
  ...boxes,
  ...driftedStates({
    succeeded,
    lift: ended({ status: 'Succeeded' }, { action: 'unrestrict', number: 13 }),
    boxed: boxes['boxed-lift-asked'] ?? succeeded,
    givenUp: stuck({ code: 'outcome-unknown' }, { closed }),
  }),
};
