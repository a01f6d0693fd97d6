import { decide } from '../../../src/containment/decide.ts';
import { type ChangeElsewhere } from '../../../src/containment/elsewhere.ts';
import type { ContainmentRequest, DeviceRequest } from '../../../src/containment/request.ts';
import { aMachineAction, aRequest, anApproval } from '../../support/requests.ts';
import { deepFreeze } from './deep-freeze.ts';

export const now = '2026-11-24T00:00:00.000Z';

/** A second of the same hour, with the seven digits that Defender writes. */
export const second = (count: number): string =>
  new Date(Date.UTC(2026, 10, 23, 3, 0, count)).toISOString().replace('.000Z', '.1234567Z');

interface Own {
  readonly number?: number;
  readonly action?: ContainmentRequest['action'];
  readonly where?: string;
  /** Where it is not its own. */
  readonly thread?: string;
}

/** A request whose machine action took effect at that second. */
export function own(
  at: number,
  { number = at, action = 'restrict', where = 'here', thread }: Own = {},
): DeviceRequest {
  const machineAction = aMachineAction({ id: `own-${number}`, status: 'Succeeded', updatedAt: second(at) });
  return aRequest({
    number,
    action,
    place: { conversation: where, thread: thread ?? `${where};messageid=${number}`, kind: 'channel' },
    state: { status: 'ended', approval: anApproval(), machineAction, submittedAt: now, endedAt: now },
  });
}

export function elsewhere(at: number, became: ChangeElsewhere['became']): ChangeElsewhere {
  return { actionId: `foreign-${at}`, became, by: 'portal.operator@contoso.example', at: second(at) };
}

export const lifted = (at: number): ChangeElsewhere => elsewhere(at, 'lifted');
export const restricted = (at: number): ChangeElsewhere => elsewhere(at, 'restricted');

export function changedBy(request: ContainmentRequest, change: ChangeElsewhere, quiet?: true) {
  return decide(deepFreeze(request), { kind: 'changed-elsewhere', change, quiet }, now);
}
