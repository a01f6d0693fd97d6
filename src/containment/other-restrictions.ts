import type { RequestId } from './ids.ts';
import type { ContainmentRequest } from './request.ts';
import { type MachineAction, mayGoOn } from './state.ts';
import type { OtherRestriction } from './time-box.ts';

/**
 * Whoever approved a time box has approved the end of that restriction, and of no other. A lift ends them all, so without
 * people the device is lifted only if nothing else restricts it: not in Defender's list, which may lag, nor in our register,
 * which does not know the portal.
 */

/** A restriction or a lift as Defender lists it. */
export interface ListedAction {
  readonly id: string;
  readonly type: string;
  readonly status: MachineAction['status'];
  readonly createdAt: string;
  readonly updatedAt?: string | undefined;
  readonly requestor?: string | undefined;
}

/** Another request to restrict the device that may be in force or under way; without `request` a newer program wrote it. */
export interface RegisteredRestriction {
  readonly id: RequestId;
  readonly request?: ContainmentRequest | undefined;
}

interface Known {
  /** Of the device, restrictions and lifts alike. */
  readonly listed: readonly ListedAction[];
  readonly registered: readonly RegisteredRestriction[];
}

/** What a lift of `restriction` would end besides. */
export function otherRestrictions(
  restriction: ContainmentRequest,
  { listed, registered }: Known,
): OtherRestriction[] {
  const ours = confirmedAction(restriction);
  // Without it nothing can be told apart.
  if (ours === undefined) return [{ key: restriction.id }];
  const isLifted = (action: Pick<ListedAction, 'createdAt'>): boolean =>
    listed.some((lift) => isDoneLift(lift) && isAfter(lift.createdAt, action.createdAt));
  const end = restriction.box?.running?.until ?? '';
  const known = new Set(registered.map(({ request }) => request && actionOf(request)?.id));
  return [
    ...(ours.ours ? [] : [{ key: ours.id, ...whoAndWhen(ours) }]),
    ...registered
      .filter(({ request }) => request === undefined || stands(request, { ours, end, isLifted }))
      .map(described),
    ...listed
      .filter((action) => action.id !== ours.id && !known.has(action.id) && mayRestrict(action, isLifted))
      .map((action) => ({ key: action.id, ...whoAndWhen(action) })),
  ];
}

interface Beside {
  readonly ours: MachineAction;
  readonly end: string;
  readonly isLifted: (action: Pick<ListedAction, 'createdAt'>) => boolean;
}

function stands(request: ContainmentRequest, { ours, end, isLifted }: Beside): boolean {
  const { state, released } = request;
  if (state.status === 'attention') return mayGoOn(state);
  if (state.status !== 'ended') return ['approved', 'submitting', 'running'].includes(state.status);
  const { machineAction } = state;
  if (machineAction.status !== 'Succeeded' || released !== undefined || isLifted(machineAction)) return false;
  const isNewer = machineAction.id !== ours.id && !isAfter(ours.createdAt, machineAction.createdAt);
  return isNewer || isKept(request, end);
}

/** Nobody has approved that it ends by then, or somebody has decided since that it does not. */
function isKept({ box }: ContainmentRequest, end: string): boolean {
  const running = box?.running;
  if (running === undefined || running.until > end) return true;
  return running.ended === true && running.lift === undefined;
}

function mayRestrict(action: ListedAction, isLifted: Beside['isLifted']): boolean {
  if (action.type !== 'RestrictCodeExecution') return false;
  // What is still to be carried out comes after any lift that is done.
  if (action.status === 'Succeeded') return !isLifted(action);
  return action.status === 'Pending' || action.status === 'InProgress';
}

function isDoneLift({ type, status }: ListedAction): boolean {
  return type === 'UnrestrictCodeExecution' && status === 'Succeeded';
}

/** Of no time nothing is certain. */
function isAfter(one: string, other: string): boolean {
  return Date.parse(one) > Date.parse(other);
}

function actionOf({ state }: ContainmentRequest): MachineAction | undefined {
  return 'machineAction' in state ? state.machineAction : undefined;
}

function confirmedAction(request: ContainmentRequest): MachineAction | undefined {
  const action = request.state.status === 'ended' ? actionOf(request) : undefined;
  return action?.status === 'Succeeded' ? action : undefined;
}

function described({ id, request }: RegisteredRestriction): OtherRestriction {
  const approval = request && 'approval' in request.state ? request.state.approval : undefined;
  const action = request && actionOf(request);
  const since = action === undefined ? approval?.at : (action.updatedAt ?? action.createdAt);
  return { key: id, by: approval?.by.name, since };
}

function whoAndWhen({ requestor, updatedAt, createdAt }: Omit<ListedAction, 'type'>) {
  return { by: requestor, since: updatedAt ?? createdAt };
}

/** What nobody has seen who approved this lift: an approval in advance saw none, and a press what it was made on. */
export function unseenRestrictions(
  { state, alsoRestricted }: ContainmentRequest,
  others: readonly OtherRestriction[],
): readonly OtherRestriction[] {
  const approval = 'approval' in state ? state.approval : undefined;
  if (approval === undefined || approval.inAdvance === true || alsoRestricted === undefined) return others;
  if (approval.alsoRestrictedAt !== alsoRestricted.at) return others;
  const seen = new Set(alsoRestricted.others.map(({ key }) => key));
  return others.filter(({ key }) => !seen.has(key));
}
