import { type SqlBool, sql } from 'kysely';
import type { FoundChange } from '../containment/elsewhere.ts';
import type { DeviceId, RequestId } from '../containment/ids.ts';
import type { Person } from '../containment/person.ts';
import type { Action } from '../containment/request.ts';
import type { Standing } from '../containment/standing.ts';
import type { Sql } from './database-port.ts';
import type { DatabaseClock } from './now.ts';
import { readableFormats } from './rows.ts';

/** A request whose device is watched: it claims that it is restricted, took effect lately, or may turn out to have done so. */
export interface Watched {
  /** What marks the comment of its action. */
  readonly mark: RequestId;
  readonly deviceId: DeviceId;
  readonly action: Action;
  /** Who has surely seen the device. Missing: nobody approved it, as far as is known. */
  readonly approver?: Person | undefined;
  /** Missing: whether there is one was never known. */
  readonly machineActionId?: string | undefined;
  /** When that was made, by Defender's clock, or else the request. */
  readonly createdAt: string;
  /** How the device stands behind it, by Defender's clock. Missing: it has changed nothing, as far as is known. */
  readonly standing?: Standing | undefined;
  /** Already in the record. */
  readonly elsewhere: readonly FoundChange[];
}

/** What claims no more that the device is restricted is watched for so long after its last change. */
const watchedDays = 7;

const isReadable = sql<SqlBool>`state_format in (${sql.join(readableFormats)})`;

interface WatchedRow {
  readonly mark: string;
  readonly device_id: string;
  readonly action: Action;
  readonly approver: Person | null;
  readonly action_id: string | null;
  readonly created_at: string;
  readonly took_effect: string | null;
  readonly released: boolean;
  readonly elsewhere: readonly FoundChange[] | null;
}

/** In words that the partial indexes know again. */
export async function readWatched(db: Sql, clock: DatabaseClock, tenantId: string): Promise<Watched[]> {
  const { rows } = await sql<WatchedRow>`
    with in_force as (
      select id from requests latest
      where tenant_id = ${tenantId} and action = 'restrict' and took_effect is not null
        and released is null and elsewhere is null and ${isReadable}
        and not exists (
          select from requests lift
          where lift.tenant_id = ${tenantId} and lift.device_id = latest.device_id
            and lift.action = 'unrestrict' and lift.took_effect is not null
            and (lift.took_effect, coalesce(lift.card_number, lift.number))
              > (latest.took_effect, coalesce(latest.card_number, latest.number)))),
    claimed as (
      select id from requests
      where tenant_id = ${tenantId} and elsewhere is not null and ${isReadable}
        and elsewhere->-1->>'became' = 'restricted'
        and released->>'after' is distinct from elsewhere->-1->>'actionId'),
    lately as (
      select id from requests
      where tenant_id = ${tenantId} and took_effect is not null and ${isReadable}
        and changed_at > ${clock()} - ${watchedDays} * interval '1 day'),
    unsettled as (
      select id from requests
      where tenant_id = ${tenantId} and took_effect is null and ${isReadable}
        and status in ('ended', 'attention', 'expired', 'denied', 'withdrawn')
        and (status = 'ended'
          or status = 'attention' and state->'closed' is not null and state->'reason'->>'code' = 'outcome-unknown'
          or status in ('expired', 'denied', 'withdrawn') and look_first_until is not null)
        and changed_at > ${clock()} - ${watchedDays} * interval '1 day')
    select coalesce(lead, id) as mark, device_id, action, state->'approval'->'by' as approver, state->'machineAction'->>'id' as action_id,
      coalesce(state->'machineAction'->>'createdAt', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) as created_at,
      took_effect, elsewhere, released is not null and released->'number' is null
        and released->>'after' is not distinct from elsewhere->-1->>'actionId' as released
    from requests
    where id in (
      select id from in_force union select id from claimed union select id from lately union select id from unsettled)
    order by coalesce(card_number, number), id`.execute(db);
  return rows.map((row) => ({
    mark: row.mark as RequestId,
    deviceId: row.device_id as DeviceId,
    action: row.action,
    approver: row.approver ?? undefined,
    machineActionId: row.action_id ?? undefined,
    createdAt: row.created_at,
    standing: standingOf(row),
    elsewhere: row.elsewhere ?? [],
  }));
}

/** As `standingAfter` has it, to the second. */
function standingOf({ elsewhere, took_effect: at, action, released }: WatchedRow): Standing | undefined {
  const became = action === 'restrict' ? 'restricted' : 'lifted';
  const known = elsewhere?.at(-1) ?? (at === null ? undefined : { became, at: `${at}Z` });
  return known !== undefined && released ? { became: 'lifted', at: known.at } : known;
}
