import type { ContainmentRequest, DeviceRequest } from '../../src/containment/request.ts';
import type { MachineAction } from '../../src/containment/state.ts';
import type { AlsoRestricted, RunningBox } from '../../src/containment/time-box.ts';
import { aPerson, alex, sam } from './requests.ts';

const duration = { text: '4h', seconds: 14_400 };
const priya = aPerson('Priya Nair');
const until = '2026-11-23T07:15:30.000Z';
const running: RunningBox = {
  since: '2026-11-23T03:15:30.000Z',
  until,
  duration,
  authorisedBy: alex,
  wishes: [],
};
const lift = { id: 'req_lift00000000000000013A' as ContainmentRequest['id'], number: 13 };
const failed = { number: 13, label: 'Timed out', at: '2026-11-23T07:17:00.000Z' } as const;

const alsoRestricted: AlsoRestricted = {
  at: '2026-11-23T07:15:40.000Z',
  others: [{ key: 'of-the-portal', by: 'jordan@contoso.example', since: '2026-11-23T05:30:00.000Z' }],
};

function actionOf({ state }: DeviceRequest): MachineAction {
  if (state.status !== 'ended') throw new Error('no action of a restriction in force');
  return state.machineAction;
}

/** Everything that the card of a time-boxed restriction can look like, made of the plain ones. */
export function boxedStates(
  plain: Readonly<Record<'awaiting' | 'pending' | 'succeeded' | 'approvedLift', DeviceRequest>>,
): Readonly<Record<string, ContainmentRequest>> {
  const inForce = (more: Partial<RunningBox>, given: Partial<DeviceRequest> = {}): DeviceRequest => ({
    ...plain.succeeded,
    box: { duration, running: { ...running, ...more } },
    ...given,
  });
  const released = { by: priya, at: '2026-11-23T06:02:00.000Z', number: 13 };
  return {
    'boxed-awaiting': { ...plain.awaiting, box: { duration } },
    'boxed-pending': { ...plain.pending, box: { duration } },
    'boxed-in-force': inForce({}),
    'boxed-pressed': inForce({
      wishes: [{ verb: 'release', id: 'clk-1', by: sam, at: '2026-11-23T05:00:00.000Z' }],
      voided: { verb: 'extend', by: priya, at: '2026-11-23T04:59:00.000Z', why: { code: 'not-permitted' } },
    }),
    'boxed-extended': inForce({
      until: '2026-11-24T06:58:00.000Z',
      duration: { text: '1d', seconds: 86_400 },
      authorisedBy: priya,
      extended: { by: priya, at: '2026-11-23T06:58:00.000Z', from: until, until: '2026-11-24T06:58:00.000Z' },
    }),
    'boxed-lift-asked': inForce({ ended: true, lift }),
    'boxed-lift-awaits': inForce({
      ended: true,
      lift: { ...lift, awaitedSince: '2026-11-23T07:15:40.000Z' },
    }),
    'boxed-lift-failed': inForce({ ended: true, failed }),
    'boxed-release-failed': inForce({ failed: { ...failed, label: 'Withdrawn' } }),
    'boxed-lift-beware': inForce({
      ended: true,
      lift: { ...lift, awaitedSince: '2026-11-23T07:15:40.000Z', alsoRestricted },
    }),
    'boxed-followed': inForce(
      {},
      {
        state: {
          ...plain.succeeded.state,
          machineAction: { ...actionOf(plain.succeeded), ours: false, requestor: 'jordan@contoso.example' },
        } as DeviceRequest['state'],
      },
    ),
    'boxed-released': inForce({}, { released }),
    'succeeded-released': { ...plain.succeeded, released },
    'succeeded-released-by-others': { ...plain.succeeded, released: { ...released, followed: true } },
    'boxed-lift': {
      ...plain.approvedLift,
      number: 13,
      action: 'unrestrict',
      reason: 'The time box of 4h set by #12 has ended',
      lifts: plain.succeeded.id,
      createdAt: '2026-11-23T07:15:31.000Z',
      state: { status: 'approved', approval: { by: alex, at: until, inAdvance: true } },
    },
    'boxed-awaiting-again': {
      ...plain.approvedLift,
      number: 13,
      action: 'unrestrict',
      reason: 'The time box of 4h set by #12 has ended',
      lifts: plain.succeeded.id,
      createdAt: '2026-11-23T07:15:31.000Z',
      alsoRestricted,
      state: {
        status: 'awaiting',
        clicks: [],
        voided: { by: alex, at: alsoRestricted.at, why: { code: 'restricted-anew' } },
      },
    },
  };
}
