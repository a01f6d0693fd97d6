import type { DeviceRequest } from '../containment/request.ts';
import type { Expectation, Reconciliation } from '../defender/reconcile.ts';
import { passed } from '../platform/steps.ts';
import { toMachineAction } from './machine-action.ts';
import type { JobParts } from './parts.ts';

/** A machine action that is ours, or one that somebody else had started. */
export type Found = Exclude<Reconciliation, { match: 'none' }>;

/** Room for our mark and a few words; shorter comments could not be recognised as ours at all. */
const leastComment = 48;

/** From now on the request follows this action; what its comment taught us of Defender is kept. */
export async function follow(
  parts: Pick<JobParts, 'requests' | 'commentLimits'>,
  request: DeviceRequest,
  { found, expected }: { readonly found: Found; readonly expected: Expectation },
): Promise<void> {
  if (found.match === 'ours' && found.commentCutTo !== undefined) {
    await parts.commentLimits.lower(request.tenantId, Math.max(leastComment, found.commentCutTo));
    await parts.requests.note(request.id, {
      what: 'comment-cut-by-defender',
      who: 'cordon',
      request: { id: request.id, number: request.number },
      detail: { sent: expected.sentComment.length, kept: found.commentCutTo },
    });
  }
  await parts.requests.apply(request.id, {
    kind: 'action-found',
    machineAction: toMachineAction(found.action, found.match === 'ours'),
  });
  passed('action-followed', request.id);
}
