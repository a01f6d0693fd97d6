import { boxInForce } from '../../src/containment/box-in-force.ts';
import { membersOf } from '../../src/containment/batch.ts';
import { wishForSignIn, wishOf } from '../../src/containment/box-wishes.ts';
import { decide } from '../../src/containment/decide.ts';
import { later } from '../../src/containment/decision.ts';
import type { BoxEvent, Event, Refusal } from '../../src/containment/event.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { WishVerb } from '../../src/containment/time-box.ts';
import type { CheckOutcome } from '../../src/jobs/check-approval.ts';
import { passed } from '../../src/platform/steps.ts';
import type { Applied } from '../../src/store/apply-events.ts';
import { stepUpMinutes } from '../../src/store/step-ups.ts';
import { type InvokeAnswer, messageAnswer } from '../answers.ts';
import { chosenOf, mayMoveBox } from '../chosen-devices.ts';
import { newest } from '../press-each.ts';
import { noLinkYetText, noRightsText, recordedText } from '../texts/decisions.ts';
import { takenBackText } from '../texts/earlier-press.ts';
import { pressedFor } from '../texts/pressed.ts';
import * as texts from '../texts/several-boxes.ts';
import { notForText } from '../texts/several-devices.ts';
import { type CardActionParts, type CardTurn, cardWith, setupOf } from './card-turn.ts';
import { type Checked, checkAll, sorted, unansweredOf, withoutStrayCode } from './check-all.ts';
import { earlierWish } from './earlier-press.ts';
import { askIdentity, recordRefusal, refusalAnswer } from './refusals.ts';
import { stepUpAnswer } from './step-up.ts';

type WishClicked = Extract<BoxEvent, { kind: 'release-clicked' | 'extend-clicked' }>;

/** Release or Extend on the card of several devices: for all whose time box can be moved, or for those that were chosen. */
export async function pressWishForSeveral(
  parts: CardActionParts,
  turn: CardTurn,
  clicked: WishClicked,
): Promise<InvokeAnswer> {
  const { request } = turn;
  const verb = clicked.kind === 'release-clicked' ? 'release' : 'extend';
  const waiting = waitingWish(turn, verb);
  const press = pressOf(turn, verb, waiting === undefined ? clicked : { ...clicked, clickId: waiting });
  const isForeseen = waiting === undefined || press.chosen.length === 0;
  const hopeless =
    (await nothingChosen(parts, turn, press)) ?? (isForeseen ? await foresee(parts, turn, press) : undefined);
  if (hopeless !== undefined) return hopeless;
  const unknown = await askIdentity(parts, waiting === undefined ? turn : withoutStrayCode(turn));
  if (unknown !== undefined) return unknown;
  passed('presser-signed-in', request.id);
  const applied = await parts.requests.applyToAll(request.id, press.eventOf);
  const { members, refused } = sorted(applied, (member) => wishOf(member, press.clickId) !== undefined);
  const notPressed = refused.flatMap(({ request: member, refusal }) =>
    refusal ? [{ member, refusal }] : [],
  );
  const back = takenBackOf(applied, press);
  if (members.length === 0) return refusedAnswer(parts, turn, notPressed, back);
  passed('wish-stored', request.id);
  const checked = await checkAll(parts, turn, {
    clickId: press.clickId,
    members,
    until: later(await parts.requests.now(), stepUpMinutes * 60),
  });
  const { person } = turn;
  const goesOn = earlierWish(await newest(parts, request), { person, verb }, press.chosen);
  const others = [...back, ...goesOn];
  return answerOf(parts, turn, {
    ...checked,
    verb,
    isPressedAgain: waiting !== undefined,
    notPressed,
    others,
  });
}

interface Press {
  readonly verb: WishVerb;
  readonly clicked: WishClicked;
  readonly clickId: string;
  readonly chosen: readonly ContainmentRequest[];
  readonly eventOf: (member: ContainmentRequest) => Event | undefined;
}

function pressOf(turn: CardTurn, verb: WishVerb, clicked: WishClicked): Press {
  const { request } = turn;
  // Without a choice it is for what the card has offered.
  const words = turn.chosen ?? turn.offered;
  // What the presser chose and what came to its end meanwhile is refused by name; nobody need choose what had none.
  const isMeant = words === undefined ? mayMoveBox : hadBox;
  // A choice may also name what was to be approved then, and is in force by now.
  const offered = chosenOf(request, turn.offered, hadBox);
  const chosen = chosenOf(request, words, isMeant).filter((member) => offered.includes(member));
  const { clickId } = clicked;
  const eventOf = (member: ContainmentRequest): Event | undefined => {
    if (chosen.some(({ id }) => id === member.id)) return clicked;
    // What was not offered to the presser is none of this press.
    return offered.some(({ id }) => id === member.id) ? takenBack(member, verb, clickId) : undefined;
  };
  return { verb, clicked, clickId, chosen, eventOf };
}

function hadBox({ box }: ContainmentRequest): boolean {
  return box?.running !== undefined;
}

/** Chosen by an earlier press, which waits for a sign-in, and by this one no more: that sign-in must not move it. */
function takenBack(member: ContainmentRequest, wish: WishVerb, clickId: string): Event | undefined {
  return wishOf(member, clickId) === undefined
    ? undefined
    : { kind: 'wish-refused', wish, clickId, why: { code: 'device-unclear' }, tell: false };
}

