import type { Person } from '../containment/person.ts';
import { type ContainmentRequest, type DeviceRequest, hasDevice } from '../containment/request.ts';
import { type StateOf, type VoidReason, isInDoubt } from '../containment/state.ts';
import { DefenderError } from '../defender/errors.ts';
import { findAfterSending, mayBeOurs } from '../defender/reconcile.ts';
import { passed } from '../platform/steps.ts';
import { type Session, openSession } from './defender-session.ts';
import { readDeviceTwice } from './device-facts.ts';
import { follow } from './follow.ts';
import { expectationOf, toMachineAction } from './machine-action.ts';
import type { JobParts } from './parts.ts';

export type Confirmation =
  | { readonly kind: 'confirmed'; readonly request: ContainmentRequest }
  /** Defender does not show the action or the device to this person. */
  | { readonly kind: 'not-visible' }
  /** There is no token of this person's to ask with, or Defender does not take it. */
  | { readonly kind: 'no-token'; readonly why: VoidReason; readonly claims?: string | undefined }
  | { readonly kind: 'no-answer' };

type Parts = Pick<JobParts, 'requests' | 'access' | 'defender' | 'commentLimits'>;

interface Look {
  readonly person: Person;
  readonly signal: AbortSignal;
}

/** Asks Defender once, with the token of the person who wants to know; what they see becomes the state. */
export async function confirmNow(
  parts: Parts,
  request: ContainmentRequest,
  look: Look,
): Promise<Confirmation> {
  const { state } = request;
  if (!hasDevice(request) || (state.status !== 'running' && !isInDoubt(state)))
    return { kind: 'confirmed', request };
  const session = await openSession(parts, request, look.person, {
    priority: 'interactive',
    signal: look.signal,
  });
  if (!session.ok) return session.transient ? { kind: 'no-answer' } : { ...session, kind: 'no-token' };
  try {
    return state.status === 'running'
      ? await observe(parts, request, state, session)
      : await settle(parts, request, session);
  } catch (error) {
    if (!(error instanceof DefenderError)) throw error;
    return confirmationOf(error);
  } finally {
    await session.close();
  }
}

function confirmationOf({ kind, claims }: DefenderError): Confirmation {
  switch (kind) {
    case 'not-found':
    case 'forbidden':
      return { kind: 'not-visible' };
    case 'claims-challenge':
      return { kind: 'no-token', why: { code: 'extra-sign-in-needed' }, claims };
    case 'unauthorized':
      return { kind: 'no-token', why: { code: 'token-rejected' } };
    default:
      return { kind: 'no-answer' };
  }
}

async function observe(
  parts: Parts,
  request: ContainmentRequest,
  state: StateOf<'running'>,
  session: Session,
): Promise<Confirmation> {
  const ids = [state.machineAction.id];
  const [action] = await parts.defender.listActionsById(session.token, ids, session.options);
  passed('doubt-rechecked', request.id);
  if (action === undefined) return { kind: 'not-visible' };
  const decision = await parts.requests.apply(request.id, {
    kind: 'action-observed',
    machineAction: toMachineAction(action, state.machineAction.ours),
  });
  return { kind: 'confirmed', request: decision?.request ?? request };
}

/** A POST whose outcome nobody could settle: the presser's token looks for our mark. */
async function settle(parts: Parts, request: DeviceRequest, session: Session): Promise<Confirmation> {
  await readDeviceTwice(parts, session, request.deviceId);
  // The approver's name is in the mark's comment; the presser's own is not what Defender was sent.
  const expected = await expectationOf(parts, request, { upn: undefined });
  const askedAt = await parts.requests.now();
  const actions = await parts.defender.listOpenActions(
    session.token,
    { machineId: request.deviceId, types: [expected.type] },
    session.options,
  );
  passed('doubt-rechecked', request.id);
  const found = findAfterSending(actions, expected);
  if (found.match !== 'none') await follow(parts, request, { found, expected });
  else if (!mayBeOurs(actions, expected))
    await parts.requests.apply(request.id, { kind: 'action-absent', askedAt });
  return { kind: 'confirmed', request: (await parts.requests.byId(request.id)) ?? request };
}
