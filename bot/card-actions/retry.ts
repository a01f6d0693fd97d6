import { DefenderError } from '../../src/defender/errors.ts';
import { openSession } from '../../src/jobs/defender-session.ts';
import { hasDevice } from '../../src/containment/request.ts';
import { passed } from '../../src/platform/steps.ts';
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
import { askIdentity, foreseeRefusal, recordRefusal, refusalAnswer } from './refusals.ts';
import { stepUpAnswer } from './step-up.ts';

/** The approver stands by the approval, signed in within this very turn: what was not sent yet is sent with their rights. */
export const retry: CardAction = async (parts, turn) => {
  const { request, person } = turn;
  const event = { kind: 'retry-clicked', by: person } as const;
  const hopeless = await foreseeRefusal(parts, turn, event);
  if (hopeless !== undefined) return refusalAnswer(parts, request, hopeless);
  const unknown = (await askIdentity(parts, turn)) ?? (await askExtraStep(parts, turn));
  if (unknown !== undefined) return unknown;
  const stored = await parts.requests.apply(request.id, event);
  if (stored === undefined) return messageAnswer(texts.unknownRequestText());
  if (stored.refusal !== undefined) return refusalAnswer(parts, stored.request, stored.refusal);
  passed('retry-stored', request.id);
  return cardWith(parts, stored.request, texts.retriedText(stored.request));
};

/** Asked while the approver is there: a job could not lead them to a sign-in. Any other answer is the job's to meet. */
async function askExtraStep(parts: CardActionParts, turn: CardTurn): Promise<InvokeAnswer | undefined> {
  const { request, person } = turn;
  if (!hasDevice(request)) return undefined;
  const session = await openSession(parts, request, person, {
    priority: 'interactive',
    signal: timeLeft(turn),
  });
  if (!session.ok) {
    const isWanted = !session.transient && session.why.code === 'extra-sign-in-needed';
    return isWanted ? leadToSignIn(parts, turn, session.claims) : undefined;
  }
  try {
    // Defender, too, may want another sign-in than the one behind the token.
    await parts.defender.readDevice(session.token, request.deviceId, session.options);
    return undefined;
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    return error.kind === 'claims-challenge' ? await leadToSignIn(parts, turn, error.claims) : undefined;
  } finally {
    await session.close();
  }
}

async function leadToSignIn(
  parts: CardActionParts,
  turn: CardTurn,
  claims: string | undefined,
): Promise<InvokeAnswer> {
  // Nobody else may act here, and another sign-in by the button may be all that is wanted.
  if (parts.stepUp === undefined) {
    await recordRefusal(parts, turn, 'extra-sign-in-needed');
    return messageAnswer(texts.noRightsText({ code: 'extra-sign-in-needed' }, 'Retry', setupOf(parts)));
  }
  const purpose = { verb: 'retry', requestId: turn.request.id } as const;
  return stepUpAnswer(parts, turn, { purpose, claims });
}
