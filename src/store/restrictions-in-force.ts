import { type SqlBool, sql } from 'kysely';
import type { DeviceId } from '../containment/ids.ts';
import type { Instant } from '../containment/person.ts';
import { type ContainmentRequest, type DeviceRequest, hasDevice } from '../containment/request.ts';
import type { Tx } from './database-port.ts';
import { readComparedAt } from './drift-compared.ts';
import { type Condition, type Here, type Slice, madeHere } from './here.ts';
import { readableFormats, toRequest } from './rows.ts';

/**
 * Which restrictions hold, as far as our own register knows: per device the latest one that succeeded and was asked for
 * here, unless a lift has succeeded since, wherever in the tenant that was asked for, or was found to be made elsewhere. One that
 * was given up and turned out to have succeeded is one of them.
 */

export interface InForce {
  readonly restrictions: readonly DeviceRequest[];
  readonly total: number;
  /** Only a newer program can read these: whether they are in force is not known here. */
  readonly passedOver: number;
  /** When all watched devices of what was asked for here were last compared with Defender's list. */
  readonly comparedAt?: Instant | undefined;
  readonly now: Instant;
}

/** What became of the latest restriction of a device that was asked for here. */
export interface DeviceRestriction {
  readonly restriction: DeviceRequest;
  /** `request` is missing when the lift was asked for elsewhere: it is not this conversation's to name. */
  readonly lift?: { readonly at: Instant; readonly request?: ContainmentRequest | undefined } | undefined;
}

/** In words that the partial indexes know again. `took_effect` is set for what has succeeded, and for nothing else. */
const isRestriction = sql<SqlBool>`action = 'restrict' and took_effect is not null`;
/** What was found of such a request begins with its own action. */
const isLateOne = sql<SqlBool>`action = 'restrict' and took_effect is null and elsewhere is not null`;
const isLift = sql<SqlBool>`lift.action = 'unrestrict' and lift.took_effect is not null`;

/** The latest restriction of each device that was asked for here; narrow, because a conversation may hold thousands. */
function latestHere({ tenantId, conversation }: Here, only: Condition) {
  const isHere = sql`tenant_id = ${tenantId} and conversation = ${conversation} and ${only}
    and state_format in (${sql.join(readableFormats)})`;
  return sql`
    select distinct on (device_id) id, tenant_id, device_id, took_effect, asked_as
    from (
      select id, tenant_id, device_id, took_effect, coalesce(card_number, number) as asked_as
      from requests where ${isRestriction} and ${isHere}
      union all
      select id, tenant_id, device_id, left(elsewhere->0->>'at', 19) collate "C", coalesce(card_number, number)
      from requests where ${isLateOne} and ${isHere}) restrictions
    order by device_id desc, took_effect desc, asked_as desc`;
}

/** Within a second, what was asked for later. A lift counts whoever wrote it, wherever it was asked for. */
const isLifted = sql<SqlBool>`lift.tenant_id = latest.tenant_id and lift.device_id = latest.device_id and ${isLift}
  and (lift.took_effect, coalesce(lift.card_number, lift.number)) > (latest.took_effect, latest.asked_as)`;

/** Nothing was found that changed it since. */
const isUnchanged = sql<SqlBool>`(requests.elsewhere is null
  or jsonb_array_length(requests.elsewhere) = 1 and requests.elsewhere->0->'origin'->>'itself' = 'true')`;

interface FoundRow {
  readonly total: string;
  readonly ids: readonly string[];
}

export async function readInForce(tx: Tx, now: Instant, here: Here, slice: Slice): Promise<InForce> {
  const { rows } = await sql<FoundRow>`
    with latest as (${latestHere(here, sql`true`)}),
    held as materialized (
      select latest.* from latest join requests using (id)
      where ${isUnchanged} and not exists (select from requests lift where ${isLifted}))
    select (select count(*) from held) as total, array(
      select id from held order by took_effect, asked_as, id
      limit ${slice.limit} offset ${slice.offset}) as ids`.execute(tx);
  const { total = '0', ids = [] } = rows[0] ?? {};
  const { n: passedOver } = await madeHere(tx, here)
    .where(isRestriction)
    .where('state_format', 'not in', readableFormats)
    .select((eb) => eb.fn.countAll<string>().as('n'))
    .executeTakeFirstOrThrow();
  return {
    restrictions: await readThem(tx, ids),
    total: Number(total),
    passedOver: Number(passedOver),
    comparedAt: await readComparedAt(tx, here),
    now,
  };
}

interface OfDeviceRow {
  readonly id: string;
  readonly lift_id: string | null;
  readonly lifted_at: string | null;
  readonly is_here: boolean | null;
}

export async function readRestrictionOf(
  tx: Tx,
  here: Here,
  deviceId: DeviceId,
): Promise<DeviceRestriction | undefined> {
  const { rows } = await sql<OfDeviceRow>`
    with latest as (${latestHere(here, sql`device_id = ${deviceId}`)})
    select latest.id, lift.id as lift_id, lift.state->>'endedAt' as lifted_at,
      lift.conversation = ${here.conversation} and lift.state_format in (${sql.join(readableFormats)}) as is_here
    from latest left join requests lift on ${isLifted}
    order by lift.took_effect, coalesce(lift.card_number, lift.number)
    limit 1`.execute(tx);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { id, lift_id: liftId, lifted_at: at, is_here: isHere } = row;
  const [restriction, lift] = await readThem(tx, liftId === null ? [id] : [id, liftId]);
  if (restriction === undefined) return undefined;
  if (at === null) return { restriction };
  return { restriction, lift: isHere === true ? { at, request: lift } : { at } };
}

/** In the order of the ids. */
async function readThem(tx: Tx, ids: readonly string[]): Promise<DeviceRequest[]> {
  if (ids.length === 0) return [];
  const rows = await tx
    .selectFrom('requests')
    .selectAll()
    .where('id', 'in', ids)
    .where('state_format', 'in', readableFormats)
    .execute();
  const requests = new Map(rows.map((row) => [row.id, toRequest(row)]));
  return ids.flatMap((id) => {
    const request = requests.get(id);
    return request !== undefined && hasDevice(request) ? [request] : [];
  });
}
