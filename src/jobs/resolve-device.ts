import { matchOfName } from '../containment/device-name.ts';
import { isDueToLookUp } from '../containment/found-device.ts';
import { type DeviceId, parseDeviceId } from '../containment/ids.ts';
import { type Person, isSamePerson } from '../containment/person.ts';
import { wasFoundSince } from '../containment/found-device.ts';
import { type ContainmentRequest, type DeviceRequest, hasDevice } from '../containment/request.ts';
import type { VoidReason } from '../containment/state.ts';
import type { FoundDevices } from '../defender/device-search.ts';
import { DefenderError } from '../defender/errors.ts';
import type { Machine } from '../defender/schema.ts';
import { passed } from '../platform/steps.ts';
import { type Session, openSession } from './defender-session.ts';
import { factsOf, readDeviceTwice } from './device-facts.ts';
import type { JobParts } from './parts.ts';
import { readStakes } from './read-stakes.ts';

type Parts = Pick<JobParts, 'requests' | 'access' | 'defender'>;

/** The device that a request is about for one person, as their own token sees it. */
export type Meant =
  | { readonly kind: 'device'; readonly deviceId: DeviceId; readonly machine: Machine }
  /** They have to say which of these it is. */
  | { readonly kind: 'unclear'; readonly found: FoundDevices }
  | { readonly kind: 'no'; readonly why: VoidReason };

/**
 * What an approver approves: the device of the request or, where that has only a name, the one record that bears it, or the
 * one they chose. What they chose is believed only if their token sees it and its name fits.
 */
export async function readMeantDevice(
  parts: Parts,
  session: Session,
  request: ContainmentRequest,
  chosen: DeviceId | undefined,
): Promise<Meant> {
  if (hasDevice(request)) {
    const isThis =
      chosen === undefined ? await isMeantToo(parts, session, request) : chosen === request.deviceId;
    return isThis
      ? readById(parts, session, request.deviceId)
      : { kind: 'no', why: { code: 'other-device' } };
  }
  if (chosen !== undefined) {
    const read = await readById(parts, session, chosen);
    if (matchOfName(request.deviceName, read.machine.computerDnsName) !== 'none') return read;
  }
  const found = await parts.defender.findDevices(session.token, request.deviceName, session.options);
  // They wished for another one: it is for them to say, also when only one bears the name.
  if (chosen !== undefined) return { kind: 'unclear', found };
  if (found.fit === 'none') return { kind: 'no', why: { code: 'device-not-visible' } };
  const only = onlyOne(found);
  // A record that is listed may be one that cannot be read, and so not be acted on.
  return found.fit === 'exact' && only !== undefined
    ? readById(parts, session, only)
    : { kind: 'unclear', found };
}

/**
 * Their card may have shown no more than the name when they pressed. What somebody else's token found by it is what they mean
 * if their own finds that device and no other.
 */
async function isMeantToo(parts: Parts, session: Session, request: DeviceRequest): Promise<boolean> {
  if (!wasFoundSince(request)) return true;
  const found = await parts.defender.findDevices(session.token, request.deviceName, session.options);
  // Not even one: reading it by its id says why.
  return found.fit === 'none' || onlyOne(found) === request.deviceId;
}

async function readById(parts: Parts, session: Session, deviceId: DeviceId) {
  const machine = await readDeviceTwice(parts, session, deviceId);
  return { kind: 'device', deviceId, machine } as const;
}

/** Undefined too where the only record has no id to act on. */
export function onlyOne({ machines, isCut }: FoundDevices): DeviceId | undefined {
  return machines.length === 1 && !isCut ? parseDeviceId(machines[0]?.id) : undefined;
}

export interface Look {
  readonly person: Person;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the device of a request that awaits approval with the token of somebody who is signed in, and shows it. Of a name
 * only what is certain counts; who made the request may also have meant the one device whose name begins so.
 */
export async function lookUpDevice(
  parts: Parts,
  request: ContainmentRequest,
  { person, signal }: Look,
): Promise<ContainmentRequest> {
  if (!isDueToLookUp(request, await parts.requests.now())) return request;
  const session = await openSession(parts, request, person, { priority: 'routine', signal });
  if (!session.ok) return request;
  try {
    return (await show(parts, session, request, person)) ?? request;
  } finally {
    await session.close();
  }
}

async function show(
  parts: Parts,
  session: Session,
  request: ContainmentRequest,
  person: Person,
): Promise<ContainmentRequest | undefined> {
  try {
    const deviceId = hasDevice(request)
      ? request.deviceId
      : await foundFor(parts, session, request.deviceName, isSamePerson(person, request.requestor));
    if (deviceId === undefined) return undefined;
    const facts = factsOf(await readDeviceTwice(parts, session, deviceId));
    const stakes = await readStakes(parts, session, { deviceId, action: request.action });
    passed('device-looked-up', request.id);
    const event = { kind: 'device-read', by: person, deviceId, device: { ...facts, stakes } } as const;
    return (await parts.requests.apply(request.id, event))?.request;
  } catch (error) {
    // An extra: the main job never waits for it, and the approver's token reads the device anyway.
    if (!(error instanceof DefenderError)) throw error;
    return undefined;
  }
}

async function foundFor(
  parts: Parts,
  session: Session,
  name: string,
  isRequestor: boolean,
): Promise<DeviceId | undefined> {
  const found = await parts.defender.findDevices(session.token, name, session.options);
  return found.fit === 'exact' || isRequestor ? onlyOne(found) : undefined;
}
