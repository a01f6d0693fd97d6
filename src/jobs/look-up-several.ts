import { membersOf } from '../containment/batch.ts';
import { matchOfName } from '../containment/device-name.ts';
import { isDueToLookUp } from '../containment/found-device.ts';
import { type DeviceId, type RequestId, parseDeviceId } from '../containment/ids.ts';
import { isSamePerson } from '../containment/person.ts';
import { type ContainmentRequest, hasDevice } from '../containment/request.ts';
import type { Machine } from '../defender/schema.ts';
import { passed } from '../platform/steps.ts';
import { type Session, openSession } from './defender-session.ts';
import { factsOf } from './device-facts.ts';
import { callsLeft, listMembers } from './list-members.ts';
import type { JobParts } from './parts.ts';
import { orNothing } from './read-stakes.ts';
import { readStakesOfSeveral } from './read-stakes-of-several.ts';
import type { Look } from './resolve-device.ts';

type Parts = Pick<JobParts, 'requests' | 'access' | 'defender'>;

/**
 * Shows what the token of somebody who is signed in sees of several devices, and what is at stake on each: in lists, so that
 * the calls of one card are enough for all. What is not among them the decision will tell.
 */
export async function lookUpSeveral(
  parts: Parts,
  request: ContainmentRequest,
  { person, signal }: Look,
): Promise<void> {
  // What a name means is for whoever used it, and for whoever approves: others see others.
  const maySearch = isSamePerson(person, request.requestor);
  const now = await parts.requests.now();
  const unknown = membersOf(request).filter(
    (member) => isDueToLookUp(member, now) && (maySearch || hasDevice(member)),
  );
  if (unknown.length === 0) return;
  const session = await openSession(parts, request, person, { priority: 'routine', signal });
  if (!session.ok) return;
  try {
    const found = await findTogether(parts, session, unknown);
    if (found.size === 0) return;
    const deviceIds = [...found.values()].map(({ deviceId }) => deviceId);
    const stakes = await readStakesOfSeveral(parts, session, { deviceIds, action: request.action });
    passed('device-looked-up', request.id);
    await parts.requests.applyFound(request, ({ id }) => {
      const device = found.get(id);
      if (device === undefined) return undefined;
      const { deviceId, machine } = device;
      const facts = { ...factsOf(machine), stakes: stakes.of(deviceId) };
      return { kind: 'device-read', by: person, deviceId, device: facts };
    });
  } finally {
    await session.close();
  }
}

interface Found {
  readonly deviceId: DeviceId;
  readonly machine: Machine;
}
type AllFound = Map<RequestId, Found>;

/** Of a name only what is certain counts: the one record that bears it or, where none does, the one whose name begins so. */
async function findTogether(
  parts: Parts,
  session: Session,
  members: readonly ContainmentRequest[],
): Promise<AllFound> {
  const { answers, refused } = await listMembers({ ...parts, session }, members, (member) =>
    hasDevice(member) ? { id: member.deviceId } : { name: member.deviceName },
  );
  const found: AllFound = new Map();
  const nobody: ContainmentRequest[] = refused.filter(hasDevice);
  for (const { asked, machines, isCut } of answers) {
    for (const member of asked) {
      const records = machines.filter((machine) => isMeant(member, machine, 'exact'));
      keep(found, member, records, isCut);
      if (records.length === 0 && (hasDevice(member) || !isCut)) nobody.push(member);
    }
  }
  await findAlike(parts, session, nobody, found);
  await readUnlisted(parts, session, nobody, found);
  return found;
}

/** For whoever has typed only the beginning of a name. */
async function findAlike(
  parts: Parts,
  session: Session,
  nobody: readonly ContainmentRequest[],
  found: AllFound,
): Promise<void> {
  const named = nobody.filter((member) => !hasDevice(member));
  const { answers } = await listMembers({ ...parts, session }, named, ({ deviceName = '' }) => ({
    beginning: deviceName,
  }));
  for (const { asked, machines, isCut } of answers) {
    for (const member of asked) {
      const alike = machines.filter((machine) => isMeant(member, machine, 'near'));
      keep(found, member, alike, isCut);
    }
  }
}

/** A list need not hold each device that can be read by its id, and may be refused. */
async function readUnlisted(
  parts: Parts,
  session: Session,
  nobody: readonly ContainmentRequest[],
  found: AllFound,
): Promise<void> {
  const byId = nobody.filter(hasDevice).slice(0, callsLeft(session));
  await Promise.all(
    byId.map(async ({ id, deviceId }) => {
      const read = parts.defender.readDevice(session.token, deviceId, session.options);
      const { machine } = await orNothing(read.then((device) => ({ machine: device })));
      if (machine !== undefined) found.set(id, { deviceId, machine });
    }),
  );
}

function isMeant(member: ContainmentRequest, machine: Machine, fit: 'exact' | 'near'): boolean {
  if (hasDevice(member)) return machine.id.toLowerCase() === member.deviceId;
  return matchOfName(member.deviceName, machine.computerDnsName) === fit;
}

/** Where a list was cut there may be others of the name. */
function keep(
  found: AllFound,
  member: ContainmentRequest,
  records: readonly Machine[],
  isCut: boolean,
): void {
  const [machine, another] = records;
  const deviceId = parseDeviceId(machine?.id);
  if (machine === undefined || deviceId === undefined) return;
  if (!hasDevice(member) && (isCut || another !== undefined)) return;
  found.set(member.id, { deviceId, machine });
}
