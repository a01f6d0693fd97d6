import type { FoundChange } from '../../src/containment/elsewhere.ts';
import type { ContainmentRequest, DeviceRequest, NamedRequest } from '../../src/containment/request.ts';
import type { RequestId } from '../../src/containment/ids.ts';
import type { State } from '../../src/containment/state.ts';
import {
  aDeviceId,
  aMachineAction,
  aNamedRequest,
  aRequest,
  alex,
  anApproval,
  riley,
  sam,
} from './requests.ts';

/** One device of a request for several; a name alone is one that nobody has looked up. */
export type MemberGiven = Partial<Omit<DeviceRequest, 'batch'>> | { readonly deviceName: string };

const theLead = aRequest().id;

/** A request for several devices, as its card reads it: the first of them, with all. */
export function aBatch(given: readonly MemberGiven[]): ContainmentRequest {
  const members = given.map((one, index) => aMember(one, index, given.length));
  const [lead] = members;
  if (lead === undefined) throw new Error('A request has a device');
  return { ...lead, members, revision: members.length };
}

function aMember(given: MemberGiven, index: number, size: number): ContainmentRequest {
  const id = index === 0 ? theLead : (`req_member${String(index).padStart(20, '0')}` as RequestId);
  const batch = { lead: theLead, place: index + 1, size };
  const isNamed = 'deviceName' in given && !('deviceId' in given) && !('device' in given);
  if (isNamed) {
    const named: Partial<NamedRequest> = { ...given, id, batch } as Partial<NamedRequest>;
    return aNamedRequest(named);
  }
  return aRequest({ deviceId: deviceIdOf(index), ...given, id, batch });
}

export function deviceIdOf(index: number) {
  return aDeviceId(index.toString(16).padStart(40, '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567'));
}

const approval = anApproval({ comment: 'Confirmed with the owner, go ahead' });
const submittedAt = '2026-11-23T03:12:09.000Z';

export function memberRunning(status: 'Pending' | 'InProgress', index = 0): State {
  const machineAction = aMachineAction({ id: actionId(index), status });
  return { status: 'running', approval, machineAction, submittedAt, confirmedAt: '2026-11-23T03:12:40.000Z' };
}

export function memberEnded(status: 'Succeeded' | 'Failed' | 'TimeOut' | 'Cancelled', index = 0): State {
  const machineAction = aMachineAction({
    id: actionId(index),
    status,
    errorHResult: status === 'Failed' ? -2_147_024_891 : 0,
  });
  return {
    status: 'ended',
    approval,
    machineAction,
    submittedAt,
    endedAt: `2026-11-23T03:15:3${index % 10}.000Z`,
  };
}

function actionId(index: number): string {
  return `5382f7ea-7557-4ab7-9782-${String(index).padStart(12, '0')}`;
}

const awaiting: State = { status: 'awaiting', clicks: [] };
const followedRunning = {
  ...memberRunning('Pending', 1),
  machineAction: aMachineAction({
    id: actionId(1),
    status: 'Pending',
    ours: false,
    requestor: 'priya.nair@contoso.example',
  }),
} as State;
const withoutSignIn = {
  status: 'attention',
  reason: { code: 'sign-in-needed' },
  at: '2026-11-23T03:16:22.000Z',
  approval,
} as const;
const byHand = { by: sam, at: '2026-11-23T03:20:00.000Z', comment: 'Unplugged by hand' };
const liftedElsewhere: FoundChange = {
  actionId: actionId(7),
  became: 'lifted',
  by: 'portal.operator@contoso.example',
  at: '2026-11-23T05:01:30.000Z',
  foundAt: '2026-11-23T05:08:00.000Z',
};
const listedLate: FoundChange = {
  actionId: actionId(9),
  became: 'restricted',
  at: '2026-11-23T03:52:00.000Z',
  foundAt: '2026-11-23T04:01:00.000Z',
  origin: { kind: 'own', number: 12, itself: true },
};
const click = { id: 'click-1', by: alex, at: '2026-11-23T03:12:05.000Z' };

export const known = (name: string, given: object = {}) => ({
  device: {
    name,
    osPlatform: 'Windows11',
    value: 'High',
    risk: 'High',
    health: 'Active',
    onboarding: 'Onboarded',
    lastSeen: '2026-11-23T03:09:41.000Z',
    ...given,
  },
});

const finance = 'ws-finance-017.contoso.example';
const reception = 'ws-reception-02.contoso.example';
const design = 'ws-design-044.contoso.example';
const files = 'srv-files-01.contoso.example';

const longName = (index: number): string =>
  `ws-emea-finance-second-floor-window-side-desk-${index + 1}.branch-office.emea.contoso.example`;

export function fifty(
  state: (index: number) => State,
  given: (index: number) => object = () => ({}),
): ContainmentRequest {
  const reason = 'Ransomware notes on file shares, containment of a whole floor. '.repeat(90).trim();
  return aBatch(
    Array.from({ length: 50 }, (_, index) => ({
      ...known(longName(index)),
      reason,
      state: state(index),
      ...given(index),
    })),
  );
}

const endings = ['Succeeded', 'Failed', 'TimeOut', 'Cancelled'] as const;

