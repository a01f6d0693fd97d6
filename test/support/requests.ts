import { parseDeviceId, parseRequestId } from '../../src/containment/ids.ts';
import type { DeviceId, RequestId } from '../../src/containment/ids.ts';
import type { Person } from '../../src/containment/person.ts';
import type { DeviceRequest, NamedRequest } from '../../src/containment/request.ts';
import type { Approval, MachineAction } from '../../src/containment/state.ts';

const tenantId = '5d0c6f2e-8a1b-4c3d-9e4f-0a1b2c3d4e5f';

/** A person with ids of their own; the first word of the name makes them. */
export function aPerson(name: string, given: Partial<Person> = {}): Person {
  const key = Buffer.from(name, 'utf8').toString('hex').padEnd(12, '0').slice(0, 12);
  return {
    objectId: `a0000000-0000-4000-8000-${key}`,
    tenantId,
    teamsId: `29:1${Buffer.from(name, 'utf8').toString('base64url')}`,
    name,
    ...given,
  };
}

export const riley = aPerson('Riley Chen');
export const alex = aPerson('Alex Moreno');
export const sam = aPerson('Sam Okafor');

function aRequestId(text = 'req_9mUuN1Yh3vQk5w2xZr7TbA'): RequestId {
  return checked(parseRequestId(text));
}

export function aDeviceId(text = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567'): DeviceId {
  return checked(parseDeviceId(text));
}

/** A request of Riley's that awaits approval in a channel, made on 23 November 2026 at 03:10 UTC. */
export function aRequest(given: Partial<DeviceRequest> = {}): DeviceRequest {
  return {
    id: aRequestId(),
    tenantId,
    number: 12,
    action: 'restrict',
    deviceId: aDeviceId(),
    reason: 'Unsigned binary beacons every 60 s, INC-1042',
    requestor: riley,
    place: {
      conversation: '19:incidents@thread.tacv2',
      thread: '19:incidents@thread.tacv2;messageid=1795403400000',
      kind: 'channel',
    },
    createdAt: '2026-11-23T03:10:20.000Z',
    expiresAt: '2026-11-23T07:10:20.000Z',
    state: { status: 'awaiting', clicks: [] },
    revision: 1,
    ...given,
  };
}

/** The same, made by somebody who was not signed in and typed a name. */
export function aNamedRequest(given: Partial<NamedRequest> = {}): NamedRequest {
  const { deviceId: _known, ...request } = aRequest();
  return {
    ...request,
    device: undefined,
    deviceName: 'ws-finance-017',
    state: { status: 'awaiting', clicks: [] },
    ...given,
  };
}

export function anApproval(given: Partial<Approval> = {}): Approval {
  return { by: alex, at: '2026-11-23T03:12:05.000Z', ...given };
}

export function aMachineAction(given: Partial<MachineAction> = {}): MachineAction {
  return {
    id: '5382f7ea-7557-4ab7-9782-d50480024a4e',
    status: 'Pending',
    ours: true,
    requestor: 'alex.moreno@contoso.example',
    createdAt: '2026-11-23T03:12:08.000Z',
    errorHResult: 0,
    ...given,
  };
}

function checked<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the support code made a bad id');
  return value;
}
