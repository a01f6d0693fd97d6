import { boxInForce } from '../../src/containment/box-in-force.ts';
import type { BoxNews } from '../../src/containment/event.ts';
import { type Person, isSamePerson } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { RunningBox } from '../../src/containment/time-box.ts';
import { type Mention, mentionOf } from '../render/mention.ts';
import { markdownSafeName } from '../render/untrusted.ts';
import { utcShort } from '../render/utc.ts';
import { inShort } from './counted.ts';
import { targetOf } from './target.ts';
import { atEndText, isOurs, needs } from './time-box.ts';

export interface BoxReply {
  /** Markdown that holds the text of each mention. */
  readonly text: string;
  readonly mentions: readonly Mention[];
}

/** One device whose restriction holds for a time. */
interface Boxed {
  readonly member: ContainmentRequest;
  readonly box: RunningBox;
}

/**
 * The word in the thread that asks people for something; undefined when there is nothing to ask any more. Of several devices
 * it is about `members`, and says once what is true of many of them.
 */
export function boxReply(
  request: ContainmentRequest,
  news: BoxNews,
  members: readonly ContainmentRequest[] = [request],
): BoxReply | undefined {
  const boxed = members.flatMap((member) => {
    const box = boxInForce(member);
    return box === undefined ? [] : [{ member, box }];
  });
  if (boxed.length === 0) return undefined;
  const people = boxed.flatMap((one) => askedBy(one, news));
  const mentions = people.filter(isFirst).map(mentionOf);
  const groups = Map.groupBy(boxed, (one) => asks[news](one, ''));
  const sentences = [...groups.values()].flatMap((alike) =>
    alike.slice(0, 1).map((one) => `${asks[news](one, namesOf(alike))}${also[news](alike)}`),
  );
  const called = mentions.map((mention) => mention.text).join(' ');
  return { text: `${called} #${request.number}: ${sentences.join(' Besides, ')}`, mentions };
}

function isFirst(person: Person, index: number, all: readonly Person[]): boolean {
  return all.findIndex((one) => isSamePerson(one, person)) === index;
}

/** As many as are worth reading there; the card has all. */
const mostNamed = 10;

function namesOf(boxed: readonly Boxed[]): string {
  return inShort(
    boxed.map(({ member }) => targetOf(member)),
    mostNamed,
  );
}

function askedBy({ member: { requestor }, box: { authorisedBy, lift } }: Boxed, news: BoxNews): Person[] {
  const more = lift?.called?.people ?? [];
  if (news === 'called' && more.length > 0) return [...more];
  return isSamePerson(requestor, authorisedBy) ? [requestor] : [requestor, authorisedBy];
}

const asks: Readonly<Record<BoxNews, (one: Boxed, target: string) => string>> = {
  ending: ({ member, box: { until } }, target) =>
    `the restriction of app execution on ${target} ends at ${utcShort(until, member.createdAt)}. Extend or release it on ${member.batch === undefined ? 'its' : 'the'} card; otherwise ${atEndText(member)}${isOurs(member) ? '' : ', because somebody else started it'}.`,
  wanted: ({ box }, target) =>
    `the time is over, and app execution on ${target} is still restricted. ${liftText(box)}.`,
  called: ({ box }, target) =>
    `app execution on ${target} is still restricted, and nobody has decided on ${numberOf(box)} for 15 minutes. ${liftText(box)}.`,
  unlifted: ({ box: { failed } }, target) =>
    `the time is over, and app execution on ${target} is still restricted: ${failed === undefined ? 'its lift came to nothing' : `#${failed.number}, which was to lift it, is “${failed.label}”`}. Whoever may approve can press Release or Extend on the card.`,
};

const also: Readonly<Record<BoxNews, (alike: readonly Boxed[]) => string>> = {
  ending: () => '',
  wanted: (alike) => alsoText(alike),
  called: (alike) => alsoText(alike),
  unlifted: () => '',
};

function liftText(box: RunningBox): string {
  return `${numberOf(box)} lifts it and ${needs(box.lift ?? {})}`;
}

function numberOf({ lift }: RunningBox): string {
  return lift === undefined ? 'A request' : `#${lift.number}`;
}

/** Named one by one; the card of the lift has more. */
const mostBeware = 3;

/** Whoever presses Approve has read that it ends more than this restriction. */
function alsoText(boxed: readonly Boxed[]): string {
  const others = boxed.flatMap((one) => otherText(one));
  if (others.length === 0) return '';
  const more = others.length - mostBeware;
  const beyond = more > 0 ? `, as are ${more} more` : '';
  return ` Beware: ${others.slice(0, mostBeware).join(', ')}${beyond}; approving lifts that, too.`;
}

function otherText({ member, box: { lift } }: Boxed): string[] {
  const [first, ...more] = lift?.alsoRestricted?.others ?? [];
  if (first === undefined) return [];
  const { by, since } = first;
  const what = member.batch === undefined ? 'the device' : targetOf(member);
  const who = by === undefined ? '' : ` by ${markdownSafeName(by)}`;
  const when = since === undefined ? '' : ` since ${utcShort(since, member.createdAt)}`;
  const others = more.length === 0 ? '' : ` and by ${more.length} more`;
  return [`${what} is also restricted${who}${when}${others}`];
}
