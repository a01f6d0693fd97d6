import { wasFoundSince } from '../../src/containment/found-device.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { ApprovalQuestion } from '../../src/store/question.ts';
import { type InvokeAnswer, cardAnswer, messageAnswer } from '../answers.ts';
import { renderAskCard } from '../render/ask-card.ts';
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
  { requestId, comment, deviceId: seen, alsoRestrictedAt }: ApprovalQuestion,
): Promise<InvokeAnswer> {
  const request = await parts.requests.byId(requestId);
  if (request === undefined) return messageAnswer(decisions.unknownRequestText());
  const show = (newest: ContainmentRequest, note: string | undefined): InvokeAnswer => {
    const answer = answeredApproval(newest, note ?? voidedNote(newest, press.person, setupOf(parts)));
    // The question names no device, and never will: another press of its button comes to the same.
    const isOutdated = seen === undefined && newest.state.status === 'awaiting' && wasFoundSince(newest);
    return cardAnswer(renderAskCard(isOutdated ? withSendAgain(answer, newest) : answer));
  };
  return approve(
    { ...parts, show, questionId },
    {
      ...press,
      deviceId: press.deviceId ?? seen,
      alsoRestrictedAt,
      verb: 'approve',
      request,
      comment,
      duration: '',
    },
  );
}
