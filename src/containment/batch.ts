import { later } from './decision.ts';
import { endingOf } from './ending.ts';
import type { RequestId } from './ids.ts';
import type { Instant } from './person.ts';
import type { ContainmentRequest } from './request.ts';
import { type Label, type State, type VoidReason, labelOf, mayGoOn } from './state.ts';

/** As many as one request may name. */
export const mostDevices = 50;

/** Which request's card shows this one. */
export function cardOf({ id, batch }: Pick<ContainmentRequest, 'id' | 'batch'>): RequestId {
  return batch?.lead ?? id;
}

/** The request itself, or all devices of it where there are several. */
export function membersOf(request: ContainmentRequest): readonly ContainmentRequest[] {
  return request.members ?? [request];
}

const leastAdvancedFirst: readonly Label[] = [
  'Awaiting approval',
  'Approved',
  'Submitting',
  'Pending',
  'In progress',
];
const worstFirst: readonly Label[] = ['Needs attention', 'Failed', 'Timed out', 'Cancelled'];
const undecided: readonly Label[] = ['Withdrawn', 'Denied', 'Expired'];

/** The card's own label. Of several devices: the least advanced while any runs; then success only if all have it, or the worst. */
export function cardLabel(request: ContainmentRequest): Label {
  if (request.members === undefined) return labelOf(request.state);
  return labelOfAll(counted(request.members).map(({ state }) => labelOf(state)));
}

/** As `cardLabel` has it of what counts. */
export function labelOfAll(labels: readonly Label[]): Label {
  const has = (label: Label): boolean => labels.includes(label);
  const telling = leastAdvancedFirst.find(has) ?? worstFirst.find(has);
  if (telling !== undefined) return telling;
  if (labels.every((label) => label === 'Succeeded')) return 'Succeeded';
  // Some were carried out and others not: the whole was stopped on its way.
  return has('Succeeded') ? 'Cancelled' : (undecided.find(has) ?? 'Cancelled');
}

/** What an approval left out, or what turned out to be a device that is there already, is no part of what was approved. */
function counted(members: readonly ContainmentRequest[]): readonly ContainmentRequest[] {
  const left = members.filter(({ state }) => !isLeftOut(state));
  return left.length === 0 ? members : left;
}

export function isLeftOut(state: State): boolean {
  return state.status === 'denied' && state.leftOut !== undefined;
}

/** The moment since which nothing goes on by itself; undefined as long as any does. */
export function cardEnding(request: ContainmentRequest): Instant | undefined {
  if (request.members === undefined) return endingOf(request.state);
  const endings = request.members.map(({ state }) => endingOf(state));
  return endings.every((ending) => ending !== undefined)
    ? endings.reduce((latest, ending) => (ending > latest ? ending : latest))
    : undefined;
}

/** Of several devices: what comes to wait for somebody within this time is told in one word. */
export const burstSeconds = 20;

/** The moment of which the thread hears: the end of all or, as long as others go on, since when the latest ones wait for somebody. */
export function momentToTell(request: ContainmentRequest): Instant | undefined {
  const end = cardEnding(request);
  if (end !== undefined || request.members === undefined) return end;
  const waiting = request.members.flatMap(({ state }) => (mayGoOn(state) ? [state.at] : [])).toSorted();
  // The first of a burst stands for it.
  const [first] = waiting;
  return waiting.reduce(
    (told, at) => (told !== undefined && at > later(told, burstSeconds) ? at : told),
    first,
  );
}

/** Whether a word about this moment is out. Of several devices a later one has said it all: fewer of them wait for somebody now. */
export function isToldOf(
  { members }: ContainmentRequest,
  moment: Instant,
  told: Instant | undefined,
): boolean {
  return told !== undefined && (members === undefined ? told === moment : told >= moment);
}

/** The one that stands for all in lists: what waits for people, then what runs, then how it ended. */
export function faceOf(members: readonly ContainmentRequest[]): ContainmentRequest | undefined {
  return members.toSorted((one, other) => rankOf(one.state) - rankOf(other.state))[0];
}

const inLists: readonly Label[] = [
  'Awaiting approval',
  'Approved',
  'Submitting',
  'Pending',
  'In progress',
  ...worstFirst,
  ...undecided,
  'Succeeded',
];

function rankOf(state: State): number {
  if (isLeftOut(state)) return inLists.length;
  // Somebody has to see to it, however much else still runs.
  return mayGoOn(state) ? 0.5 : inLists.indexOf(labelOf(state));
}

const ofOneDevice: readonly VoidReason['code'][] = [
  'device-not-visible',
  'device-unclear',
  'other-device',
  'already-requested',
];

/** Why one press came to nothing for this device, and not for others as well. */
export function isOfOneDevice({ code }: Pick<VoidReason, 'code'>): boolean {
  return ofOneDevice.includes(code);
}
