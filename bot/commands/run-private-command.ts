import type { Person } from '../../src/containment/person.ts';
import type { Place } from '../../src/containment/request.ts';
import type { PrivateQuestions } from '../../src/store/private-questions.ts';
import type { PrivateAnswerParts } from '../private-answers/parts.ts';
import { signOut } from '../private-answers/sign-out.ts';
import { askEntra } from '../private-answers/whoami.ts';
import { renderAskCard } from '../render/ask-card.ts';
import type { AdaptiveCardJson } from '../render/card-json.ts';
import * as texts from '../texts/private-answers.ts';

export interface PrivateCommandParts {
  readonly questions: Pick<PrivateQuestions, 'open'>;
  readonly privateAnswers: PrivateAnswerParts;
}

export interface PrivateReply {
  readonly card: AdaptiveCardJson;
  readonly summary: string;
}

interface Asked {
  readonly kind: texts.PlainQuestion;
  readonly person: Person;
  readonly place: Place;
  /** Nobody but they reads the answer. */
  readonly isPrivate: boolean;
}

/** Entra's share of the time that a typed message has. */
const entraMs = 4_000;

/** Where others read along, and where a sign-in has to come first, the answer is a button. */
export async function runPrivateCommand(parts: PrivateCommandParts, asked: Asked): Promise<PrivateReply> {
  const text = asked.isPrivate ? await answerAlone(parts, asked) : undefined;
  if (text !== undefined) return { card: renderAskCard(text), summary: text.title };
  const { kind, person, place, isPrivate } = asked;
  const question = texts.askedText(kind, person, isPrivate);
  const questionId = await parts.questions.open({ question: { kind }, askedBy: person, place });
  const button = { title: texts.buttonTitles[kind], questionId };
  return { card: renderAskCard({ ...question, button }), summary: question.title };
}

async function answerAlone(
  { privateAnswers }: PrivateCommandParts,
  { kind, person }: Asked,
): Promise<texts.PrivateText | undefined> {
  if (kind === 'signout') {
    const done = await signOut(privateAnswers, person);
    return done.ok ? texts.signedOutText(done.work) : texts.notSignedOut;
  }
  const outcome = await askEntra(privateAnswers, person, AbortSignal.timeout(entraMs));
  if (!outcome.ok && takesButton.includes(outcome.problem.kind)) return undefined;
  return texts.whoamiText(person, outcome);
}

/** Only the press of a button can lead to a sign-in. */
const takesButton: readonly string[] = ['not-signed-in', 'sign-in-again', 'interaction-required'];
