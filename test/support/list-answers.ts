import type { ListParts, ListReply } from '../../bot/commands/list-page.ts';
import { runActive } from '../../bot/commands/run-active.ts';
import { runHistory } from '../../bot/commands/run-history.ts';
import { runPending } from '../../bot/commands/run-pending.ts';
import { runStatus } from '../../bot/commands/run-status.ts';
import { renderDigest } from '../../bot/render/digest-card.ts';
import { type DeviceRequest, hasDevice } from '../../src/containment/request.ts';
import type { DeviceRecord } from '../../src/store/device-record.ts';
import type { Digest } from '../../src/store/digest.ts';
import type { RequestLists } from '../../src/store/request-lists.ts';
import { requestStates } from './request-states.ts';
import { aDeviceId, aNamedRequest, aRequest, riley, sam } from './requests.ts';

/** A little after everything that `requestStates` tells of. */
export const now = '2026-11-23T05:42:00.000Z';

export const asking = { person: riley, place: aRequest().place };

/** Lists that hold what they are given and count it. */
export function listParts(given: Partial<RequestLists>): ListParts {
  const unasked = () => Promise.reject(new Error('nobody asked for that'));
  return {
    portalUrl: 'https://security.microsoft.com',
    lists: {
      waiting: unasked,
      ofDevice: unasked,
      inForce: unasked,
      device: unasked,
      devicesNamed: unasked,
      byNumber: unasked,
      ...given,
    },
  };
}

export function inState(name: string, given: Partial<DeviceRequest> = {}): DeviceRequest {
  const request = requestStates[name];
  if (request === undefined || !hasDevice(request)) throw new Error(`no request is ${name}`);
  return { ...request, ...given };
}

const named = (name: string) => ({ device: { ...inState('pending').device, name } });

const waiting = [
  inState('awaiting-device-known', { number: 31 }),
  inState('awaiting', { number: 34, action: 'unrestrict', createdAt: '2026-11-23T05:39:00.000Z' }),
  aNamedRequest({
    number: 36,
    createdAt: '2026-11-23T05:40:00.000Z',
    box: { duration: { text: '4h', seconds: 14_400 } },
  }),
  inState('awaiting-click', { number: 35, ...named('lt-sales-118.contoso.example') }),
];
const needAttention = [
  inState('attention-unknown', { number: 22 }),
  inState('attention-sign-in', { number: 27, ...named('srv-file-003.contoso.example') }),
];
const past = [
  inState('succeeded-lift', { number: 41 }),
  inState('attention-unknown', { number: 38 }),
  inState('closed-os', { number: 37 }),
  inState('withdrawn', { number: 33 }),
  inState('denied', { number: 30 }),
  inState('expired', { number: 29 }),
  inState('failed', { number: 20 }),
  inState('succeeded-followed', { number: 12 }),
  inState('drifted-lifted', { number: 11 }),
];
const pastByName = [
  aNamedRequest({ number: 46 }),
  aNamedRequest({
    number: 21,
    state: { status: 'denied', by: sam, at: '2026-11-23T04:10:00.000Z', comment: 'A drill' },
  }),
];
const inForce = [
  inState('succeeded', { number: 12 }),
  inState('succeeded-followed', { number: 18, ...named('lt-sales-118.contoso.example') }),
  inState('succeeded', { number: 40, device: undefined }),
  inState('boxed-in-force', { number: 44, ...named('ws-sales-002.contoso.example') }),
  inState('boxed-lift-asked', { number: 45, ...named('ws-sales-003.contoso.example') }),
  inState('drifted-given-up', { number: 7, ...named('ws-sales-004.contoso.example') }),
];

export const deviceRecord: DeviceRecord = {
  deviceId: aDeviceId(),
  names: [],
  name: 'ws-finance-017.contoso.example',
  restriction: { restriction: inState('succeeded') },
  open: [inState('awaiting-lift', { number: 44 }), inState('attention-unknown', { number: 43 })],
  openCount: 2,
  last: inState('denied', { number: 40 }),
  total: 9,
  passedOver: 0,
  now,
};

const several = [aDeviceId(), aDeviceId('f'.repeat(40))].map((deviceId, index) => ({
  deviceId,
  request: inState('succeeded', { deviceId, number: 12 + index }),
}));

const device = { by: 'name', name: 'ws-finance-017' } as const;

const none = { requests: [], total: 0 };

export const digest: Digest = {
  awaiting: { requests: waiting, total: 3 },
  attention: { requests: needAttention, total: 2 },
  running: {
    requests: [inState('pending', { number: 24 }), inState('in-progress', { number: 25 })],
    total: 2,
  },
  failed: { requests: [inState('failed', { number: 20 }), inState('expired', { number: 19 })], total: 9 },
  elsewhere: none,
  inForce: { requests: inForce.slice(1, 4), total: 3 },
  passedOver: 0,
  comparedAt: now,
  since: '2026-11-22T21:42:00.000Z',
  now,
};

