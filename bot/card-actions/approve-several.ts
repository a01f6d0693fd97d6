import { membersOf } from '../../src/containment/batch.ts';
import { decide } from '../../src/containment/decide.ts';
import { later } from '../../src/containment/decision.ts';
import type { Event } from '../../src/containment/event.ts';
import { isSamePerson } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { Click } from '../../src/containment/state.ts';
import type { CheckOutcome } from '../../src/jobs/check-approval.ts';
import type { Applied } from '../../src/store/apply-events.ts';
import { newClickId } from '../../src/platform/ids.ts';
import { passed } from '../../src/platform/steps.ts';
import { stepUpMinutes } from '../../src/store/step-ups.ts';
import { type InvokeAnswer, messageAnswer } from '../answers.ts';
import { noLinkYetText, noRightsText, recordedText, refusalText } from '../texts/decisions.ts';
import * as earlier from '../texts/earlier-press.ts';
import * as texts from '../texts/several-devices.ts';
import { askWhich } from './ask-approver.ts';
import { type CardActionParts, type CardTurn, cardWith, setupOf } from './card-turn.ts';
import { type Checked, checkAll, sorted, unansweredOf, withoutStrayCode } from './check-all.ts';
import { chosenOf, isSeen, leftOutBy } from '../chosen-devices.ts';
import { seenOfOthers } from '../seen-on-card.ts';
import { newest } from '../press-each.ts';
import { clickOfPerson, earlierPress } from './earlier-press.ts';
import { askIdentity, recordRefusal } from './refusals.ts';
import { refusedForSeveral, whyRefusedText } from './refused-for-several.ts';
import { stepUpAnswer } from './step-up.ts';

/** Approve on the card of several devices: for all that await it, or for those that were chosen. */
export async function approveSeveral(parts: CardActionParts, turn: CardTurn): Promise<InvokeAnswer> {
  const { request } = turn;
  const waiting = waitingClick(turn);
  const press = pressOf(turn, waiting ?? newClickId());
  const hopeless =
    (await nothingChosen(parts, turn, press)) ?? (waiting ? undefined : await foresee(parts, turn, press));
  if (hopeless !== undefined) return hopeless;
  const unknown = await askIdentity(parts, waiting === undefined ? turn : withoutStrayCode(turn));
  if (unknown !== undefined) return unknown;
  passed('presser-signed-in', request.id);
  const applied = await parts.requests.applyToAll(request.id, press.eventOf);
  const isStored = (member: ContainmentRequest): boolean => clickOf(member, press.clickId) !== undefined;
  const { members, refused } = sorted(applied, isStored);
  const back = takenBackOf(applied, press);
  if (members.length === 0) {
    const refusals = refused.flatMap(({ refusal }) => refusal ?? []);
    return refusedForSeveral(parts, turn, { refusals, chosen: press.chosen, notes: back });
  }
  passed('click-stored', request.id);
  const checked = await checkAll(parts, turn, {
    clickId: press.clickId,
    members,
    until: later(await parts.requests.now(), stepUpMinutes * 60),
  });
  const notPressed = refused.map((one) => whyRefused(one));
  const goesOn = earlierPress(await newest(parts, request), turn.person, press.chosen);
  return answerOf(parts, turn, { ...checked, notPressed, others: [...back, ...goesOn] });
}

/** The press itself does not count for it, whatever comes of the others. */
function whyRefused({ request, refusal }: Pick<Applied, 'request' | 'refusal'>) {
  const isEarlier = refusal === undefined || refusal.code === 'already-checking';
  return { request, text: isEarlier ? recordedText() : refusalText(refusal, request) };
}

interface Press {
  readonly clickId: string;
  readonly chosen: readonly ContainmentRequest[];
  readonly eventOf: (member: ContainmentRequest) => Event | undefined;
}

function pressOf(turn: CardTurn, clickId: string): Press {
  const { request, person, comment, chosen: words, offered, alsoRestrictedAt } = turn;
  // Without a choice it is for what the card has offered.
  const chosen = chosenOf(request, words ?? offered);
  const leavesOut = leftOutBy(request, { chosen: words, offered }).map(({ id }) => id);
  const eventOf = (member: ContainmentRequest): Event | undefined => {
    // What was not offered to the presser is none of this press.
    if (leavesOut.includes(member.id)) return takenBack(member, clickId);
    if (!chosen.some(({ id }) => id === member.id)) return undefined;
    const { deviceId } = member;
    const seen = seenOfOthers(member, alsoRestrictedAt);
    return {
      kind: 'approve-clicked',
      by: person,
      clickId,
      ...(comment === '' ? {} : { comment }),
      ...(deviceId !== undefined && isSeen(member, words) ? { deviceId } : {}),
      ...(seen === undefined ? {} : { alsoRestrictedAt: seen }),
      ...(leavesOut.length === 0 ? {} : { leavesOut }),
    };
  };
  return { clickId, chosen, eventOf };
}

/** Chosen by an earlier press, which waits for a sign-in, and by this one no more: that sign-in must not approve it. */
function takenBack(member: ContainmentRequest, clickId: string): Event | undefined {
  return clickOf(member, clickId) === undefined
    ? undefined
    : { kind: 'approve-refused', clickId, why: { code: 'device-unclear' }, tell: false };
}

function takenBackOf(applied: readonly Applied[], { chosen }: Press): string[] {
  const back = applied
    .map(({ request }) => request)
    .filter((member) => !chosen.some(({ id }) => id === member.id));
  return back.length === 0 ? [] : [earlier.takenBackText('Approve', back)];
}

