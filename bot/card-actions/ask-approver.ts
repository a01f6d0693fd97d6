import { nameOrId } from '../../src/containment/request.ts';
import type { CheckOutcome } from '../../src/jobs/check-approval.ts';
import { type InvokeAnswer, cardAnswer } from '../answers.ts';
import { renderChooseDeviceCard } from '../render/choose-device-card.ts';
import * as deviceTexts from '../texts/devices.ts';
import type { CardTurn } from './card-turn.ts';

interface AskParts {
  readonly questionId?: string | undefined;
  /** One of several devices: what came of the same press for the others. */
  readonly others?: string | undefined;
}

/** In place of the card, for the presser alone: their next press names the device. */
export function askWhich(
  { questionId, others }: AskParts,
  { comment }: CardTurn,
  { request, found, noteId }: Extract<CheckOutcome, { kind: 'choose' }>,
): InvokeAnswer {
  const content = {
    ...deviceTexts.approverText({ number: request.number, name: nameOrId(request), found, others }),
    machines: found.isCut ? [] : found.machines,
    button: deviceTexts.approveButton,
  };
  const card =
    questionId === undefined
      ? renderChooseDeviceCard({
          ...content,
          verb: 'approve',
          requestId: request.id,
          isAlone: request.batch !== undefined,
          comment,
        })
      : // What they wrote with the command is in the question.
        renderChooseDeviceCard({ ...content, verb: 'choose', requestId: questionId });
  return { ...cardAnswer(card), noteId };
}
