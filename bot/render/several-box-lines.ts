import { membersOf } from '../../src/containment/batch.ts';
import { boxInForce } from '../../src/containment/box-in-force.ts';
import type { Instant } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { RunningBox, Wish } from '../../src/containment/time-box.ts';
import { pressedFor } from '../texts/pressed.ts';
import { devicesText } from '../texts/counted.ts';
import { approvesTheirEnd, extendingApprovesItsEnd, lengthText, notByItself } from '../texts/time-box.ts';
import { mostOfOne, namedOnCard } from '../seen-on-card.ts';
import { alsoRestrictedParts, stageOf } from './box-lines.ts';
import { namesApart } from './names-apart.ts';
import { type Line, type Run, line, personName, subtle, theirName, words } from './runs.ts';
import { utcShort } from './utc.ts';

type At = (moment: Instant) => string;

const small = (text: string): Run => words(text, { size: 'Small' });

/** What a row says of the time box of its device; that it was released is said with what else became of it. */
export function boxParts(member: ContainmentRequest, at: At): Run[][] {
  const box = boxInForce(member);
  if (box === undefined) return [];
  const { until, ended, lift, extended, voided } = box;
  const end =
    lift !== undefined
      ? `#${lift.number} asks to lift it`
      : `${ended === true ? 'its time was over' : 'until'} ${at(until)}`;
  return [
    [small(end)],
    ...(extended === undefined || lift !== undefined ? [] : [[small('extended')]]),
    ...(voided === undefined ? [] : [[small(`a press of ${pressedFor[voided.verb]} did not hold`)]]),
  ];
}

/** How long each restriction is to hold, and whose word ends it. */
export function boxFactOfAll(request: ContainmentRequest): Line[] {
  const { box } = request;
  if (box === undefined) return [];
  const members = membersOf(request);
  const length = words(lengthText(box.duration));
  const awaiting = members.some(({ state }) => state.status === 'awaiting');
  const running = members.filter((member) => isRunning(boxInForce(member)));
  const hasBegun = members.some((member) => member.box?.running !== undefined);
  return [
    hasBegun ? line(length) : line(length, subtle('  for each, from Defender’s confirmation')),
    ...(running.length > 0 ? endLines(request, running) : []),
    ...(awaiting ? [line(subtle(approvesTheirEnd))] : []),
  ];
}

function isRunning(box: RunningBox | undefined): boolean {
  return box !== undefined && box.lift === undefined && box.ended !== true;
}

/** Ends that differ are named one by one up to this many; the rows have each. */
const namedEnds = 3;

function endLines({ createdAt }: ContainmentRequest, running: readonly ContainmentRequest[]): Line[] {
  const groups = [
    ...Map.groupBy(running, (member) => {
      const { until, authorisedBy } = boxInForce(member) ?? {};
      return JSON.stringify([until, isByItself(member) ? authorisedBy?.objectId : '']);
    }).values(),
  ].toSorted(([one], [other]) => untilOf(one).localeCompare(untilOf(other)));
  const more = groups.length - namedEnds;
  return [
    ...groups.slice(0, namedEnds).map((members) => endLine(members, createdAt)),
    ...(more > 0 ? [line(subtle('and other ends, as the rows say'))] : []),
    ...(running.every(isByItself) ? [] : [line(subtle(notByItself))]),
    ...(running.some(isByItself) ? [line(subtle(extendingApprovesItsEnd))] : []),
  ];
}

function untilOf(member: ContainmentRequest | undefined): Instant {
  return (member && boxInForce(member)?.until) ?? '';
}

/** What somebody else started is lifted by people alone. */
function isByItself({ state }: ContainmentRequest): boolean {
  return state.status !== 'ended' || state.machineAction.ours;
}

function endLine(members: readonly ContainmentRequest[], createdAt: Instant): Line {
  const [first] = members;
  const box = first && boxInForce(first);
  if (first === undefined || box === undefined) return line();
  const end = `${devicesText(members.length)} until ${utcShort(box.until, createdAt)}`;
  return isByItself(first)
    ? line(words(end), subtle(', then lifted with the sign-in of '), personName(box.authorisedBy))
    : line(words(end), subtle(', then by an approval'));
}

/** What was pressed about the time boxes: each press once, however many devices it was for. */
export function boxRemarksOfAll(request: ContainmentRequest): Line[] {
  const at = (moment: Instant): string => utcShort(moment, request.createdAt);
  const boxes = membersOf(request).flatMap((member) => boxInForce(member) ?? []);
  const extended = boxes.flatMap(({ extended: one }) => one ?? []);
  const voided = boxes.flatMap(({ voided: one }) => one ?? []);
  return [
    ...told(
      extended,
      ({ by, at: when, until }) => [by.objectId, when, until],
      (one, count) =>
        line(
          subtle('Extended by '),
          personName(one.by),
          subtle(` at ${at(one.at)} until ${at(one.until)}: ${count}`),
        ),
    ),
    ...told(
      voided,
      ({ by, verb, press = '' }) => [by.objectId, verb, press],
      (one, count) =>
        line(
          personName(one.by),
          subtle(`’s ${pressedFor[one.verb]} did not hold for ${count} (${at(one.at)})`),
        ),
    ),
    ...told(
      boxes.flatMap(({ wishes }) => wishes),
      ({ id, signInUntil = '' }) => [id, signInUntil],
      (one, count) => wishLine(one, count, at),
    ),
  ];
}

function wishLine(wish: Wish, count: string, at: At): Line {
  const pressed = ` pressed ${pressedFor[wish.verb]} ${at(wish.at)} for ${count}, ${stageOf(wish)}`;
  return line(personName(wish.by), subtle(pressed));
}

/** Named one by one; more are in the record. */
const namedPresses = 3;

function told<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => readonly string[],
  say: (item: Item, count: string) => Line,
): Line[] {
  const groups = [...Map.groupBy(items, (item) => JSON.stringify(keyOf(item))).values()];
  return groups
    .slice(-namedPresses)
    .flatMap((group) => group.slice(0, 1).map((item) => say(item, devicesText(group.length))));
}

/** A remark has less room than a row. */
const shownName = 40;

/** To be read before the click: a lift ends every restriction of each device. */
export function alsoRestrictedOfAll(request: ContainmentRequest): Line[] {
  const { named, others } = namedOnCard(membersOf(request));
  const { inRow } = namesApart(membersOf(request), shownName);
  return [
    ...named.flatMap((member) => alsoRestrictedOf(member, request, inRow(member))),
    ...(others.length === 0
      ? []
      : [
          line(
            words(`${devicesText(others.length)} more: `),
            words('Also restricted', { weight: 'Bolder' }),
            subtle('; an Approve does not count there until the card names by what'),
          ),
        ]),
  ];
}

function alsoRestrictedOf(
  member: ContainmentRequest,
  { createdAt }: ContainmentRequest,
  called: string,
): Line[] {
  const at = (moment: Instant): string => utcShort(moment, createdAt);
  const name = theirName(called, {}, shownName);
  const all = member.alsoRestricted?.others ?? [];
  const more = all.length - mostOfOne;
  return [
    ...all.slice(0, mostOfOne).map((other) => line(...name, words(': '), ...alsoRestrictedParts(other, at))),
    ...(more > 0 ? [line(...name, subtle(`: and ${more} more, which it lifts as well`))] : []),
  ];
}
