import type { RequestId } from '../../src/containment/ids.ts';
import type { Person } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { MachineAction } from '../../src/containment/state.ts';
import type { NewRequest } from '../../src/store/create-request.ts';
import type { RequestStore } from '../../src/store/requests.ts';
import { aNewRequest } from './new-requests.ts';
import { aMachineAction, alex } from './requests.ts';

type Store = Pick<RequestStore, 'create' | 'apply'>;

/** A request that awaits approval, in the store. */
export async function anAwaitingRequest(
  store: Store,
  given: Partial<NewRequest> = {},
): Promise<ContainmentRequest> {
  const made = await store.create(aNewRequest(given));
  if (made.kind !== 'created') throw new Error(`The request was not created: ${made.kind}`);
  return made.request;
}

/** An approved one: the approver's rights are confirmed, nothing is sent yet. */
export async function anApprovedRequest(
  store: Store,
  given: Partial<NewRequest> = {},
  approver: Person = alex,
): Promise<ContainmentRequest> {
  const { id } = await anAwaitingRequest(store, given);
  const clickId = `clk_${id}`;
  await store.apply(id, { kind: 'approve-clicked', by: approver, clickId });
  const device = { name: 'ws-finance-017', osPlatform: 'Windows11' };
  const upn = `${approver.name.toLowerCase().replace(' ', '.')}@contoso.example`;
  return applied(await store.apply(id, { kind: 'approve-verified', clickId, device, upn }));
}

/** One whose machine action Defender has taken and carries out; each has an action id of its own. */
export async function aRunningRequest(
  store: Store,
  given: Partial<NewRequest> = {},
  action: Partial<MachineAction> & { readonly approver?: Person } = {},
): Promise<ContainmentRequest> {
  const { approver, ...fields } = action;
  const { id } = await anApprovedRequest(store, given, approver);
  const machineAction = aMachineAction({ id: machineActionIdOf(id), ...fields });
  return applied(await store.apply(id, { kind: 'action-found', machineAction }));
}

/** The machine action's id that `aRunningRequest` gives. */
export function machineActionIdOf(id: RequestId): string {
  return `action-of-${id}`;
}

function applied(decision: { readonly request: ContainmentRequest } | undefined): ContainmentRequest {
  if (decision === undefined) throw new Error('The request is not in the store');
  return decision.request;
}
