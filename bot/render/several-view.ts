import { cardEnding, cardLabel, membersOf } from '../../src/containment/batch.ts';
import { readFacts } from '../../src/containment/read-facts.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { awaitsDecision, choiceOf, mayMoveBox } from '../chosen-devices.ts';
import { devicesText } from '../texts/counted.ts';
import { countsText } from '../texts/several-devices.ts';
import { lookedAtText } from '../texts/several-stakes.ts';
import { type Row, factRows } from './request-facts.ts';
import { clickRemarks, heldRemark } from './request-remarks.ts';
import { type Line, faint, line, words } from './runs.ts';
import { namesApart } from './names-apart.ts';
import { alsoRestrictedOfAll, boxFactOfAll, boxRemarksOfAll } from './several-box-lines.ts';
import { type Room, type RowLine, deviceRow, shortRow } from './several-rows.ts';

/**
 * From what is pleasant to read to what surely fits: what Defender says of a device goes first, and what became of it is worth
 * more than all of its name. Many devices are read more easily with a line each.
 */
const roomy: readonly [Room, ...Room[]] = [
  { name: 100, details: 'all', facts: 'all' },
  { name: 100, details: 'all', facts: 'notable' },
  { name: 100, details: 'all', facts: 'none' },
];
const tight: readonly [Room, ...Room[]] = [
  { name: 60, details: 'state', facts: 'all' },
  { name: 60, details: 'state', facts: 'notable' },
];
const tightest: readonly [Room, ...Room[]] = [
  { name: 60, details: 'state', facts: 'none' },
  { name: 40, details: 'state', facts: 'none' },
  { name: 24, details: 'state', facts: 'none' },
  { name: 40, details: 'label', facts: 'none' },
  { name: 24, details: 'label', facts: 'none' },
  { name: 16, details: 'label', facts: 'none' },
];
const mostWithAll = 8;

/** In falling size. */
export function roomsFor({ members = [] }: ContainmentRequest): readonly [Room, ...Room[]] {
  if (members.length <= mostWithAll) return [...roomy, ...tightest];
  // Of fifty of which nothing is known, one word says so; of what is decided nothing is shown any more.
  const isTold = members.some(
    (member) => member.state.status === 'awaiting' && readFacts(member) !== undefined,
  );
  return isTold ? [...tight, ...tightest] : tightest;
}

/** The devices of the card, each with its own label, behind the count of all. */
export function deviceSets(request: ContainmentRequest, room: Room) {
  if (request.members === undefined) return [];
  const { members } = request;
  const isShort = room.details !== 'all';
  const lines = isShort ? [] : members.flatMap((member) => deviceRow(member, room));
  const { inRow } = namesApart(members, room.name);
  const rows = isShort ? members.map((member) => shortRow(member, room, inRow(member))) : [];
  const heading = `${devicesText(request.members.length)}: ${countsText(request)}`;
  const isOpen = cardLabel(request) === 'Awaiting approval';
  const looked: RowLine[] = isOpen
    ? [{ ...line(faint(lookedAtText(request, room.facts))), spacing: 'Small' }]
    : [];
  return [{ heading, rows, lines: [...lines, ...looked] }];
}

/** More than these would bury the buttons: they unfold. */
const mostUnfolded = 6;

/** Which of them to approve, or to release or extend; all, as long as nobody changes it. */
export function choiceSets(request: ContainmentRequest, room: Room) {
  const open = openOf(request);
  const held = membersOf(request).filter(mayMoveBox);
  if (Math.max(open.length, held.length) < 2 || request.place.kind === 'personal') return [];
  const offered = membersOf(request).filter((member) => open.includes(member) || held.includes(member));
  const isMixed = open.length > 0 && held.length > 0;
  const { inChoice } = namesApart(membersOf(request), room.name);
  const choices = offered.map((member) => ({
    title: `${inChoice(member)}${isMixed ? ` (${open.includes(member) ? 'to approve' : 'in force'})` : ''}`,
    value: choiceOf(member),
  }));
  const isFolded = offered.length > mostUnfolded;
  return [
    {
      label: choiceLabels[isMixed ? 'both' : open.length > 0 ? 'open' : 'held'],
      isShown: !isFolded,
      toggles: isFolded ? [{ title: 'Choose devices' }] : [],
      value: choices.map(({ value }) => value).join(','),
      choices,
    },
  ];
}

const choiceLabels = {
  open: 'Approve for these',
  held: 'Release or extend these',
  both: 'Approve, release or extend these',
} as const;

function openOf(request: ContainmentRequest): readonly ContainmentRequest[] {
  return membersOf(request).filter(awaitsDecision);
}

const boxLabel = 'Time box';
/** These are of the request, whichever of its devices they came about with; what belongs to one device is in its row. */
const ofAll: readonly string[] = [
  'Requested by',
  'Approved by',
  boxLabel,
  'Cancellation',
  'Cancelled by',
  'Open until',
  'Denied by',
  'Expired at',
  'Withdrawn by',
  'Closed by',
];
/** Two people may share a request among them; more are in the record. */
const mostOfAKind = 3;

export function factsOfAll(request: ContainmentRequest): Row[] {
  const rows = membersOf(request)
    .filter(({ state }) => state.status !== 'denied' || state.leftOut === undefined)
    .flatMap((member) => factRows(member));
  const boxes = boxFactOfAll(request);
  const kept = ofAll.flatMap((label) => {
    if (label === boxLabel) return boxes.length === 0 ? [] : [{ label, lines: boxes }];
    return unique(rows.filter((row) => row.label === label)).slice(0, mostOfAKind);
  });
  return [...kept, ...evidence(request)];
}

function evidence(request: ContainmentRequest): Row[] {
  const { id, recordHash } = request;
  if (cardEnding(request) === undefined || recordHash === undefined) return [];
  const small = { size: 'Small' } as const;
  const hash = line(words(`SHA-256 ${recordHash} (of the first device)`, small));
  return [{ label: 'Evidence', lines: [line(words(`cordon:${id}`, small)), hash] }];
}

/** The latest presses; one is mostly for many devices. */
const mostClicks = 6;

export function remarksOfAll(request: ContainmentRequest): Line[] {
  const clicks = unique(openOf(request).flatMap((member) => clickRemarks(member))).slice(-mostClicks);
  return [
    ...heldRemark(membersOf(request).find(({ hold }) => hold !== undefined) ?? request),
    ...boxRemarksOfAll(request),
    ...clicks,
    ...alsoRestrictedOfAll(request),
  ];
}

function unique<Item>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
