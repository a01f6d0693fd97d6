import type { DeviceId } from '../../src/containment/ids.ts';
import { type Person, isSamePerson } from '../../src/containment/person.ts';
import { type InvokeAnswer, badRequestAnswer, cardAnswer, loginAnswer, messageAnswer } from '../answers.ts';
import { type Inbound, placeOf } from '../inbound.ts';
import { signOut } from '../private-answers/sign-out.ts';
import { askEntra } from '../private-answers/whoami.ts';
import { renderAskCard } from '../render/ask-card.ts';
import type { SignInInput } from '../sign-in.ts';
import * as decisions from '../texts/decisions.ts';
import * as texts from '../texts/private-answers.ts';
import { approveTyped } from './approve-typed.ts';
import type { CardActionParts } from './card-turn.ts';
import { chooseDevice } from './choose-device.ts';
import { askByButton } from './refusals.ts';

interface Choice {
  readonly questionId: string;
  readonly person: Person;
  readonly activity: Inbound;
  readonly signIn: SignInInput;
  readonly arrivedAt: number;
  readonly deviceId?: DeviceId | undefined;
}

interface Chosen {
  readonly answer: InvokeAnswer;
  /** For the record, when nothing was answered. */
  readonly refused?: string | undefined;
}

/** Entra's share of the 5 s that an answer may take; the sign-in before it has 1.5 s. */
const entraMs = 2_500;

/** The button of a question: its asker alone gets the answer, and the card stays as it is for everybody. */
export async function choose(parts: CardActionParts, choice: Choice): Promise<Chosen> {
  const { questionId, person, activity } = choice;
  const { conversation } = placeOf(activity);
  const found = await parts.questions.find(questionId, { tenantId: person.tenantId, conversation });
  if (found === undefined) {
    const answer = badRequestAnswer('UnknownRequest', texts.unknownQuestion);
    return { answer, refused: 'unknown-question' };
  }
  const { question, askedBy, isExpired } = found;
  if (!isSamePerson(askedBy, person))
    return { answer: messageAnswer(texts.notYourQuestion(question)), refused: 'not-the-asker' };
  if (isExpired)
    return { answer: messageAnswer(texts.questionExpired(question)), refused: 'expired-question' };
  switch (question.kind) {
    case 'approve':
      return { answer: await approveTyped(parts, choice, question) };
    case 'device':
    case 'devices':
      return chooseDevice(parts, { ...choice, question });
    case 'signout':
      // Who wants to sign out is not asked to sign in first: Teams vouches for them.
      return { answer: await endSignIn(parts, person) };
    case 'whoami':
      return showSelf(parts, choice);
  }
}

async function endSignIn({ privateAnswers }: CardActionParts, person: Person): Promise<InvokeAnswer> {
  const done = await signOut(privateAnswers, person);
  return cardAnswer(renderAskCard(done.ok ? texts.signedOutText(done.work) : texts.notSignedOut));
}

async function showSelf(parts: CardActionParts, { person, activity, signIn }: Choice): Promise<Chosen> {
  const identity = await parts.signIn(activity, person, signIn);
  if (identity.kind === 'answer')
    return { answer: identity.answer, refused: identity.refused ? 'not-verified' : undefined };
  const outcome = await askEntra(parts.privateAnswers, person, AbortSignal.timeout(entraMs));
  if (!outcome.ok && outcome.problem.kind === 'interaction-required' && parts.stepUp !== undefined)
    return { answer: await stepUp(parts.stepUp, person, outcome.problem.claims) };
  const answer = cardAnswer(renderAskCard(texts.whoamiText(person, outcome)));
  const isGone = !outcome.ok && ['not-signed-in', 'sign-in-again'].includes(outcome.problem.kind);
  return { answer: isGone ? await askByButton(parts, { person, activity, signIn }, answer) : answer };
}

async function stepUp(
  { stepUps, startUrl, connectionName }: NonNullable<CardActionParts['stepUp']>,
  person: Person,
  claims: string | undefined,
): Promise<InvokeAnswer> {
  const { state } = await stepUps.open({ person, purpose: { verb: 'whoami' }, claims });
  return loginAnswer({
    text: decisions.stepUpText(),
    buttonTitle: decisions.signInButton,
    connectionName,
    resource: { signInLink: `${startUrl}?state=${state}` },
  });
}
