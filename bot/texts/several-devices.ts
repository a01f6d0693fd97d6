import { cardEnding, cardLabel, isLeftOut, membersOf } from '../../src/containment/batch.ts';
import { boxInForce } from '../../src/containment/box-in-force.ts';
import type { Action, ContainmentRequest, DeviceWish } from '../../src/containment/request.ts';
import { nameOrId } from '../../src/containment/request.ts';
import { isReleasedSince } from '../../src/containment/standing.ts';
import {
  type AttentionReason,
  type Label,
  type StateOf,
  isForRetry,
  labelOf,
  mayGoOn,
} from '../../src/containment/state.ts';
import type { TakenDevice } from '../../src/store/create-batch.ts';
import { mayMoveBox } from '../chosen-devices.ts';
import { markdownSafeName } from '../render/untrusted.ts';
import { utcShort } from '../render/utc.ts';
import { changedSince } from './elsewhere.ts';
import { devicesText, inShort } from './counted.ts';
import { attentionInShort } from './lists.ts';
import { targetOf } from './target.ts';
import { atEndText, lengthText } from './time-box.ts';
import { isUndoneUnchecked, uncertain } from './unchecked.ts';

/** Words about several devices that were asked for together. Names of devices are in them only where `targetOf` lets them. */

/** Nothing was asked for. Plain text, for everybody to read: only what is surely one harmless word is said again. */
export function alreadyOpenSeveral(taken: readonly TakenDevice[], action: Action): string {
  const what = action === 'restrict' ? 'to restrict' : 'to lift the restriction of';
  const which = taken.map(({ device, number }) => `${wordOf(device)} (#${number})`);
  const isOne = taken.length === 1;
  const who = isOne
    ? 'an open request of this conversation already asks'
    : 'open requests of this conversation already ask';
  return `Nothing new was asked for: ${who} ${what} ${inShort(which, 10)}. Leave ${isOne ? 'that one' : 'those'} out and send the command again.`;
}

function wordOf(device: DeviceWish): string {
  const name = device.deviceName?.split('.', 1)[0] ?? nameOrId(device);
  return /^[a-z0-9_-]{1,40}$/i.test(name) ? `“${name}”` : 'a device of the list';
}

export function nothingChosenText({ number }: ContainmentRequest): string {
  return `None of the devices of #${number} is chosen, so nothing was approved and nothing was sent. Choose those that you approve, then press Approve; Deny is for all of them.`;
}

interface DecidedMeanwhile {
  /** All of it by the presser. */
  readonly isOwn: boolean;
  /** Others that somebody may approve by another press. */
  readonly open: number;
}

/** The press is for some of the devices, of which none awaits a decision any more, while others do. */
export function decidedMeanwhileText(
  { number }: ContainmentRequest,
  { isOwn, open }: DecidedMeanwhile,
): string {
  const what = isOwn
    ? `You have approved what this press is for in #${number} already`
    : `What this press is for in #${number} is decided already`;
  const others =
    open === 0
      ? ''
      : ` ${devicesText(open)} of #${number} ${open === 1 ? 'awaits' : 'await'} approval; press Approve again if ${open === 1 ? 'it is' : 'they are'} to be approved.`;
  return `${what}, so it changed nothing.${others}`;
}

interface ForOne {
  readonly request: ContainmentRequest;
  readonly text: string;
}

interface Approved {
  readonly approved: number;
  readonly refused: readonly ForOne[];
  readonly unanswered: number;
}

/** What came of one press of Approve, for its presser alone. */
export function approvedSeveralText(
  { number, hold }: ContainmentRequest,
  { approved, refused, unanswered }: Approved,
): string {
  const onwards =
    hold === undefined
      ? `Cordon now hands them to Defender with your rights; the card of #${number} follows each.`
      : 'Submission to Defender is paused, so nothing is sent yet; your approval is kept and goes on when the pause ends.';
  return [
    ...(approved === 0 ? [] : [`Approved for ${devicesText(approved)}. ${onwards}`]),
    ...(unanswered === 0
      ? []
      : [
          `${devicesText(unanswered)} ${unanswered === 1 ? 'is' : 'are'} still being checked; the card shows the result.`,
        ]),
    ...byReason(refused).map(([text, names]) => `Your approval did not hold for ${names}: ${text}`),
  ].join(' ');
}

/** Why a press came to nothing for some of them. */
export function notForText(refused: readonly ForOne[]): string {
  return byReason(refused)
    .map(([text, names]) => `${names}: ${text}`)
    .join(' ');
}

/** Only people's own words stop what is not sent yet, and only some people's. */
export function notStoppedByWord(refused: readonly ContainmentRequest[]): string[] {
  const awaiting = refused.filter(({ state }) => state.status === 'awaiting').length;
  const unsent = refused.filter(
    ({ state }) => state.status !== 'awaiting' && state.status !== 'running',
  ).length;
  return [
    ...(awaiting === 0
      ? []
      : [
          `${devicesText(awaiting)} still ${awaiting === 1 ? 'awaits' : 'await'} approval and ${awaiting === 1 ? 'was' : 'were'} not stopped: only the requestor withdraws; whoever may approve can press Deny.`,
        ]),
    ...(unsent === 0
      ? []
      : [
          `${devicesText(unsent)} ${unsent === 1 ? 'is' : 'are'} not with Defender yet and ${unsent === 1 ? 'was' : 'were'} not stopped: before that only the requestor or the approver can. Cancel again once Defender has ${unsent === 1 ? 'it' : 'them'}.`,
        ]),
  ];
}

