import { membersOf } from '../../src/containment/batch.ts';
import { type Person, isSamePerson } from '../../src/containment/person.ts';
import type { ContainmentRequest, Place } from '../../src/containment/request.ts';
import type { DefenderAccess } from '../../src/identity/defender-access.ts';
import { openSession } from '../../src/jobs/defender-session.ts';
import type { RequestStore } from '../../src/store/requests.ts';
import { type Pressed, isWithDefender, pressEach, stopByWord } from '../press-each.ts';
import { refusalText } from '../texts/decisions.ts';
import * as texts from '../texts/replies.ts';
import { notStoppedByWord } from '../texts/several-devices.ts';
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
  const event = { kind: 'cancel-clicked', by: person, comment: command.reason, typed: true } as const;
  const said = await stopByWord(parts, request, event);
  const rest = membersOf(said.request).some(isWithDefender);
  if (!rest) return replyTo(asked, said);
  if (!(await hasSession(parts, request, person))) {
    const { number } = request;
    return said.counted.length === 0 ? texts.cancelByButton(number) : texts.cancelRestByButton(number);
  }
  const pressed = await pressEach(parts, request, { isFor: isWithDefender, event });
  const isCounted = pressed.refusal === undefined || said.counted.length > 0;
  const refused = [...said.refused, ...pressed.refused];
  return replyTo(asked, { ...pressed, refused, refusal: isCounted ? undefined : pressed.refusal });
}

function replyTo(asked: Asked, { request, refusal, refused }: Pressed): string | undefined {
  if (refusal === undefined) {
    const notes = request.members === undefined ? [] : notStoppedByWord(refused.map((one) => one.request));
    return notes.length === 0 ? undefined : `#${request.number}: ${notes.join(' ')}`;
  }
  return membersOf(request).some((one) => isDone(one, asked)) ? undefined : refusalText(refusal, request);
}

async function hasSession(parts: CancelParts, request: ContainmentRequest, person: Person): Promise<boolean> {
  const signal = AbortSignal.timeout(accessMs);
  const session = await openSession(parts, request, person, { priority: 'interactive', signal });
  if (session.ok) return true;
  await parts.requests.note(request.id, {
    what: 'cancel-typed',
    who: { objectId: person.objectId, name: person.name },
    request: { id: request.id, number: request.number },
    detail: { refused: 'not-verified' },
  });
  return false;
}

/** The same wish in the same words: a message that Teams delivered again, of which everybody would read a second answer. */
function isDone({ state }: ContainmentRequest, { command, person }: Asked): boolean {
  const wish = state.status === 'withdrawn' ? state : 'cancel' in state ? state.cancel : undefined;
  return wish !== undefined && isSamePerson(wish.by, person) && wish.comment === command.reason;
}
