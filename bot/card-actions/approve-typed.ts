import { membersOf } from '../../src/containment/batch.ts';
import { wasFoundSince } from '../../src/containment/found-device.ts';
import type { DeviceId } from '../../src/containment/ids.ts';
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
  { requestId, comment, deviceId: seen, deviceIds = [], alsoRestrictedAt }: ApprovalQuestion,
): Promise<InvokeAnswer> {
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
      ...allOf(request, seen, deviceIds),
      verb: 'approve',
      request,
      comment,
      duration: '',
    },
  );
}

/**
 * All of several devices: by their ids where the answer to the command showed those, otherwise by what was typed. Of a lift to
 * which others were added since then, the one that was there.
 */
function allOf(
  { members }: ContainmentRequest,
  seen: DeviceId | undefined,
  deviceIds: readonly DeviceId[],
): Pick<CardTurn, 'chosen' | 'offered'> {
  if (members === undefined) return {};
  const all = members
    .filter(({ deviceId, lifts }) => lifts === undefined || [...deviceIds, seen].includes(deviceId))
    .map((member) => {
      const { deviceId } = member;
      return deviceId !== undefined && deviceIds.includes(deviceId) ? deviceId : placeOf(member);
    })
    .join(',');
  // None of the others was left out.
  return { chosen: all, offered: all };
}
