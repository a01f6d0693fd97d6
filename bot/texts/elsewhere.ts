import type { Mention } from '../render/mention.ts';
import { mentionOf } from '../render/mention.ts';
import { markdownSafeName } from '../render/untrusted.ts';
import { utcShort } from '../render/utc.ts';
import { type FoundChange, type StandsNow, isOwnAction } from '../../src/containment/elsewhere.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { ElsewhereNews } from '../../src/jobs/ports.ts';
import { isLateRestriction, isReleasedSince, lateEffectOf } from '../../src/containment/standing.ts';
import { concerned } from './concerned.ts';
import { targetOf } from './target.ts';

/** Words for what our register does not have: changed in the portal, by another tool, or by an action of ours that was given up. */
const outside = 'outside Cordon';
const bearsMark = 'by an action that bears Cordon’s mark but is in no record';

type Change = Pick<FoundChange, 'became' | 'origin'>;
type Origin = NonNullable<FoundChange['origin']>;

/** Before the name of whoever Defender says it was, if it does. */
export function changedOutside(change: Change): string {
  const { became, origin } = change;
  if (isOwnAction(change)) return 'Defender now lists this action as succeeded';
  const what = became === 'lifted' ? 'Lifted' : 'Restricted again';
  return `${what} ${origin === undefined ? outside : byWhat(origin)}`;
}

/** On a list, behind what became of the request itself. */
export function changedSince(change: Change): string {
  const { became, origin } = change;
  if (isOwnAction(change)) return 'since listed as succeeded';
  const what = became === 'lifted' ? 'since lifted' : 'since restricted again';
  if (origin === undefined) return `${what} ${outside}`;
  return `${what} ${origin.kind === 'unrecorded' ? 'by an action in no record' : byWhat(origin)}`;
}

function byWhat(origin: Origin): string {
  if (origin.kind === 'unrecorded') return bearsMark;
  const { number } = origin;
  if (origin.kind === 'own') return `by ${ownAction(number)}`;
  return `by an action that bears the mark of ${number === undefined ? 'another request' : `#${number}`}`;
}

function ownAction(number: number | undefined): string {
  return number === undefined ? 'an action of Cordon' : `the action of #${number}`;
}

/** Before the name that Defender gives, where that is not the first thing to say. */
export function beforeName({ origin }: Change): string {
  return origin === undefined ? ' by ' : ', made by ';
}

/** Behind the time of a change, where others came just before. */
export function afterOthers({ skipped }: Pick<FoundChange, 'skipped'>): string {
  if (skipped === undefined) return '';
  return skipped === 1 ? ', after another change' : `, after ${skipped} other changes`;
}

/** What happens next with a request whose device was changed since; undefined where it was not. */
export function elsewhereStep(request: ContainmentRequest): string | undefined {
  const { action, elsewhere = [] } = request;
  const last = elsewhere.at(-1);
  if (last === undefined) return undefined;
  if (isReleasedSince(request)) return lateEffectOf(request) && releasedLate;
  const advice = last.became === 'restricted' ? ` ${toLift}` : '';
  if (isOwnAction(last))
    return `Defender now lists this action as succeeded: app execution was ${done[last.became]}.${advice}`;
  const isAllOutside = elsewhere.every(({ origin }) => origin === undefined);
  const where = isAllOutside ? ` ${outside}` : '';
  if (action === 'restrict' && last.became === 'restricted' && request.released !== undefined)
    return `Defender reported that this restriction was lifted, and later that app execution was restricted again${where}.${advice}`;
  return `${steps[action][last.became](where)}${advice}`;
}

const releasedLate =
  'Defender listed this action as succeeded after all, and later that the restriction was lifted.';
const toLift = 'To lift it, use /unrestrict.';

const done = { lifted: 'allowed again', restricted: 'restricted' } as const;

type Words = (where: string) => string;

const steps = {
  restrict: {
    lifted: (where) =>
      `Defender reported that app execution was restricted, and later that the restriction was lifted${where}.`,
    restricted: (where) =>
      `Defender reported that this restriction was lifted, and that app execution was restricted again${where && `, both${where}`}.`,
  },
  unrestrict: {
    lifted: (where) =>
      `Defender reported that the restriction of app execution was lifted. It was restricted and lifted again${where} since.`,
    restricted: (where) =>
      `Defender reported that the restriction was lifted, and later that app execution was restricted again${where}.`,
  },
} as const satisfies Record<ContainmentRequest['action'], Record<FoundChange['became'], Words>>;