function takenBackOf(applied: readonly Applied[], { chosen, verb }: Press): string[] {
  const back = applied
    .map(({ request }) => request)
    .filter((member) => !chosen.some(({ id }) => id === member.id));
  return back.length === 0 ? [] : [takenBackText(pressedFor[verb], back)];
}

/** The presser's own press of this button, if it waits for a sign-in on Cordon's own page. */
function waitingWish({ request, person }: CardTurn, verb: WishVerb): string | undefined {
  const wishes = membersOf(request).flatMap((member) => wishForSignIn(member, person, verb) ?? []);
  return wishes[0]?.id;
}

async function nothingChosen(
  parts: CardActionParts,
  turn: CardTurn,
  { chosen, verb }: Press,
): Promise<InvokeAnswer | undefined> {
  if (chosen.length > 0 || !membersOf(turn.request).some(mayMoveBox)) return undefined;
  await recordRefusal(parts, turn, 'nothing-chosen');
  return messageAnswer(texts.noneChosenText(turn.request, verb));
}

interface NotPressed {
  readonly member: ContainmentRequest;
  readonly refusal: Refusal;
}

/** Nobody is asked to sign in for what cannot count for any of the devices. */
async function foresee(
  parts: CardActionParts,
  turn: CardTurn,
  { chosen, clicked }: Press,
): Promise<InvokeAnswer | undefined> {
  const { request } = turn;
  const now = await parts.requests.now();
  // With nothing to choose from, one whose lift is asked for says most.
  const about = chosen.length > 0 ? chosen : [membersOf(request).find((one) => boxInForce(one)) ?? request];
  const refused = about.flatMap((member) => {
    const { refusal } = decide(member, clicked, now);
    return refusal === undefined ? [] : [{ member, refusal }];
  });
  const [first] = refused;
  if (first === undefined || refused.length < about.length) return undefined;
  await recordRefusal(parts, turn, first.refusal.code);
  return refusedAnswer(parts, turn, refused);
}

/** It counts for none of them. */
async function refusedAnswer(
  parts: CardActionParts,
  { request }: CardTurn,
  refused: readonly NotPressed[],
  notes: readonly string[] = [],
): Promise<InvokeAnswer> {
  const [first] = refused;
  const shown = await newest(parts, request);
  if (first === undefined) return refusalAnswer(parts, shown, { code: 'no-time-box' });
  const reasons = new Set(refused.map(({ member, refusal }) => texts.notMovedText(refusal, member)));
  if (reasons.size > 1 || notes.length > 0)
    return cardWith(parts, shown, [notForText(named(refused)), ...notes].join(' '));
  return refusalAnswer(
    { ...parts, show: (_one, note) => cardWith(parts, shown, note) },
    first.member,
    first.refusal,
  );
}

function named(refused: readonly NotPressed[]) {
  return refused.map(({ member, refusal }) => ({
    request: member,
    text: texts.notMovedText(refusal, member),
  }));
}

interface Answered extends Checked {
  readonly verb: WishVerb;
  readonly isPressedAgain: boolean;
  readonly notPressed: readonly NotPressed[];
  /** What is to be said of their earlier press besides. */
  readonly others: readonly string[];
}

async function answerOf(
  parts: CardActionParts,
  turn: CardTurn,
  { verb, isPressedAgain, notPressed, others: ofEarlier, ...checked }: Answered,
): Promise<InvokeAnswer> {
  const { request, person } = turn;
  const { clickId, until: signInUntil, outcomes } = checked;
  const others = [...(notPressed.length === 0 ? [] : [notForText(named(notPressed))]), ...ofEarlier];
  const signIn = outcomes.find((outcome) => outcome.kind === 'sign-in-needed');
  if (signIn !== undefined) {
    const devices = checked.members.map(({ id }) => id);
    const purpose = { verb, requestId: request.id, clickId, signInUntil, devices } as const;
    return stepUpAnswer(parts, turn, { purpose, claims: signIn.claims, notes: others });
  }
  const decided = outcomes.filter((outcome) => outcome.kind === 'decided');
  const refused = outcomes.filter((outcome) => outcome.kind === 'refused' || outcome.kind === 'choose');
  if (decided.length + refused.length === 0)
    return messageAnswer(
      [isPressedAgain ? noLinkYetText(pressedFor[verb]) : recordedText(), ...others].join(' '),
    );
  const came = texts.movedSeveralText(verb, {
    by: person,
    decided: decided.map((one) => one.request),
    refused: refused.map((one) => ({ request: one.request, text: reasonOf(parts, verb, one) })),
    unanswered: unansweredOf(checked),
    notPressed: named(notPressed),
  });
  const noteIds = refused.flatMap(({ noteId }) => noteId ?? []);
  const note = [came, ...ofEarlier].join(' ');
  return { ...cardWith(parts, await newest(parts, request), note), noteIds };
}

function reasonOf(
  parts: CardActionParts,
  verb: WishVerb,
  outcome: Extract<CheckOutcome, { kind: 'refused' | 'choose' }>,
): string {
  // A restriction in force knows its device: nobody is asked to choose one.
  const why = outcome.kind === 'refused' ? outcome.why : ({ code: 'device-unclear' } as const);
  return noRightsText(why, pressedFor[verb], setupOf(parts));
}
