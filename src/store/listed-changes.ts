import { sql } from 'kysely';
import type { ChangeElsewhere, Origin } from '../containment/elsewhere.ts';
import type { DeviceId, RequestId } from '../containment/ids.ts';
import type { Action, ContainmentRequest } from '../containment/request.ts';
import type { MachineActionStatus } from '../containment/state.ts';
import type { Tx } from './database-port.ts';
import { readableFormats } from './rows.ts';

/** What Defender lists of a device, with what may tell whose it is. */
export interface ListedChange extends ChangeElsewhere {
  readonly createdAt?: string | undefined;
  readonly comment?: string | undefined;
  /** The request that the comment names. */
  readonly marked?: RequestId | undefined;
}

export interface Listed {
  readonly tenantId: string;
  readonly deviceId: DeviceId;
  readonly listed: readonly ListedChange[];
}

/** What is listed and does not stand as succeeded in the register. */
export interface Traced {
  readonly change: ListedChange;
  /** The request that follows or has sent it, and was given up, or saw its action end otherwise. */
  readonly sender?: Sender | undefined;
  /** The request of this device and kind whose mark it bears, though nothing tells that it was sent for that. */
  readonly marker?: Named | undefined;
}

interface Named {
  readonly id: RequestId;
  readonly number: number;
  readonly conversation: string;
}

interface Sender extends Named {
  /** Not somebody else's that the request merely followed. */
  readonly ours: boolean;
}

interface Row extends Named {
  readonly tenant_id: string;
  readonly device_id: string;
  readonly action: Action;
  /** What marks its comments: of several devices the first one's id, which names an action together with the device. */
  readonly mark: RequestId;
  readonly action_id: string | null;
  readonly action_status: MachineActionStatus | null;
  readonly ours: boolean;
  readonly may_be_sent: boolean;
  /** Of its last attempt, and by whom that was approved. */
  readonly started_at: string | null;
  readonly deadline: string | null;
  readonly upn: string | null;
  readonly approver_id: string | null;
  readonly late_action: string | null;
  readonly is_readable: boolean;
}

/**
 * Tells what the register does not have. What a request follows is left to that, as long as it does; what a request has sent
 * that does not stand as succeeded is named as such. A mark proves that only for a request that may have sent something just
 * then, with the approver's account: anybody can copy one into a comment, and then stands there with their name.
 */
export async function traceListed(tx: Tx, given: Listed): Promise<Traced[]> {
  const rows = await readRows(tx, given);
  return oncePerSender(given.listed.flatMap((change) => traceOne(change, rows, given)));
}

/** A request has sent one action: the first that is listed. */
function oncePerSender(traced: readonly Traced[]): Traced[] {
  const senders = new Set<RequestId>();
  const inOrder = traced.toSorted((one, other) => Date.parse(one.change.at) - Date.parse(other.change.at));
  return inOrder.map((one) => {
    const { change, sender } = one;
    if (sender === undefined) return one;
    if (senders.has(sender.id)) return { change, marker: sender };
    senders.add(sender.id);
    return one;
  });
}

function traceOne(change: ListedChange, rows: readonly Row[], given: Listed): Traced[] {
  const following = rows.filter((row) => row.action_id === change.actionId);
  if (following.some(isKept)) return [];
  const marked = rows.filter((row) => row.mark === change.marked);
  const marker = marked.find((row) => isOfRequest(row, change, given));
  const follower = following.find(({ ours }) => ours) ?? following[0];
  const sender = follower ?? senderOf(marker, change);
  // A newer program knows more of it.
  if (sender !== undefined) return sender.is_readable ? [{ change, sender }] : [];
  if (marker !== undefined) return [{ change, marker }];
  const isUnrecorded = change.marked !== undefined && marked.length === 0;
  return [{ change: isUnrecorded ? { ...change, origin: { kind: 'unrecorded' } } : change }];
}

function senderOf(marker: Row | undefined, change: ListedChange): Row | undefined {
  // It has no action yet that could be anybody's.
  return marker !== undefined && isSender(marker, change) ? { ...marker, ours: true } : undefined;
}

