import { membersOf } from '../../src/containment/batch.ts';
import { wasFoundSince } from '../../src/containment/found-device.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { ApprovalQuestion } from '../../src/store/question.ts';
import { type InvokeAnswer, cardAnswer, messageAnswer } from '../answers.ts';
import { renderAskCard } from '../render/ask-card.ts';
import { placeOf } from '../chosen-devices.ts';
import * as decisions from '../texts/decisions.ts';
import { answeredApproval, withSendAgain } from '../texts/typed-approval.ts';
import { approve } from './approve.ts';
import { type CardActionParts, type CardTurn, setupOf } from './card-turn.ts';
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
  const { requestId, comment, deviceId: seen, deviceIds = [], alsoRestrictedAt } = question;
  const request = await parts.requests.onCard(requestId);
  if (request === undefined) return messageAnswer(decisions.unknownRequestText());
  const named = seen === undefined ? deviceIds : [...deviceIds, seen];
  const show = (newest: ContainmentRequest, note: string | undefined): InvokeAnswer => {
    const answer = answeredApproval(newest, note ?? voidedNote(newest, press.person, setupOf(parts)));
    // The question does not name it, and never will: another press of its button comes to the same.
    const isOutdated = membersOf(newest).some(
      (member) =>
        member.state.status === 'awaiting' && wasFoundSince(member) && !named.includes(member.deviceId),
    );
    return cardAnswer(renderAskCard(isOutdated ? withSendAgain(answer, newest) : answer));
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

/**
 * Those of several devices that the answer to the command named: by their ids where it showed those, otherwise by what was
 * typed. One that has come to await a decision since then, or has joined a lift, was not among them.
 */
function namedIn(
  { members }: ContainmentRequest,
  { deviceId: seen, deviceIds = [], offered }: ApprovalQuestion,
): Pick<CardTurn, 'chosen' | 'offered'> {
  if (members === undefined) return {};
  const places = offered?.split(',');
  const isNamed = (member: ContainmentRequest): boolean =>
    // An older program named by ids alone, and the answer for a lift that was alone as well.
    places?.includes(placeOf(member)) ?? [...deviceIds, seen].includes(member.deviceId);
  const all = members
    .filter(isNamed)
    .map((member) => {
      const { deviceId } = member;
      return deviceId !== undefined && deviceIds.includes(deviceId) ? deviceId : placeOf(member);
    })
    .join(',');
  // None of the others was left out.
  return { chosen: all, offered: all };
}
