import { cardLabel, membersOf } from '../../src/containment/batch.ts';
import type { Refusal } from '../../src/containment/event.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import { type InvokeAnswer, messageAnswer } from '../answers.ts';
import { awaitsDecision } from '../chosen-devices.ts';
import { newest } from '../press-each.ts';
import { recordedText, refusalText } from '../texts/decisions.ts';
import { decidedMeanwhileText } from '../texts/several-devices.ts';
import { type CardActionParts, type CardTurn, cardWith } from './card-turn.ts';
import { clickOfPerson, earlierPress } from './earlier-press.ts';
import { isStaleCard } from './refusals.ts';

interface Refused {
  /** Of each device that the press was for. */
  readonly refusals: readonly Refusal[];
  readonly chosen: readonly ContainmentRequest[];
  readonly notes?: readonly string[];
}

/** Approve counts for none of the devices that it was for. */
export async function refusedForSeveral(
  parts: CardActionParts,
  turn: CardTurn,
  { refusals, chosen, notes = [] }: Refused,
): Promise<InvokeAnswer> {
  const shown = await newest(parts, turn.request);
  const why = whyRefusedText(parts, turn, { refusals, shown });
  const text = [why, ...notes, ...earlierPress(shown, turn.person, chosen)].join(' ');
  return isStaleCard(firstOf(refusals)) ? cardWith(parts, shown, text) : messageAnswer(text);
}

interface WhyRefused {
  readonly refusals: readonly Refusal[];
  readonly shown: ContainmentRequest;
}

/** The label of the card is that of others, where these still await a decision. */
export function whyRefusedText(
  { questionId }: CardActionParts,
  { person }: CardTurn,
  { refusals, shown }: WhyRefused,
): string {
  const first = firstOf(refusals);
  if (first.code === 'already-checking') return recordedText();
  if (!isDecided(first) || cardLabel(shown) !== 'Awaiting approval') return refusalText(first, shown);
  const open = membersOf(shown).filter(
    (member) => awaitsDecision(member) && clickOfPerson(member, person) === undefined,
  );
  return decidedMeanwhileText(shown, {
    isOwn: refusals.every(({ code }) => code === 'already-approved-by-you'),
    // The answer to what was typed has its own words for these.
    open: questionId === undefined ? open.length : 0,
  });
}

function firstOf([first]: readonly Refusal[]): Refusal {
  return first ?? { code: 'already-decided' };
}

function isDecided({ code }: Refusal): boolean {
  return code === 'already-decided' || code === 'already-approved-by-you';
}