export function byReason(refused: readonly ForOne[]): [text: string, names: string][] {
  const groups = Map.groupBy(refused, ({ text }) => text);
  return [...groups].map(([text, all]) => [
    text,
    inShort(
      all.map(({ request }) => targetOf(request)),
      3,
    ),
  ]);
}

/** In the order in which a shift asks for them. */
const order: readonly Label[] = [
  'Needs attention',
  'Failed',
  'Timed out',
  'Cancelled',
  'Awaiting approval',
  'Approved',
  'Submitting',
  'Pending',
  'In progress',
  'Succeeded',
  'Denied',
  'Expired',
  'Withdrawn',
];

/** How many devices are how far; our own words alone. */
export function countsText(request: ContainmentRequest): string {
  const members = membersOf(request);
  const counts = order.flatMap((label) => {
    const count = members.filter(({ state }) => !isLeftOut(state) && labelOf(state) === label).length;
    return count === 0 ? [] : [`${count} ${label}`];
  });
  const left = members.filter(({ state }) => isLeftOut(state)).length;
  return [...counts, ...(left === 0 ? [] : [`${left} left out`])].join(' · ');
}

/** Which button or command brings them on, for somebody who does not see the card. */
export function howToGoOnWithAll(request: ContainmentRequest): string {
  const { number, place } = request;
  const label = cardLabel(request);
  if (label === 'Awaiting approval' && place.kind !== 'personal')
    return `Approve or Deny on its card decides; /cancel #${number} <reason> takes it back.`;
  const isUnderWay = ['Awaiting approval', 'Approved', 'Submitting', 'Pending', 'In progress'].includes(
    label,
  );
  if (isUnderWay) return `/cancel #${number} <reason> stops what can still be stopped.`;
  if (label === 'Needs attention') return 'Its card has the buttons that bring it on.';
  if (membersOf(request).some(mayMoveBox))
    return 'On its card Release lifts the restrictions now, and Extend moves their end.';
  return '/history <device> shows what became of each device.';
}

/** Behind number and label in the thread: the outcome of each device. Names are Markdown-safe. */
export function outcomeOfAll(request: ContainmentRequest): string {
  const members = membersOf(request);
  const waiting = members.filter(({ state }) => mayGoOn(state)).length;
  const isUnderWay = cardEnding(request) === undefined && waiting > 0;
  const groups = Map.groupBy(members, (member) => resultOf(member));
  const parts = [...groups].map(([result, members]) => {
    const names = inShort(
      members.map((member) => targetOf(member)),
      mostNamed,
    );
    return `${result}: ${names}.`;
  });
  const sentences = [
    `${devicesText(members.length)} to ${asked[request.action]}.`,
    ...(isUnderWay ? [`${devicesText(waiting)} ${waiting === 1 ? 'waits' : 'wait'} for somebody.`] : []),
    ...parts,
    ...endsOfBoxes(members),
    ...(members.some((member) => isUndoneUnchecked(member)) ? [uncertain] : []),
  ];
  return sentences.join(' ');
}

/** Said when the restrictions are confirmed; they may have been moved or lifted by the time that anybody reads it. */
function endsOfBoxes(members: readonly ContainmentRequest[]): string[] {
  const ends = members.flatMap((member) => {
    const box = boxInForce(member);
    return box === undefined ? [] : [{ member, ...box }];
  });
  const groups = [...Map.groupBy(ends, ({ member, until }) => `${until} ${atEndText(member)}`).values()];
  const others = groups.slice(mostEnds).flat().length;
  return [
    ...groups.slice(0, mostEnds).flatMap((alike) =>
      alike.slice(0, 1).map(({ member, until, duration }) => {
        const of = groups.length === 1 ? '' : ` of ${devicesText(alike.length)}`;
        return `The time box of ${lengthText(duration)}${of} ends at ${utcShort(until, member.createdAt)}; ${atEndText(member)}.`;
      }),
    ),
    ...(others === 0 ? [] : [`The card says when those of ${others} more end.`]),
  ];
}

const mostEnds = 3;

/** Everybody of a full request: 50 host names are about 1,500 characters. */
const mostNamed = 50;

const asked = {
  restrict: 'restrict',
  unrestrict: 'lift the restriction of',
} as const satisfies Record<Action, string>;

/** What was changed without any request since then is as much its outcome. */
function resultOf(member: ContainmentRequest): string {
  const last = member.elsewhere?.at(-1);
  const isOlder = last === undefined || isReleasedSince(member);
  return isOlder ? ownResultOf(member) : `${ownResultOf(member)}, ${changedSince(last)}`;
}

function ownResultOf({ action, state }: ContainmentRequest): string {
  if (isLeftOut(state))
    return state.status === 'denied' && state.leftOut === 'same-device'
      ? 'The same device twice'
      : 'Not chosen';
  if (state.status === 'attention') return attentionResult(state);
  const label = labelOf(state);
  if (label === 'Succeeded') return action === 'restrict' ? 'Restricted' : 'Lifted';
  return label;
}

/** Who does not see the card learns which button brings it on. */
function attentionResult({ reason, closed }: StateOf<'attention'>): string {
  const why = attentionInShort[reason.code];
  if (closed !== undefined) return `Needs attention (${why}), closed by ${markdownSafeName(closed.by.name)}`;
  return `Needs attention (${why}; ${whatHelps(reason)})`;
}

function whatHelps(reason: AttentionReason): string {
  if (isForRetry(reason)) return 'nothing was sent, and the approver presses Retry';
  return reason.code === 'outcome-unknown' ? 'press Check again' : 'nothing was changed';
}
