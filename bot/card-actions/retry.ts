import { DefenderError } from '../../src/defender/errors.ts';
import { isRetriedBy } from '../../src/jobs/continue-all.ts';
import { openSession } from '../../src/jobs/defender-session.ts';
import { membersOf } from '../../src/containment/batch.ts';
import { type ContainmentRequest, hasDevice } from '../../src/containment/request.ts';
import { isRetryable } from '../../src/containment/state.ts';
import { passed } from '../../src/platform/steps.ts';
import type { StepUpPurpose } from '../../src/store/step-up-purpose.ts';
import { type InvokeAnswer, messageAnswer } from '../answers.ts';
import * as texts from '../texts/decisions.ts';
import {
  type CardAction,
  type CardActionParts,
  type CardTurn,
  cardWith,
  setupOf,
  timeLeft,
} from './card-turn.ts';
import { pressEach } from '../press-each.ts';
import { askIdentity, foreseeRefusal, recordRefusal, refusalAnswer } from './refusals.ts';
import { stepUpAnswer } from './step-up.ts';

/** The approver stands by the approval, signed in within this very turn: what was not sent yet is sent with their rights. */
export const retry: CardAction = async (parts, turn) => {
  const { request, person } = turn;
  const event = { kind: 'retry-clicked', by: person } as const;
  const isFor = (member: ContainmentRequest): boolean => isRetriedBy(member, person);
  // One of several devices stands for all: they were approved by the same sign-in.
  const members = membersOf(request);
  const waiting = members.find(isFor) ?? members.find(({ state }) => isRetryable(state));
  const first = { ...turn, request: waiting ?? request };
  const hopeless = await foreseeRefusal(parts, first, event);
  // Whose it is, is with the device that waits for them.
  const about = hopeless?.code === 'only-approver-retries' ? first.request : request;
  if (hopeless !== undefined) return refusalAnswer(parts, about, hopeless);
  const devices = members.filter(isFor).map(({ id }) => id);
  const purpose = { verb: 'retry', requestId: request.id, devices } as const;
  const unknown = (await askIdentity(parts, first)) ?? (await askExtraStep(parts, first, purpose));
  if (unknown !== undefined) return unknown;
  const pressed = await pressEach(parts, request, { isFor, event });
  if (pressed.refusal !== undefined) return refusalAnswer(parts, pressed.request, pressed.refusal);
  passed('retry-stored', request.id);
  return cardWith(parts, pressed.request, texts.retriedText(pressed.request));
};

/** Asked while the approver is there: a job could not lead them to a sign-in. Any other answer is the job's to meet. */
async function askExtraStep(
  parts: CardActionParts,
  turn: CardTurn,
  purpose: StepUpPurpose,
): Promise<InvokeAnswer | undefined> {
  const { request, person } = turn;
  if (!hasDevice(request)) return undefined;
  const session = await openSession(parts, request, person, {
    priority: 'interactive',
    signal: timeLeft(turn),
  });
  if (!session.ok) {
    const isWanted = !session.transient && session.why.code === 'extra-sign-in-needed';
    return isWanted ? leadToSignIn(parts, turn, { purpose, claims: session.claims }) : undefined;
  }
  try {
    // Defender, too, may want another sign-in than the one behind the token.
    await parts.defender.readDevice(session.token, request.deviceId, session.options);
    return undefined;
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    return error.kind === 'claims-challenge'
      ? await leadToSignIn(parts, turn, { purpose, claims: error.claims })
      : undefined;
  } finally {
    await session.close();
  }
}

async function leadToSignIn(
  parts: CardActionParts,
  turn: CardTurn,
  { purpose, claims }: { readonly purpose: StepUpPurpose; readonly claims: string | undefined },
): Promise<InvokeAnswer> {
  // Nobody else may act here, and another sign-in by the button may be all that is wanted.
  if (parts.stepUp === undefined) {
    await recordRefusal(parts, turn, 'extra-sign-in-needed');
    return messageAnswer(texts.noRightsText({ code: 'extra-sign-in-needed' }, 'Retry', setupOf(parts)));
  }
  return stepUpAnswer(parts, turn, { purpose, claims });
}
