import { cardOf } from '../containment/batch.ts';
import type { Action, DeviceRequest } from '../containment/request.ts';
import type { Approval, Attempt, MachineAction, State } from '../containment/state.ts';
import { buildComment, commentMark } from '../defender/comment.ts';
import type { Expectation } from '../defender/reconcile.ts';
import type { MachineAction as DefenderAction } from '../defender/schema.ts';
import type { JobParts } from './parts.ts';

function actionType(action: Action): 'RestrictCodeExecution' | 'UnrestrictCodeExecution' {
  return action === 'restrict' ? 'RestrictCodeExecution' : 'UnrestrictCodeExecution';
}

export function toMachineAction(action: DefenderAction, ours: boolean): MachineAction {
  return {
    id: action.id,
    status: action.status,
    ours,
    requestor: action.requestor,
    createdAt: action.createdAt,
    updatedAt: action.updatedAt,
    errorHResult: action.errorHResult,
    cancelledBy: action.cancellationRequestor,
    cancellationComment: action.cancellationComment,
  };
}

/** How the action of this request looks in Defender, and the comment that makes it recognisable. */
export async function expectationOf(
  parts: Pick<JobParts, 'commentLimits' | 'requests'>,
  request: DeviceRequest,
  reader: { readonly upn: string | undefined },
): Promise<Expectation> {
  const approval = approvalOf(request);
  const sent = sentAttempt(request);
  const upn = approval?.upn ?? reader.upn;
  const limit = sent?.commentLimit ?? (await parts.commentLimits.read(request.tenantId));
  return {
    machineId: request.deviceId,
    type: actionType(request.action),
    // Of several devices each has its own action; the mark is that of the card that people know.
    mark: commentMark(cardOf(request)),
    notBefore: sent?.startedAt ?? approval?.at ?? request.createdAt,
    ...(upn === undefined ? {} : { requestorUpn: upn }),
    ...objectIdOf(approval),
    knownOthers: await parts.requests.actionsOfOthers(request),
    sentComment: buildComment({
      reason: request.reason,
      requestor: request.requestor.name,
      approver: approval?.by.name ?? '',
      requestId: cardOf(request),
      limit,
    }),
  };
}

function objectIdOf(approval: Approval | undefined): { requestorObjectId?: string } {
  return approval === undefined ? {} : { requestorObjectId: approval.by.objectId };
}

/** The attempt whose POST may have reached Defender. */
function sentAttempt({ state }: DeviceRequest): Attempt | undefined {
  const attempt = 'attempt' in state ? state.attempt : undefined;
  return attempt?.outcome === 'unsent' ? undefined : attempt;
}

export function approvalOf({ state }: { readonly state: State }): Approval | undefined {
  return 'approval' in state ? state.approval : undefined;
}