/** As one request keeps it. In another conversation the other one has no number, and our approver is named by the record, if at all. */
export function changeFor(
  { id, place }: ContainmentRequest,
  { change: listed, sender, marker }: Traced,
): ChangeElsewhere {
  const { marked: _mark, createdAt: _created, comment: _comment, ...change } = listed;
  const { by: _requestor, ...withoutName } = change;
  const numberOf = ({ conversation, number }: Named): Pick<Origin & { kind: 'own' }, 'number'> =>
    conversation === place.conversation ? { number } : {};
  if (sender?.id === id)
    return { ...withoutName, origin: { kind: 'own', number: sender.number, itself: true } };
  if (sender?.ours === true) return { ...withoutName, origin: { kind: 'own', ...numberOf(sender) } };
  return marker === undefined ? change : { ...change, origin: { kind: 'marked', ...numberOf(marker) } };
}

/** In the register, or soon. */
function isKept({ action_status: status }: Row): boolean {
  return status === 'Succeeded' || status === 'Pending' || status === 'InProgress';
}

export function isOfKind(action: Action, { became }: Pick<ListedChange, 'became'>): boolean {
  return (action === 'restrict') === (became === 'restricted');
}

function isOfRequest(row: Row, change: ListedChange, { tenantId, deviceId }: Listed): boolean {
  return row.tenant_id === tenantId && row.device_id === deviceId && isOfKind(row.action, change);
}

/** How far Defender's clock and ours may be apart. */
const skewMs = 300_000;

function isSender(row: Row, change: ListedChange): boolean {
  const { may_be_sent: mayBeSent, late_action: found } = row;
  const isFirst = found === null || found === change.actionId;
  return mayBeSent && isFirst && isByItsApprover(row, change) && isOfItsTime(row, change);
}

/** Defender names a requestor by account or by object id. */
function isByItsApprover({ upn, approver_id: id }: Row, { by }: ListedChange): boolean {
  if (upn === null || by === undefined) return true;
  const account = by.toLowerCase();
  return account === upn.toLowerCase() || account === id?.toLowerCase();
}

function isOfItsTime({ started_at: start, deadline }: Row, { createdAt }: ListedChange): boolean {
  const created = Date.parse(createdAt ?? '');
  if (start === null || deadline === null || Number.isNaN(created)) return true;
  return created >= Date.parse(start) - skewMs && created <= Date.parse(deadline) + skewMs;
}

/** A restored backup has forgotten who approved what was sent, and when; where nothing was sent, an attempt may stand for it. */
const isOfRecord = sql`look_first_until is null and state->'attempt'->>'id' <> 'none'`;

/** A mark may name a request of any device: known is known. Of those still open the caller makes sure that none is in doubt. */
async function readRows(tx: Tx, { tenantId, deviceId, listed }: Listed): Promise<readonly Row[]> {
  const ids = listed.map(({ actionId }) => actionId);
  const marks = listed.flatMap(({ marked }) => marked ?? []);
  const { rows } = await sql<Row>`
    select id, coalesce(card_number, number) as number, conversation, tenant_id, device_id, action, coalesce(lead, id) as mark,
      state->'machineAction'->>'id' as action_id, state->'machineAction'->>'status' as action_status,
      coalesce((state->'machineAction'->>'ours')::boolean, false) as ours,
      state->'machineAction' is null and (
        status = 'attention' and state->'reason'->>'code' = 'outcome-unknown'
        or status in ('expired', 'denied', 'withdrawn', 'attention') and look_first_until is not null) as may_be_sent,
      case when ${isOfRecord} then state->'attempt'->>'startedAt' end as started_at,
      case when ${isOfRecord} then state->'attempt'->>'deadline' end as deadline,
      case when look_first_until is null then state->'approval'->>'upn' end as upn,
      state->'approval'->'by'->>'objectId' as approver_id,
      case when elsewhere->0->'origin'->>'itself' = 'true' then elsewhere->0->>'actionId' end as late_action,
      state_format in (${sql.join(readableFormats)}) as is_readable
    from requests
    where id = any(${marks}::text[]) or lead = any(${marks}::text[])
      or tenant_id = ${tenantId} and device_id = ${deviceId}
        and state->'machineAction'->>'id' = any(${ids}::text[])`.execute(tx);
  return rows;
}