function clickOf({ state }: ContainmentRequest, clickId: string): Click | undefined {
  return state.status === 'awaiting' ? state.clicks.find(({ id }) => id === clickId) : undefined;
}

/** The presser's own click, if it waits for a sign-in on Cordon's own page. */
function waitingClick({ request, person }: CardTurn): string | undefined {
  const clicks = membersOf(request).flatMap((member) => clickOfPerson(member, person) ?? []);
  return clicks.find(({ signInUntil }) => signInUntil !== undefined)?.id;
}

/** What was chosen of those that still await a decision is nothing: it is decided by now, or it was nothing from the first. */
async function nothingChosen(
  parts: CardActionParts,
  turn: CardTurn,
  { chosen }: Press,
): Promise<InvokeAnswer | undefined> {
  const { request, person: by, chosen: words, offered } = turn;
  if (chosen.length > 0 || chosenOf(request, undefined).length === 0) return undefined;
  const now = await parts.requests.now();
  const clicked = { kind: 'approve-clicked', by, clickId: 'none' } as const;
  const meant = chosenOf(request, words ?? offered, () => true);
  const refusals = meant.flatMap((member) => decide(member, clicked, now).refusal ?? []);
  const [first] = refusals;
  await recordRefusal(parts, turn, first?.code ?? 'nothing-chosen');
  if (first === undefined) return messageAnswer(texts.nothingChosenText(request));
  return refusedForSeveral(parts, turn, { refusals, chosen });
}

/** Nobody is asked to sign in for what cannot count for any of the devices. */
async function foresee(
  parts: CardActionParts,
  turn: CardTurn,
  { chosen, eventOf }: Press,
): Promise<InvokeAnswer | undefined> {
  const { request } = turn;
  const now = await parts.requests.now();
  // With nothing to choose from, the first of them says what it has against the press.
  const about = chosen.length > 0 ? chosen : [request];
  const all = about.map((member) => {
    const event: Event = eventOf(member) ?? { kind: 'approve-clicked', by: turn.person, clickId: 'none' };
    return decide(member, event, now).refusal;
  });
  const refusals = all.flatMap((refusal) => refusal ?? []);
  const [first] = refusals;
  if (first === undefined || refusals.length < all.length) return undefined;
  await recordRefusal(parts, turn, first.code);
  // A late press also ends the time, should the jobs of that be late.
  if (first.code === 'expired') await parts.requests.applyToAll(request.id, () => ({ kind: 'time-passed' }));
  return refusedForSeveral(parts, turn, { refusals, chosen });
}

interface Answered extends Checked {
  readonly notPressed: readonly ForOne[];
  /** What is to be said of their earlier press besides. */
  readonly others: readonly string[];
}

type ForOne = ReturnType<typeof whyRefused>;
type Refused = Extract<CheckOutcome, { kind: 'refused' }>;

async function answerOf(
  parts: CardActionParts,
  turn: CardTurn,
  { notPressed, others, ...checked }: Answered,
): Promise<InvokeAnswer> {
  const { request } = turn;
  const { clickId, until, outcomes } = checked;
  const signIn = outcomes.find((outcome) => outcome.kind === 'sign-in-needed');
  if (signIn !== undefined) {
    const devices = checked.members.map(({ id }) => id);
    const purpose = { verb: 'approve', requestId: request.id, clickId, signInUntil: until, devices } as const;
    const notes = [texts.notForText(notPressed), ...others].filter((text) => text !== '');
    return stepUpAnswer(parts, turn, { purpose, claims: signIn.claims, notes });
  }
  const refused = outcomes.filter((outcome) => outcome.kind === 'refused');
  const came = texts.approvedSeveralText(request, {
    approved: outcomes.filter((outcome) => outcome.kind === 'decided' && isBy(outcome.request, turn)).length,
    refused: refused.map((one) => ({ request: one.request, text: reasonOf(parts, one) })),
    unanswered: unansweredOf(checked),
  });
  const note = [came, texts.notForText(notPressed), ...others].filter((text) => text !== '').join(' ');
  const noteIds = refused.flatMap(({ noteId }) => noteId ?? []);
  const unclear = outcomes.find((outcome) => outcome.kind === 'choose');
  // Its own card, which approves for that device alone.
  if (unclear !== undefined) return { ...askWhich({ others: note }, turn, unclear), noteIds };
  const isAnswered = outcomes.some(({ kind }) => kind === 'refused' || kind === 'decided');
  if (!isAnswered) {
    const recorded = waitingClick(turn) === undefined ? recordedText() : noLinkYetText();
    return messageAnswer([recorded, ...others].join(' '));
  }
  const shown = await newest(parts, request);
  return { ...cardWith(parts, shown, note === '' ? whyNot(parts, turn, outcomes, shown) : note), noteIds };
}

/** Somebody else was faster with all of them. */
function whyNot(
  parts: CardActionParts,
  turn: CardTurn,
  outcomes: readonly CheckOutcome[],
  shown: ContainmentRequest,
): string | undefined {
  const refusals = outcomes.flatMap((one) => (one.kind === 'decided' ? (one.refusal ?? []) : []));
  return refusals.length === 0 ? undefined : whyRefusedText(parts, turn, { refusals, shown });
}

function reasonOf(parts: CardActionParts, { why }: Refused): string {
  return noRightsText(why, 'Approve', setupOf(parts));
}

/** Taken back while it was checked, it is not handed to Defender any more. */
function isBy({ state }: ContainmentRequest, { person }: CardTurn): boolean {
  const approver = 'approval' in state ? state.approval?.by : undefined;
  return approver !== undefined && isSamePerson(approver, person) && state.status !== 'withdrawn';
}
