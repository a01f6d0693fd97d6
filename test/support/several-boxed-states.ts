import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { State } from '../../src/containment/state.ts';
import type { AlsoRestricted, RunningBox } from '../../src/containment/time-box.ts';
import { aMachineAction, aPerson, alex, sam } from './requests.ts';
import { type MemberGiven, aBatch, fifty, known, memberEnded, memberRunning } from './several-states.ts';

const duration = { text: '4h', seconds: 14_400 };
const priya = aPerson('Priya Nair');
const until = '2026-11-23T07:20:00.000Z';
const running: RunningBox = {
  since: '2026-11-23T03:15:30.000Z',
  until,
  duration,
  authorisedBy: alex,
  wishes: [],
};
const lift = { id: 'req_lift00000000000000013A' as ContainmentRequest['id'], number: 13 };
const failed = { number: 13, label: 'Timed out', at: '2026-11-23T07:25:00.000Z' } as const;
const released = { by: priya, at: '2026-11-23T06:02:00.000Z', number: 13 };
const extension = {
  by: priya,
  at: '2026-11-23T06:58:00.000Z',
  from: until,
  until: '2026-11-23T11:00:00.000Z',
};
const alsoRestricted: AlsoRestricted = {
  at: '2026-11-23T07:20:10.000Z',
  others: [{ key: 'of-the-portal', by: 'jordan@contoso.example', since: '2026-11-23T05:30:00.000Z' }],
};

const names = [
  'ws-finance-017.contoso.example',
  'ws-reception-02.contoso.example',
  'ws-design-044.contoso.example',
  'srv-files-01.contoso.example',
];

function named(index: number): object {
  return known(names[index] ?? `ws-${index}.contoso.example`);
}

/** Restricted, and to be lifted at the end of its time. */
function held(index: number, more: Partial<RunningBox> = {}, given: object = {}): MemberGiven {
  return {
    ...named(index),
    state: memberEnded('Succeeded', index),
    box: { duration, running: { ...running, ...more } },
    ...given,
  };
}

const awaiting: State = { status: 'awaiting', clicks: [] };
const inAdvance = { by: alex, at: until, inAdvance: true } as const;
const extended = { until: extension.until, authorisedBy: priya, extended: extension };
const wish = { verb: 'release', id: 'clk-1', by: sam, at: '2026-11-23T05:00:00.000Z' } as const;
const voided = {
  verb: 'extend',
  by: priya,
  at: '2026-11-23T04:59:00.000Z',
  why: { code: 'not-permitted' },
  press: 'clk-0',
} as const;

function lifted(index: number, state: State, given: object = {}): MemberGiven {
  return {
    ...named(index),
    number: 13,
    action: 'unrestrict',
    reason: 'The time box of 4h set by #12 has ended',
    lifts: `req_restricted${index}` as ContainmentRequest['id'],
    createdAt: '2026-11-23T07:20:01.000Z',
    state,
    ...given,
  };
}

const followed: State = {
  ...memberEnded('Succeeded', 2),
  machineAction: {
    ...aMachineAction({ id: 'e2bcee3c-b931-4bc2-9eee-4b1a1d79e70e', status: 'Succeeded' }),
    ours: false,
    requestor: 'jordan@contoso.example',
  },
} as State;

const boxOfFifty = (more: Partial<RunningBox> = {}) => ({
  box: { duration, running: { ...running, ...more } },
});

/** As `severalStates`, of restrictions for a time, and of the request that lifts them together. */
export const severalBoxedStates: Readonly<Record<string, ContainmentRequest>> = {
  'several-boxed-awaiting': aBatch([0, 1, 2].map((index) => ({ ...named(index), box: { duration } }))),
  'several-boxed-running': aBatch([
    { ...named(0), box: { duration }, state: memberRunning('InProgress', 0) },
    { ...named(1), box: { duration }, state: memberRunning('Pending', 1) },
  ]),
  'several-boxed-in-force': aBatch([held(0), held(1), held(2)]),
  'several-boxed-warned': aBatch([held(0, { warned: true }), held(1, { warned: true })]),
  'several-boxed-some': aBatch([
    held(0, {}, { released }),
    held(1, extended),
    held(2),
    { ...named(3), box: { duration }, state: memberEnded('Failed', 3) },
  ]),
  'several-boxed-begun': aBatch([
    held(0),
    held(1),
    { ...named(2), box: { duration }, state: awaiting },
    { ...named(3), box: { duration }, state: awaiting },
  ]),
  'several-boxed-pressed': aBatch([
    held(0, { wishes: [wish], voided }),
    held(1, { wishes: [wish], voided }),
    held(2),
  ]),
  'several-boxed-followed': aBatch([held(0), held(1), held(2, {}, { state: followed })]),
  'several-boxed-lift-asked': aBatch([
    held(0, { ended: true, lift }),
    held(1, { ended: true, lift }),
    held(2, extended),
  ]),
  'several-boxed-lift-awaits': aBatch(
    [0, 1].map((index) =>
      held(index, { ended: true, lift: { ...lift, awaitedSince: '2026-11-23T07:20:10.000Z' } }),
    ),
  ),
  'several-boxed-lift-failed': aBatch([
    held(0, { ended: true, failed }),
    held(1, { ended: true, failed }),
    held(2, {}, { released: { ...released, by: alex, at: '2026-11-23T07:23:00.000Z' } }),
  ]),
  'several-boxed-released': aBatch([0, 1].map((index) => held(index, {}, { released }))),
  'several-lift-approved': aBatch(
    [0, 1, 2].map((index) => lifted(index, { status: 'approved', approval: inAdvance })),
  ),
  'several-lift-awaits': aBatch([
    lifted(
      0,
      {
        status: 'awaiting',
        clicks: [],
        voided: { by: alex, at: alsoRestricted.at, why: { code: 'restricted-anew' }, press: 'end' },
      },
      { alsoRestricted },
    ),
    lifted(
      1,
      {
        status: 'awaiting',
        clicks: [],
        voided: { by: alex, at: alsoRestricted.at, why: { code: 'restricted-anew' }, press: 'end' },
      },
      { alsoRestricted: { ...alsoRestricted, others: [{ key: 'unnamed' }] } },
    ),
    lifted(2, memberEnded('Succeeded', 2)),
  ]),
  'several-boxed-fifty': fifty(
    (index) => memberEnded('Succeeded', index),
    () => boxOfFifty(),
  ),
  'several-boxed-fifty-mixed': fifty(
    (index) => memberEnded('Succeeded', index),
    (index) =>
      index % 5 === 0
        ? { ...boxOfFifty(), released }
        : boxOfFifty(index % 5 === 1 ? extended : index % 5 === 2 ? { ended: true, lift } : {}),
  ),
};
