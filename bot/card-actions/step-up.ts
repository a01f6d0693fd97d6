import { isSamePerson } from '../../src/containment/person.ts';
import type { Click } from '../../src/containment/state.ts';
import { passed } from '../../src/platform/steps.ts';
import type { StepUpPurpose } from '../../src/store/step-up-purpose.ts';
import { type InvokeAnswer, loginAnswer, messageAnswer } from '../answers.ts';
import * as texts from '../texts/decisions.ts';
import type { CardActionParts, CardTurn } from './card-turn.ts';
import { recordPress, recordRefusal } from './refusals.ts';

interface Wanted {
  readonly purpose: StepUpPurpose;
  readonly claims: string | undefined;
  /** What its person has to know whether they sign in or not. */
  readonly notes?: readonly string[];
}

/** Leads the presser alone to Cordon's own sign-in page, from which their click goes on; says so when there is none. */
export async function stepUpAnswer(
  parts: CardActionParts,
  turn: CardTurn,
  { purpose, claims, notes = [] }: Wanted,
): Promise<InvokeAnswer> {
  const links = parts.stepUp;
  if (links === undefined) {
    await recordRefusal(parts, turn, 'extra-sign-in-needed');
    return messageAnswer([...notes, texts.noStepUpText()].join(' '));
  }
  const { state } = await links.stepUps.open({ person: turn.person, purpose, claims });
  await recordPress(parts, turn, { result: 'step-up-opened' });
  passed('step-up-opened', turn.request.id);
  return loginAnswer({
    text: [...notes, texts.stepUpText()].join(' '),
    buttonTitle: texts.signInButton,
    connectionName: links.connectionName,
    resource: { signInLink: `${links.startUrl}?state=${state}` },
  });
}

/** The presser's own click, if it waits for such a sign-in. */
export function waitingForSignIn({ request: { state }, person }: CardTurn): Click | undefined {
  if (state.status !== 'awaiting') return undefined;
  return state.clicks.find((click) => click.signInUntil !== undefined && isSamePerson(click.by, person));
}