export interface ElsewhereReply {
  /** Markdown that holds the text of each mention. */
  readonly text: string;
  readonly mentions: readonly Mention[];
}

/** Whoever was called for every change of a device that flaps would look no more: the thread hears it all the same. */
const manyChanges = 4;
const flappingMs = 3_600_000;

function isFlapping({ action, elsewhere = [] }: ContainmentRequest): boolean {
  const last = elsewhere.at(-1);
  // Nobody contains that device any more: its people are called however often it was so.
  if (last === undefined || (action === 'restrict' && last.became === 'lifted')) return false;
  const since = Date.parse(last.foundAt) - flappingMs;
  return elsewhere.filter(({ foundAt }) => Date.parse(foundAt) > since).length >= manyChanges;
}

/** The word in the thread, to the people whose request it was. */
export function elsewhereReply(shown: ContainmentRequest, news: readonly ElsewhereNews[]): ElsewhereReply {
  const calling = news.map(({ request }) => request).filter((request) => !isFlapping(request));
  const people = calling.length === 0 ? [] : concerned({ ...shown, members: calling });
  const mentions = people.map(mentionOf);
  const called = mentions.map(({ text }) => text).join(' ');
  // What is the same of several devices is said once.
  const groups = Map.groupBy(news, (one) => whatOf(one, ''));
  const what = [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [whatOf(first, [first, ...others].map(({ request }) => targetOf(request)).join(', '))],
  );
  return { text: `${called} #${shown.number}: ${what.join(' ')}`.trim(), mentions };
}

function whatOf({ request, changes, stands }: ElsewhereNews, target: string): string {
  const what = changes.map((change) => sentenceOf(request, change, target)).join(' ');
  return `${what} ${consequence(request, stands)}`.trim();
}

function sentenceOf(request: ContainmentRequest, change: FoundChange, target: string): string {
  const { became, by, at, origin } = change;
  const when = `${utcShort(at, request.createdAt)}${afterOthers(change)}`;
  const isFirst = isOwnAction(change);
  const what =
    became === 'lifted'
      ? `the restriction of app execution on ${target} was lifted`
      : `app execution on ${target} was restricted${isFirst ? '' : ' again'}`;
  if (origin?.kind === 'own') {
    const whose = isFirst ? 'the action of this request' : ownAction(origin.number);
    return `Defender now lists ${whose} as succeeded: ${what} at ${when}.`;
  }
  const name = by === undefined ? '' : markdownSafeName(by);
  if (origin !== undefined) {
    const maker = name && `, made by ${name} according to Defender`;
    return `Defender reports that ${what} at ${when} ${byWhat(origin)}${maker}.`;
  }
  return `Defender reports that ${what} ${outside}${name && ` by ${name}`} at ${when}.`;
}

/** What that means for what was asked here. */
function consequence(request: ContainmentRequest, stands: StandsNow): string {
  const { action, elsewhere, number } = request;
  const isRestricted = elsewhere?.at(-1)?.became === 'restricted';
  if (stands.later === 'lifted' && isRestricted) return 'That was lifted since.';
  if (isLateRestriction(request)) return ofLateRestriction(request, stands);
  if (stands.later === 'restricted')
    return action === 'restrict'
      ? `#${number} does not hold it any more; something else restricts the device now.`
      : '';
  if (action === 'unrestrict') return isRestricted ? toLift : '';
  if (isRestricted) return `No request holds it: Cordon does not lift it by itself. ${toLift}`;
  const held = 'It is not in force any more.';
  const { openLift } = stands;
  return openLift === undefined ? held : `${held} #${openLift}, which was to lift it, can be cancelled.`;
}

/** It is in force, whatever else restricts the device; what was approved for its end was given up with it. */
function ofLateRestriction({ box }: ContainmentRequest, { later }: StandsNow): string {
  if (later === 'restricted') return 'The device was restricted once more after that.';
  return `It is in force.${box === undefined ? '' : ' No time box runs for it.'} ${toLift}`;
}
