import { membersOf } from '../../src/containment/batch.ts';
import { type Person, isSamePerson } from '../../src/containment/person.ts';
import { type ContainmentRequest, type Place, hasOwnThread } from '../../src/containment/request.ts';
import { passed } from '../../src/platform/steps.ts';
import type { RequestStore } from '../../src/store/requests.ts';
import { pressEach } from '../press-each.ts';
import { refusalText } from '../texts/decisions.ts';
import * as texts from '../texts/replies.ts';
import { findRequestHere } from './find-request.ts';
import type { DecisionCommand } from './parsed-command.ts';

export interface DenyParts {
  readonly requests: Pick<RequestStore, 'apply' | 'applyToAll' | 'onCard' | 'byNumber' | 'noteForTenant'>;
}

interface Asked {
  readonly command: DecisionCommand;
  readonly person: Person;
  readonly place: Place;
}

/**
 * What the Deny button does, at once: the identity that Teams authenticated is enough. The card and its thread tell of the
 * denial; why one does not count is said where it was typed, and is nothing private.
 */
export async function runDeny(parts: DenyParts, asked: Asked): Promise<string | undefined> {
  const { command, person, place } = asked;
  const { requestNumber, comment } = command;
  const request = await findRequestHere(parts.requests, { command: 'deny', requestNumber, person, place });
  if (request === undefined) return texts.noSuchRequest(requestNumber);
  const event = { kind: 'deny-clicked', by: person, comment } as const;
  const pressed = await pressEach(parts, request, {
    isFor: ({ state }) => state.status === 'awaiting',
    event,
  });
  passed('denial-stored', request.id);
  if (pressed.refusal !== undefined && !membersOf(pressed.request).some((one) => isDone(one, asked)))
    return refusalText(pressed.refusal, pressed.request);
  if (hasOwnThread(request.place)) return texts.deniedOnCard(requestNumber);
  // In the thread of the card the answer is there already.
  return request.place.thread === place.thread ? undefined : texts.deniedElsewhere(requestNumber);
}

/** The same denial in the same words: a message that Teams delivered again, of which everybody would read a second answer. */
function isDone({ state }: ContainmentRequest, { command, person }: Asked): boolean {
  return state.status === 'denied' && isSamePerson(state.by, person) && state.comment === command.comment;
}
