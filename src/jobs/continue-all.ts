import { approverOf } from '../containment/approval.ts';
import { boxInForce } from '../containment/box-in-force.ts';
import { isStoppable } from '../containment/cancellation.ts';
import type { RequestId } from '../containment/ids.ts';
import { type Person, isSamePerson } from '../containment/person.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import { isInDoubt, isRetryable } from '../containment/state.ts';
import { inTurns } from '../platform/in-turns.ts';
import {
  type Continued,
  type SteppedUpToken,
  type WaitingClick,
  continueClick,
  untilDecided,
} from './continue-click.ts';
import { keepTrying } from './keep-trying.ts';
import type { JobParts } from './parts.ts';
import { waitingClick } from './waiting-click.ts';

/** The same as for one device, for each of several that the click was for, with the one token of its sign-in. */
export async function continueForAll(
  parts: JobParts,
  click: WaitingClick,
  token: SteppedUpToken,
  signal = untilDecided(),
): Promise<Continued> {
  const { requests, log } = parts;
  const { requestId } = click.purpose;
  const request = await keepTrying({ signal, log }, () => requests.onCard(requestId));
  const members = request?.members?.filter((member) => isFor(click, member)) ?? [];
  const lost = request?.members?.filter((member) => isLost(click, member)) ?? [];
  if (members.length === 0) return continueClick(parts, forFirst(click, lost), token, signal);
  const all = await inTurns(members, signal, async (member): Promise<Continued> => {
    const own = { ...click, purpose: { ...click.purpose, requestId: member.id } };
    // What fails for one must not cost the others their token.
    return continueClick(parts, own, token, signal).catch((error: unknown) => {
      log.warn({ err: error, requestId: member.id }, 'a click after a sign-in could not go on for a device');
      return { kind: 'no-answer', request: member };
    });
  });
  return together(all, members.length + lost.length) ?? { kind: 'no-answer', request };
}

/** Where there is nothing left to do, one of those that the press was about says why. */
function forFirst(click: WaitingClick, [lost]: readonly ContainmentRequest[]): WaitingClick {
  const { purpose } = click;
  const first = lost?.id ?? devicesOf(click)?.[0];
  return first === undefined ? click : { ...click, purpose: { ...purpose, requestId: first } };
}

/** Those that the press was for, where its link says. */
function devicesOf({ purpose }: WaitingClick): readonly RequestId[] | undefined {
  return 'devices' in purpose ? purpose.devices : undefined;
}

/** The press was for it as well, and came to nothing there before its person had signed in. */
function isLost(click: WaitingClick, member: ContainmentRequest): boolean {
  if (devicesOf(click)?.includes(member.id) !== true || isFor(click, member)) return false;
  return !isDone(click, member);
}

function isDone({ person, purpose }: WaitingClick, member: ContainmentRequest): boolean {
  switch (purpose.verb) {
    case 'cancel':
      return isStopped(member);
    case 'release':
      return isReleased(member, purpose.clickId);
    case 'extend':
      return isExtended(member, purpose.clickId);
    default:
      return isUnderWayBy(member, person);
  }
}

function isStopped({ state }: ContainmentRequest): boolean {
  return (
    state.status === 'withdrawn' || (state.status === 'ended' && state.machineAction.status === 'Cancelled')
  );
}

/** By this very press: the lift that somebody else has asked for meanwhile is not of it. */
function isReleased(member: ContainmentRequest, clickId: string): boolean {
  const box = boxInForce(member);
  const isOvertaken = [box?.voided, ...(box?.overtook ?? [])].some((one) => one?.press === clickId);
  return box === undefined || (box.lift !== undefined && !isOvertaken);
}

function isExtended(member: ContainmentRequest, clickId: string): boolean {
  const box = boxInForce(member);
  return box?.lift === undefined && box?.extended?.press === clickId;
}

function isUnderWayBy({ state }: ContainmentRequest, person: Person): boolean {
  const approver = approverOf(state);
  return state.status !== 'attention' && approver !== undefined && isSamePerson(approver, person);
}

function isFor(click: WaitingClick, member: ContainmentRequest): boolean {
  const { person, purpose } = click;
  switch (purpose.verb) {
    case 'cancel':
      // What somebody else has approved since the press is none of its business.
      return isStoppable(member) && isOfPress(click, member);
    case 'retry':
      return isRetriedBy(member, person) && isOfPress(click, member);
    case 'recheck':
      return isDoubtful(member);
    default:
      return waitingClick(member, purpose.clickId) !== undefined;
  }
}

/** A link that does not say is for all that its card showed then: a lift may have been joined by others since. */
function isOfPress(click: WaitingClick, { id, lifts, batch }: ContainmentRequest): boolean {
  const devices = devicesOf(click);
  if (devices !== undefined) return devices.includes(id);
  return lifts === undefined || batch === undefined || batch.lead === id;
}

/** Nothing was sent, and this person's sign-in brings it on. */
export function isRetriedBy({ state }: ContainmentRequest, person: Person): boolean {
  return isRetryable(state) && isSamePerson(state.approval.by, person);
}

/** Nobody knows for certain how it stands. */
export function isDoubtful({ state }: ContainmentRequest): boolean {
  return isInDoubt(state) || (state.status === 'running' && state.unconfirmed === true);
}

/** What came of it for any of them; the card has the rest. */
const mostTelling = [
  'void',
  'not-cancelled',
  'refused',
  'not-possible',
  'looked',
  'no-answer',
  'gone',
] as const satisfies readonly Continued['kind'][];

function together(all: readonly Continued[], of: number): Continued | undefined {
  const counted = all.filter((one) => one.kind === 'counts');
  const [first] = counted;
  if (first !== undefined) {
    const onwards = Promise.all(counted.map((one) => one.onwards)).then(() => undefined);
    return { ...first, onwards, share: { counted: counted.length, of } };
  }
  return mostTelling.map((kind) => all.find((one) => one.kind === kind)).find((one) => one !== undefined);
}