/** One request for everything that the card of several devices can look like; the names are those of the golden files. */
export const severalStates: Readonly<Record<string, ContainmentRequest>> = {
  'several-awaiting': aBatch([known(finance), { deviceName: 'ws-reception-02' }]),
  'several-awaiting-clicked': aBatch([
    { ...known(finance), state: { status: 'awaiting', clicks: [click] } },
    { ...known(reception), state: { status: 'awaiting', clicks: [click] } },
    { ...known(design, { lastSeen: '2026-11-19T08:00:00.000Z', health: 'Inactive' }), alsoRequestedIn: 7 },
  ]),
  'several-awaiting-some': aBatch([
    { ...known(finance), state: memberEnded('Succeeded') },
    {
      ...known(reception),
      state: {
        status: 'awaiting',
        clicks: [],
        voided: { by: alex, at: '2026-11-23T03:12:09.000Z', why: { code: 'device-not-visible' } },
      },
    },
    { ...known(design), state: memberRunning('Pending', 2) },
  ]),
  'several-running': aBatch([
    { ...known(finance), state: memberEnded('Succeeded') },
    { ...known(reception), state: memberRunning('InProgress', 1) },
    { ...known(design, { lastSeen: '2026-11-19T08:00:00.000Z' }), state: memberRunning('Pending', 2) },
    {
      ...known(files),
      state: {
        status: 'submitting',
        approval,
        attempt: {
          id: 'attempt-1',
          number: 2,
          startedAt: '2026-11-23T03:12:06.000Z',
          deadline: '2026-11-23T03:12:36.000Z',
          outcome: 'unsent',
          wait: { until: '2026-11-23T03:14:00.000Z', why: 'budget' },
        },
      },
    },
  ]),
  'several-ended': aBatch([
    { ...known(finance), state: memberEnded('Succeeded') },
    { ...known(reception), state: memberEnded('Failed', 1) },
    { ...known(design), state: memberEnded('TimeOut', 2) },
    {
      ...known(files),
      state: {
        status: 'withdrawn',
        by: riley,
        at: '2026-11-23T03:13:00.000Z',
        comment: 'Not this one',
        approval,
      },
    },
  ]),
  'several-chosen': aBatch([
    { ...known(finance), state: memberEnded('Succeeded') },
    { ...known(reception), state: memberEnded('Succeeded', 1) },
    {
      ...known(files),
      state: {
        status: 'denied',
        by: alex,
        at: '2026-11-23T03:12:05.000Z',
        comment: '',
        leftOut: 'not-chosen',
      },
    },
  ]),
  'several-denied': aBatch(
    [finance, reception].map((name) => ({
      ...known(name),
      state: { status: 'denied' as const, by: sam, at: '2026-11-23T03:14:00.000Z', comment: 'A drill' },
    })),
  ),
  'several-attention': aBatch([
    { ...known(finance), state: memberEnded('Succeeded') },
    {
      ...known(reception),
      state: {
        status: 'attention',
        reason: { code: 'sign-in-needed' },
        at: '2026-11-23T03:16:22.000Z',
        approval,
      },
    },
  ]),
  'several-stuck': aBatch([
    { ...known(finance), state: memberRunning('Pending') },
    { ...known(reception), state: withoutSignIn },
    { ...known(design), state: withoutSignIn },
  ]),
  'several-held': aBatch(
    [finance, reception].map((name) => ({
      ...known(name),
      state: { status: 'approved' as const, approval },
      hold: { reason: 'Maintenance of the tenant', since: '2026-11-23T03:12:00.000Z' },
    })),
  ),
  'several-closed': aBatch([
    { ...known(finance), state: memberEnded('Succeeded') },
    {
      ...known(reception),
      state: {
        ...withoutSignIn,
        closed: byHand,
      },
    },
  ]),
  'several-released': aBatch([
    {
      ...known(finance),
      state: memberEnded('Succeeded'),
      released: { by: sam, at: '2026-11-23T05:40:00.000Z', number: 14 },
    },
    { ...known(reception), state: memberEnded('Succeeded', 1) },
  ]),
  'several-drifted': aBatch([
    { ...known(finance), state: memberEnded('Succeeded') },
    { ...known(reception), state: memberEnded('Succeeded', 1), elsewhere: [liftedElsewhere] },
    {
      ...known(design),
      state: memberEnded('Succeeded', 2),
      elsewhere: [
        liftedElsewhere,
        { ...liftedElsewhere, actionId: actionId(8), became: 'restricted', at: '2026-11-23T06:02:00.000Z' },
      ],
    },
  ]),
  'several-late': aBatch([
    { ...known(finance), state: memberEnded('Failed') },
    {
      ...known(reception),
      state: { ...withoutSignIn, reason: { code: 'outcome-unknown' }, closed: byHand },
      elsewhere: [listedLate],
    },
  ]),
  'several-followed': aBatch([
    { ...known(finance), state: memberRunning('Pending') },
    { ...known(reception), state: followedRunning },
  ]),
  'several-fifty-awaiting': fifty(() => awaiting),
  'several-fifty-running': fifty((index) =>
    index % 3 === 0
      ? memberEnded('Succeeded', index)
      : memberRunning(index % 3 === 1 ? 'Pending' : 'InProgress', index),
  ),
  'several-fifty-ended': fifty((index) => memberEnded(endings[index % 4] ?? 'Succeeded', index)),
};
