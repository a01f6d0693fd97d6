import { tellWishers, withoutWishes } from './box-end.ts';
import { type Decision, changed, unchanged } from './decision.ts';
import { type ChangeElsewhere, type FoundChange, isOwnAction } from './elsewhere.ts';
import type { BoxEvent, Effect } from './event.ts';
import type { Instant } from './person.ts';
import { type ContainmentRequest, hasOwnThread } from './request.ts';
import {
  type Standing,
  effectOf,
  isNewsAfter,
  isReleasedFromAfar,
  standingAfter,
  tookEffect,
} from './standing.ts';
import type { VoidReason } from './state.ts';

type On<Kind extends BoxEvent['kind']> = Extract<BoxEvent, { kind: Kind }>;

/** What was changed elsewhere behind a request. */
export interface Drift {
  readonly request: ContainmentRequest;
  /** In the order in which they took effect; each undoes the one before. */
  readonly changes: readonly ChangeElsewhere[];
  /** Another request of the same thread says all of it. */
  readonly quiet: boolean;
}

/** An action that its own request does not have as succeeded, and Defender lists as that. */
export interface Late {
  readonly request: ContainmentRequest;
  readonly change: ChangeElsewhere;
}

/**
 * Compares what our register says of one device with what Defender lists of it: `register` holds the requests that took effect,
 * if only late, `foreign` what succeeded and does not stand as that in it. Only what is listed counts; that something is missing
 * says nothing. To all requests but its own what took effect late is a change elsewhere.
 */
export function driftOf(
  register: readonly ContainmentRequest[],
  foreign: readonly ChangeElsewhere[],
  late: readonly Late[] = [],
): readonly Drift[] {
  const senders = late.flatMap(({ request, change }) => {
    if (tookEffect(request) !== undefined || !mayBeLate(request)) return [];
    return [{ request, as: withFound(request, change), first: [change] }];
  });
  const subjects = [...register.map((request) => ({ request, as: request, first: [] })), ...senders];
  const inOrder = subjects.toSorted((one, other) => byEffect(one.as, other.as));
  const found = inOrder.flatMap(({ request, as, first }, index) => {
    const later = inOrder.slice(index + 1).map((one) => one.request);
    const known = knownTo(as, later.filter(hasEffect));
    const changes = [...first, ...(known === undefined ? [] : newsAfter(known, foreign))];
    return changes.length === 0 ? [] : [{ request, changes }];
  });
  return found.map((drift) => ({ ...drift, quiet: isSaidBesides(drift, found) }));
}

/** As it is once the change is written down. */
function withFound(request: ContainmentRequest, change: ChangeElsewhere): ContainmentRequest {
  const origin = { kind: 'own', itself: true } as const;
  return { ...request, elsewhere: [{ ...change, origin, foundAt: change.at }] };
}

function hasEffect(request: ContainmentRequest): boolean {
  return effectOf(request) !== undefined;
}

type Found = Omit<Drift, 'quiet'>;

/** The one that says most tells the thread, of several the latest; whoever pressed a button of a time box hears in any case. */
function isSaidBesides(drift: Found, found: readonly Found[]): boolean {
  if (endsBox(drift)) return false;
  const actions = drift.changes.map(({ actionId }) => actionId);
  return found.some((other, index) => {
    if (other === drift || !isInThreadOf(other.request, drift.request)) return false;
    if (!actions.every((id) => other.changes.some(({ actionId }) => actionId === id))) return false;
    return endsBox(other) || other.changes.length > drift.changes.length || index > found.indexOf(drift);
  });
}

function isInThreadOf({ place }: ContainmentRequest, other: ContainmentRequest): boolean {
  return place.thread === other.place.thread && !hasOwnThread(place);
}

function endsBox({ request }: Found): boolean {
  return request.box?.running !== undefined && request.elsewhere === undefined;
}

/**
 * How the device stands as far as the people of a request were told, if that is how it stands. Whoever was told that it is
 * restricted hears of every lift, but for one of ours, which has its own word. Whoever was told that it is lifted hears of what
 * restricts it, if no later request of their conversation does: after the lifts of others as well.
 */
