import type { Instant } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { DefenderAccess } from '../../src/identity/defender-access.ts';
import { type CheckOutcome, checkApproval } from '../../src/jobs/check-approval.ts';
import { inTurns } from '../../src/platform/in-turns.ts';
import type { Applied } from '../../src/store/apply-events.ts';
import { isSignInCode } from '../sign-in.ts';
import { type CardActionParts, type CardTurn, orWhenLate, timeLeft } from './card-turn.ts';

/** One press, stored for each of the devices that it is about. */
export interface Clicked {
  readonly clickId: string;
  readonly members: readonly ContainmentRequest[];
  /** For a sign-in that one of them may want. */
  readonly until: Instant;
}

export interface Checked extends Clicked {
  readonly outcomes: readonly CheckOutcome[];
}

/** From here on the click is recorded: whatever is not checked in this turn, the jobs go on with. */
export async function checkAll(parts: CardActionParts, turn: CardTurn, clicked: Clicked): Promise<Checked> {
  const signal = timeLeft(turn);
  const { clickId, until, members } = clicked;
  const mayStepUp = parts.stepUp !== undefined;
  const shared = { ...parts, access: askedOnce(parts.access) };
  const outcomes: CheckOutcome[] = [];
  const work = inTurns(members, signal, async ({ id: requestId }) => {
    const check = { requestId, clickId, inTurn: true, mayStepUp, until, signal };
    try {
      outcomes.push(await checkApproval(shared, check));
    } catch (error) {
      parts.log.warn({ err: error, requestId }, 'check of a press failed, the job goes on');
    }
  });
  await orWhenLate(
    work.then(() => undefined),
    signal,
    undefined,
  );
  return { ...clicked, outcomes: [...outcomes] };
}

/** One press needs one token, however many devices it is for. */
function askedOnce(access: CardActionParts['access']): DefenderAccess {
  const asked = new Map<string, ReturnType<DefenderAccess['forPerson']>>();
  return {
    forPerson: (person, signal) => {
      const there = asked.get(person.objectId);
      if (there !== undefined) return there;
      const outcome = access.forPerson(person, signal);
      asked.set(person.objectId, outcome);
      return outcome;
    },
  };
}

/** For how many of them the jobs go on. */
export function unansweredOf({ members, outcomes }: Checked): number {
  return members.length - outcomes.length + outcomes.filter(({ kind }) => kind === 'no-answer').length;
}

/** For which of them the press is stored, and for which it does not count, whatever comes of the others. */
export function sorted(applied: readonly Applied[], isStored: (member: ContainmentRequest) => boolean) {
  const refused = applied.filter(({ refusal }) => refusal !== undefined);
  const stored = applied.filter(({ refusal }) => refusal === undefined).map(({ request }) => request);
  return { members: stored.filter(isStored), refused };
}

/** A client that closed Cordon's own page may send what are no six digits: nobody was asked for any. */
export function withoutStrayCode(turn: CardTurn): CardTurn {
  const { token, code } = turn.signIn;
  return { ...turn, signIn: code !== undefined && isSignInCode(code) ? { token, code } : { token } };
}
