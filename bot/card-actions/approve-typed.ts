import { membersOf } from '../../src/containment/batch.ts';
import { wasFoundSince } from '../../src/containment/found-device.ts';
import type { DeviceId } from '../../src/containment/ids.ts';
import type { Person } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { ApprovalQuestion } from '../../src/store/question.ts';
import { type InvokeAnswer, cardAnswer, messageAnswer } from '../answers.ts';
import { renderAskCard } from '../render/ask-card.ts';
import { awaitsDecision, placeOf } from '../chosen-devices.ts';
import * as decisions from '../texts/decisions.ts';
import { type Outdated, answeredApproval, withSendAgain } from '../texts/typed-approval.ts';
import { approve } from './approve.ts';
import { type CardActionParts, type CardTurn, setupOf } from './card-turn.ts';
import { clickOfPerson } from './earlier-press.ts';
import { voidedNote } from './voided-note.ts';

interface Press extends Pick<CardTurn, 'activity' | 'person' | 'signIn' | 'arrivedAt' | 'deviceId'> {
  readonly questionId: string;
}

/**
 * The button behind a typed /approve: it does what Approve on the card of the request does. Only the answer differs, which
 * stands in the place of the button: a copy of the card there would be one that nothing keeps true.
 */
export async function approveTyped(
  parts: CardActionParts,
  { questionId, ...press }: Press,
  question: ApprovalQuestion,
): Promise<InvokeAnswer> {
  const { requestId, comment, deviceId: seen, alsoRestrictedAt } = question;
  const request = await parts.requests.onCard(requestId);
  if (request === undefined) return messageAnswer(decisions.unknownRequestText());
  const show = (newest: ContainmentRequest, note: string | undefined): InvokeAnswer => {
    const answer = answeredApproval(newest, note ?? voidedNote(newest, press.person, setupOf(parts)));
    // The question does not name these, and never will: another press of its button comes to the same.
    const outdated = outdatedIn(newest, question, press.person);
    return cardAnswer(renderAskCard(withSendAgain(answer, newest, outdated)));
  };
  return approve(
    { ...parts, show, questionId },
    {
      ...press,
      deviceId: press.deviceId ?? seen,
      alsoRestrictedAt,
      ...namedIn(request, question),
      verb: 'approve',
      request,
      comment,
      duration: '',
    },
  );
}

/** What awaits a decision, and not by a press of this button. */
function outdatedIn(newest: ContainmentRequest, question: ApprovalQuestion, person: Person): Outdated {
  const open = membersOf(newest).filter(awaitsDecision);
  const isNamed = (member: ContainmentRequest): boolean =>
    newest.members === undefined || isNamedBy(question, member);
  return {
    isFoundSince: open.some(
      (member) => isNamed(member) && wasFoundSince(member) && !idsOf(question).includes(member.deviceId),
    ),
    // What they have pressed for elsewhere goes on.
    others: open.filter((member) => !isNamed(member) && clickOfPerson(member, person) === undefined).length,
  };
}

function idsOf({ deviceId, deviceIds = [] }: ApprovalQuestion): readonly DeviceId[] {
  return deviceId === undefined ? deviceIds : [...deviceIds, deviceId];
}

/**
 * Of several devices those that the answer to the command named: by their ids where it showed those, otherwise by what was
 * typed. One that has come to await a decision since then, or has joined a lift, was not among them.
 */
function isNamedBy(question: ApprovalQuestion, member: ContainmentRequest): boolean {
  const places = question.offered?.split(',');
  if (places !== undefined) return places.includes(placeOf(member));
  // An older program named by ids alone, and the answer for a lift that was alone as well.
  return member.deviceId !== undefined && idsOf(question).includes(member.deviceId);
}

function namedIn(
  { members }: ContainmentRequest,
  question: ApprovalQuestion,
): Pick<CardTurn, 'chosen' | 'offered'> {
  if (members === undefined) return {};
  const all = members
    .filter((member) => isNamedBy(question, member))
    .map((member) => {
      const { deviceId } = member;
      return deviceId !== undefined && question.deviceIds?.includes(deviceId) === true
        ? deviceId
        : placeOf(member);
    })
    .join(',');
  // None of the others was left out.
  return { chosen: all, offered: all };
}