function knownTo(request: ContainmentRequest, later: readonly ContainmentRequest[]): Standing | undefined {
  const known = standingAfter(request);
  const last = request.elsewhere?.at(-1);
  const since = last === undefined ? later : later.filter((one) => isAfter(effectOf(one), last));
  const latest = since.at(-1);
  if (known === undefined || latest === undefined) return known;
  if (known.became === 'restricted') return since.some(isLift) ? undefined : known;
  const { conversation } = request.place;
  const isOfOthers = since.every(({ place }) => place.conversation !== conversation);
  return isOfOthers && isLift(latest) ? effectOf(latest) : undefined;
}

function isLift({ action }: ContainmentRequest): boolean {
  return action === 'unrestrict';
}

function isAfter(one: Standing | undefined, other: Standing): boolean {
  return one !== undefined && Date.parse(one.at) > Date.parse(other.at);
}

function newsAfter(start: Standing, foreign: readonly ChangeElsewhere[]): readonly ChangeElsewhere[] {
  let known = start;
  const news: ChangeElsewhere[] = [];
  for (const change of foreign.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))) {
    if (!isNewsAfter(known, change)) continue;
    news.push(change);
    known = change;
  }
  return folded(news);
}

/** As many as say how the device stands now, and that it stood otherwise between. */
function folded(news: readonly ChangeElsewhere[]): readonly ChangeElsewhere[] {
  const [first, ...rest] = news.slice(news.length % 2 === 0 ? -2 : -1);
  if (first === undefined) return news;
  const skipped = news.length - 1 - rest.length;
  return skipped === 0 ? news : [{ ...first, skipped }, ...rest];
}

/** As the lists of restrictions in force have it: by whole seconds of Defender's clock, then by number. */
function byEffect(one: ContainmentRequest, other: ContainmentRequest): number {
  return secondOf(one) - secondOf(other) || one.number - other.number;
}

function secondOf(request: ContainmentRequest): number {
  return Math.floor(Date.parse(tookEffect(request)?.at ?? '') / 1_000);
}

/** More than one is rare; the card shows them all. */
const mostKept = 4;

/** The restriction is ours no more, or what we lifted is restricted again; nothing of it is undone. */
export function onChangedElsewhere(
  request: ContainmentRequest,
  { change, quiet }: On<'changed-elsewhere'>,
  now: Instant,
): Decision {
  if (!isNewsTo(request, change)) return unchanged(request);
  const found: FoundChange = { ...change, foundAt: now, ...(quiet === true ? { quiet } : {}) };
  const elsewhere = latestOf([...(request.elsewhere ?? []), found]);
  const tell: Effect[] = [
    ...(quiet === true ? [] : [{ kind: 'tell-elsewhere', change: change.actionId } as const]),
    // A lift of ours that took effect before this was found has not seen that there is something to release.
    ...(isOwnAction(change) && change.became === 'restricted' ? [{ kind: 'time-box' } as const] : []),
  ];
  const { box } = request;
  if (box?.running === undefined) return changed({ ...request, elsewhere }, tell);
  const why = whyVoid(change);
  const running = withoutWishes(request, box.running, { why });
  return changed({ ...request, elsewhere, box: { ...box, running } }, [
    ...tell,
    ...tellWishers(box.running, why),
  ]);
}

/** That its own action took effect is never forgotten: everything after it depends on that. */
function latestOf(all: readonly FoundChange[]): readonly FoundChange[] {
  const [first] = all;
  if (all.length <= mostKept || first === undefined) return all;
  return isOwnAction(first) ? [first, ...all.slice(1 - mostKept)] : all.slice(-mostKept);
}

function isNewsTo(request: ContainmentRequest, change: ChangeElsewhere): boolean {
  const known = standingAfter(request);
  if (known === undefined) return isOwnAction(change) && mayBeLate(request);
  const isReleasedHere = request.released !== undefined && !isReleasedFromAfar(request);
  return !isReleasedHere && isNewsAfter(known, change);
}

/** What was sent for it may succeed, or be found to have succeeded, though nobody waits for that any more. */
function mayBeLate({ state }: ContainmentRequest): boolean {
  if (state.status === 'ended') return true;
  if (state.status === 'attention') return state.closed !== undefined;
  return ['expired', 'denied', 'withdrawn'].includes(state.status);
}

function whyVoid({ origin }: ChangeElsewhere): VoidReason {
  return origin?.kind === 'own'
    ? { code: 'lift-meanwhile', number: origin.number }
    : { code: 'lifted-elsewhere' };
}