const quietDigest: Digest = {
  ...digest,
  awaiting: none,
  attention: none,
  running: none,
  failed: none,
  inForce: none,
};

/** What each command answers, for pictures and for the reviewed files. */
export const listAnswers: Readonly<Record<string, () => Promise<ListReply>>> = {
  pending: () =>
    runPending(
      listParts({
        waiting: () =>
          Promise.resolve({
            requests: [...waiting, ...needAttention],
            total: 6,
            awaiting: 4,
            needAttention: 2,
            passedOver: 0,
            now,
          }),
      }),
      asking,
      1,
    ),
  active: () =>
    runActive(
      listParts({
        inForce: () =>
          Promise.resolve({ restrictions: inForce, total: 6, passedOver: 1, comparedAt: now, now }),
      }),
      asking,
      1,
    ),
  history: () =>
    runHistory(
      listParts({
        devicesNamed: () => Promise.resolve({ devices: several.slice(0, 1), wishes: [], now }),
        ofDevice: () =>
          Promise.resolve({ requests: past, name: deviceRecord.name, total: 20, passedOver: 0, now }),
      }),
      asking,
      { kind: 'history', device, page: 1 },
    ),
  digest: () => Promise.resolve(renderDigest(digest, [360, 840, 1_320])),
  'digest-quiet': () => Promise.resolve(renderDigest(quietDigest, undefined)),
  'device-status': () => deviceStatus(deviceRecord),
  'device-status-lifted': () =>
    deviceStatus({
      ...deviceRecord,
      restriction: {
        restriction: inState('succeeded'),
        lift: { at: '2026-11-23T04:00:00.000Z', request: inState('succeeded-lift', { number: 14 }) },
      },
      open: [],
      openCount: 0,
    }),
  'device-status-drifted': () =>
    deviceStatus({
      ...deviceRecord,
      restriction: { restriction: inState('drifted-lifted') },
      open: [],
      openCount: 0,
    }),
  'device-status-restricted-again': () =>
    deviceStatus({
      ...deviceRecord,
      restriction: {
        restriction: inState('succeeded'),
        lift: { at: '2026-11-23T04:00:00.000Z', request: inState('drifted-lift', { number: 14 }) },
      },
      again: inState('drifted-lift', { number: 14 }),
      open: [],
      openCount: 0,
    }),
  'device-status-late': () =>
    deviceStatus({
      ...deviceRecord,
      restriction: { restriction: inState('drifted-given-up', { number: 7 }) },
      open: [],
      openCount: 0,
      last: inState('drifted-given-up', { number: 7 }),
    }),
  'device-status-named': () =>
    deviceStatus({
      ...deviceRecord,
      deviceId: undefined,
      name: undefined,
      names: ['ws-finance-017'],
      restriction: undefined,
      open: [aNamedRequest({ number: 46 })],
      openCount: 1,
      last: undefined,
      total: 1,
    }),
  'device-status-also-named': () =>
    deviceStatus({
      ...deviceRecord,
      names: ['ws-finance-017'],
      open: [aNamedRequest({ number: 46 })],
      openCount: 1,
    }),
  'several-devices-and-a-name': () =>
    runStatus(
      listParts({
        devicesNamed: () =>
          Promise.resolve({ devices: several, wishes: [aNamedRequest({ number: 46 })], now }),
      }),
      asking,
      { kind: 'status', of: device },
    ),
  'history-named': () =>
    runHistory(
      listParts({
        devicesNamed: () => Promise.resolve({ devices: [], wishes: [aNamedRequest()], now }),
        ofDevice: () =>
          Promise.resolve({ requests: pastByName, name: undefined, total: 2, passedOver: 0, now }),
      }),
      asking,
      { kind: 'history', device, page: 1 },
    ),
  'several-devices': () =>
    runStatus(
      listParts({ devicesNamed: () => Promise.resolve({ devices: several, wishes: [], now }) }),
      asking,
      {
        kind: 'status',
        of: device,
      },
    ),
  'request-status': () => requestStatus('pending'),
  'request-status-attention': () => requestStatus('attention-sign-in'),
  'request-status-awaiting': () => requestStatus('awaiting-voided'),
};

export function deviceStatus(given: DeviceRecord): Promise<ListReply> {
  return runStatus(
    listParts({
      devicesNamed: () => Promise.resolve({ devices: several.slice(0, 1), wishes: [], now }),
      device: () => Promise.resolve(given),
    }),
    asking,
    { kind: 'status', of: device },
  );
}

export function requestStatus(name: string): Promise<ListReply> {
  const request = requestStates[name];
  if (request === undefined) throw new Error(`no request is ${name}`);
  const byNumber = () => Promise.resolve({ request, now });
  return runStatus(listParts({ byNumber }), asking, { kind: 'status', of: { by: 'number', number: 12 } });
}
