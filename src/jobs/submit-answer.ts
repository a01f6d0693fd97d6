import type { ContainmentRequest } from '../containment/request.ts';
import { type Expectation, judgeSubmitted } from '../defender/reconcile.ts';
import type { MachineAction as DefenderAction } from '../defender/schema.ts';
import { toMachineAction } from './machine-action.ts';
import type { JobParts } from './parts.ts';

interface Answer {
  readonly answer: DefenderAction;
  readonly expected: Expectation;
}

/** Defender returned an action: ours, or one that somebody else had started and that is followed from now on. */
export async function judgeAnswer(
  parts: Pick<JobParts, 'requests' | 'commentLimits'>,
  request: ContainmentRequest,
  { answer, expected }: Answer,
): Promise<void> {
  const judged = judgeSubmitted(answer, expected);
  if (judged.match === 'ours' && judged.commentCutTo !== undefined) {
    await parts.commentLimits.lower(request.tenantId, judged.commentCutTo);
    await parts.requests.note(request.id, {
      what: 'comment-cut-by-defender',
      who: 'cordon',
      request: { id: request.id, number: request.number },
      detail: { sent: expected.sentComment.length, kept: judged.commentCutTo },
    });
  }
  await parts.requests.apply(request.id, {
    kind: 'action-found',
    machineAction: toMachineAction(answer, judged.match === 'ours'),
  });
}
