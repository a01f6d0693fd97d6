import { type Person, isSamePerson } from '../../src/containment/person.ts';
import type { ContainmentRequest, Place } from '../../src/containment/request.ts';
import type { DefenderAccess } from '../../src/identity/defender-access.ts';
import { openSession } from '../../src/jobs/defender-session.ts';
import type { RequestStore } from '../../src/store/requests.ts';
import { refusalText } from '../texts/decisions.ts';
import * as texts from '../texts/replies.ts';
import { findRequestHere } from './find-request.ts';
import type { CancelCommand } from './parsed-command.ts';

export interface CancelParts {
  readonly requests: RequestStore;
  readonly access: Pick<DefenderAccess, 'forPerson'>;
}

interface Asked {
  readonly command: CancelCommand;
  readonly person: Person;
  readonly place: Place;
}

/** How long a typed command waits for Entra before it points to the button. */
const accessMs = 3_000;

/**
 * Withdraws a request, or asks Defender to cancel its machine action. Answers to a typed command are seen by everybody,
 * so nothing private is said here: whoever has to sign in is pointed to the button of the card.
 */
export async function runCancel(parts: CancelParts, asked: Asked): Promise<string | undefined> {
  const { command, person, place } = asked;
  const { requestNumber } = command;
  const request = await findRequestHere(parts.requests, { command: 'cancel', requestNumber, person, place });
  if (request === undefined) return texts.noSuchRequest(requestNumber);
  if (needsToken(request)) {
    const signal = AbortSignal.timeout(accessMs);
    const session = await openSession(parts, request, person, { priority: 'interactive', signal });
    if (!session.ok) {
      await parts.requests.note(request.id, {
        what: 'cancel-typed',
        who: { objectId: person.objectId, name: person.name },
        request: { id: request.id, number: request.number },
        detail: { refused: 'not-verified' },
      });
      return texts.cancelByButton(request.number);
    }
  }
  const decision = await parts.requests.apply(request.id, {
    kind: 'cancel-clicked',
    by: person,
    comment: command.reason,
    typed: true,
  });
  if (decision?.refusal === undefined || isDone(decision.request, asked)) return undefined;
  return refusalText(decision.refusal, decision.request);
}

/** The same wish in the same words: a message that Teams delivered again, of which everybody would read a second answer. */
function isDone({ state }: ContainmentRequest, { command, person }: Asked): boolean {
  const wish = state.status === 'withdrawn' ? state : 'cancel' in state ? state.cancel : undefined;
  return wish !== undefined && isSamePerson(wish.by, person) && wish.comment === command.reason;
}

function needsToken({ state }: ContainmentRequest): boolean {
  return state.status === 'submitting' || state.status === 'running';
}
