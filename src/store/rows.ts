import type { Selectable } from 'kysely';
import type { DeviceId, RequestId } from '../containment/ids.ts';
import {
  type Action,
  type ContainmentRequest,
  type DeviceWish,
  type Place,
  hasDevice,
} from '../containment/request.ts';
import type { State, UndecidedState } from '../containment/state.ts';
import type { Tables } from './tables.ts';

/**
 * How `state` may be written: 1, as at first; 2, with retries, closed requests and pauses; 3, with accounts that cannot be
 * used any more; 4, with devices that are known by name only, or were chosen by it; 5, with time boxes and the lifts that end
 * them; 6, with what was changed elsewhere; 7, one of several devices of a request; 8, the same with a time box, or
 * lifted at the end of one. A row bears the lowest number that its
 * content needs, so that an older program beside this one leaves alone only what it would misread.
 */
const newestFormat = 8;
export const readableFormats = Array.from({ length: newestFormat }, (_, index) => index + 1);

/** A newer program wrote this request: nothing of it may be decided here. */
export class NewerStateError extends Error {
  override readonly name = 'NewerStateError';

  constructor() {
    super('A newer program wrote this request; it is left to that one');
  }
}

/** An older program would approve such a lift, or a box, without knowing what belongs to it. */
export const formatOfLift = 5;
/** An older program would take the restriction for one in force, and lift it at the end of its box. */
const formatOfDrift = 6;
/** An older program would give each of several devices a card of its own, and lists would show it as a request of its own. */
const formatOfSeveral = 7;
/** An older program would take a press about the time boxes of some for one about that of the first. */
export const formatOfSeveralBoxes = newestFormat;

export function formatOf(request: ContainmentRequest): number {
  const { state } = request;
  const ofParts = formatOfParts(request);
  if (ofParts !== undefined) return ofParts;
  // An older program would take no notice of the device that a press is about.
  const isOpenByName = state.status === 'awaiting' && request.deviceName !== undefined;
  if (!hasDevice(request) || isOpenByName || speaksOfChoice(state)) return 4;
  if (state.status === 'awaiting' && state.voided?.why.code === 'account-unusable') return 3;
  return needsSecond(request) ? 2 : 1;
}

/** As what belongs to it besides its state asks for. */
function formatOfParts({ batch, elsewhere, box, lifts }: ContainmentRequest): number | undefined {
  const isBoxed = box !== undefined || lifts !== undefined;
  if (batch !== undefined) return isBoxed ? formatOfSeveralBoxes : formatOfSeveral;
  if (elsewhere !== undefined) return formatOfDrift;
  return isBoxed ? formatOfLift : undefined;
}

function speaksOfChoice(state: State): boolean {
  if (state.status !== 'awaiting') return false;
  const codes: readonly string[] = ['device-unclear', 'other-device', 'already-requested'];
  return (
    codes.includes(state.voided?.why.code ?? '') || state.clicks.some((click) => click.deviceId !== undefined)
  );
}

function needsSecond({ state, hold }: ContainmentRequest): boolean {
  const reasons: readonly string[] = ['sign-in-needed', 'step-failed'];
  const isNewAttention =
    state.status === 'attention' && (reasons.includes(state.reason.code) || state.closed !== undefined);
  const attempt = 'attempt' in state ? state.attempt : undefined;
  const isPaused = attempt?.wait?.why === 'paused' || attempt?.after === 'paused';
  return isNewAttention || isPaused || hold !== undefined;
}

/** Ids and unions were parsed before they were written: what comes back is what went in. */
export function toRequest(row: Selectable<Tables['requests']>): ContainmentRequest {
  if (row.state_format > newestFormat) throw new NewerStateError();
  return {
    id: row.id as RequestId,
    tenantId: row.tenant_id,
    number: row.card_number ?? row.number,
    action: row.action as Action,
    ...deviceOf(row),
    reason: row.reason,
    requestor: row.requestor,
    place: { conversation: row.conversation, thread: row.thread, kind: row.place_kind as Place['kind'] },
    alsoRequestedIn: row.also_requested_in ?? undefined,
    ...(row.hold ? { hold: row.hold } : {}),
    ...(row.box ? { box: row.box } : {}),
    ...sinceOf(row),
    ...(row.lifts === null ? {} : { lifts: row.lifts as RequestId }),
    ...(row.also_restricted ? { alsoRestricted: row.also_restricted } : {}),
    ...batchOf(row),
    ...(row.look_first_until ? { unchecked: true } : {}),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    revision: row.revision,
    // An older program beside this one changes a request without naming its record.
    ...(row.record_hash !== null && row.recorded_revision === row.revision
      ? { recordHash: row.record_hash }
      : {}),
  };
}

/** What became of the device after the request's own action. */
function sinceOf({ released, elsewhere }: Selectable<Tables['requests']>) {
  return { ...(released ? { released } : {}), ...(elsewhere ? { elsewhere } : {}) };
}

/** Which of several devices the row is of. */
export function batchOf({
  lead,
  batch_place: place,
  batch_size: size,
}: Pick<Selectable<Tables['requests']>, 'lead' | 'batch_place' | 'batch_size'>): Pick<
  ContainmentRequest,
  'batch'
> {
  if (lead === null || place === null || size === null) return {};
  return { batch: { lead: lead as RequestId, place, size } };
}

/** A number of its own that nobody sees, where the one that people type is that of the first device. */
export function batchColumns({ number, batch }: Pick<ContainmentRequest, 'number' | 'batch'>) {
  if (batch === undefined)
    return { number, card_number: null, lead: null, batch_place: null, batch_size: null, stands: true };
  const { lead, place, size } = batch;
  return {
    number: place === 1 ? number : -(number * 100 + place),
    card_number: number,
    lead,
    batch_place: place,
    batch_size: size,
    stands: place === 1,
  };
}

const byName = 'name:';

/** What `device_id` holds: the id, or the name for which nobody has found one yet. */
export function deviceKey({ deviceId, deviceName = '' }: Partial<DeviceWish>): string {
  return deviceId ?? `${byName}${deviceName}`;
}

function deviceOf(row: Selectable<Tables['requests']>) {
  const { device_id: key, device_name: typed, device, state } = row;
  if (key.startsWith(byName)) {
    return { deviceName: typed ?? key.slice(byName.length), state: state as UndecidedState };
  }
  return {
    deviceId: key as DeviceId,
    device: device ?? undefined,
    ...(typed === null ? {} : { deviceName: typed }),
    state,
  };
}
