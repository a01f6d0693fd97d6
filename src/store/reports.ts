import { type RawBuilder, sql } from 'kysely';
import type { Instant } from '../containment/person.ts';
import { labelOfAll } from '../containment/batch.ts';
import { type Label, labelOfFiled, openStatuses } from '../containment/state.ts';
import type { Sql } from './database-port.ts';
import type { DatabaseClock } from './now.ts';
import { readableFormats } from './rows.ts';

/** The requests of one conversation, whatever the thread, made in the time up to now. */
export interface ReportScope {
  readonly tenantId: string;
  readonly conversation: string;
  readonly seconds: number;
}

/** In seconds. */
export interface Times {
  readonly samples: number;
  readonly p50: number;
  readonly p95: number;
}

export interface Report {
  readonly from: Instant;
  readonly to: Instant;
  readonly requests: number;
  readonly restrictions: number;
  readonly lifts: number;
  /** How many requests bear which label now; without those of which only a newer program can tell. */
  readonly labels: ReadonlyMap<Label, number>;
  /** Not at their end: somebody or Defender can still bring them on. */
  readonly open: number;
  /** Written by a newer program: counted, but their times are not. */
  readonly newer: number;
  /**
   * From the request to the approval that held, or to the denial; undefined where nothing was decided. What was decided for
   * several devices at once is one decision.
   */
  readonly decision: Times | undefined;
  /** From a request to restrict to the moment at which Defender was seen to have succeeded, for each device. */
  readonly containment: Times | undefined;
}

export type Reports = ReturnType<typeof createReports>;

export function createReports({ sql: db, clock }: { sql: Sql; clock: DatabaseClock }) {
  return {
    async of(scope: ReportScope): Promise<Report> {
      const { rows } = await read(db, clock, scope);
      const [row] = rows;
      if (row === undefined) throw new Error('The database gave no report');
      return toReport(row);
    },
  };
}

interface Row {
  readonly since: Date;
  readonly now: Date;
  readonly groups: readonly Group[];
  readonly decision: TimesRow;
  readonly containment: TimesRow;
}

interface Group {
  readonly action: string;
  /** Of each device that counts for the label: the status and, behind a space, that of its machine action. */
  readonly parts: readonly string[];
  readonly readable: boolean;
  readonly n: number;
}

/** A percentile of nothing is null. */
interface TimesRow {
  readonly samples: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

/**
 * One statement, so that all numbers are of one moment. What a newer program wrote as `state` may mean something else:
 * of such a row only the columns are looked at.
 */
function read(db: Sql, clock: DatabaseClock, { tenantId, conversation, seconds }: ReportScope) {
  return sql<Row>`
    with period as materialized (
      select now, now - ${seconds} * interval '1 second' as since from (select ${clock()} as now) as clock
    ), asked as (
      select coalesce(lead, id) as card, action, status, created_at, lifts is not null as of_box,
        case when state_format in (${sql.join(readableFormats)}) then state end as known
      from requests, period
      where tenant_id = ${tenantId} and conversation = ${conversation} and created_at >= period.since
    ), followed as materialized (
      select card, action, known is not null as readable, known->>'leftOut' is not null as left_out,
        coalesce(known->'approval'->>'press', '') as press, status || ' ' || coalesce(known->'machineAction'->>'status', '') as part,
        case when known->>'leftOut' is null and not (of_box and coalesce(known->'approval'->>'inAdvance' = 'true'
            or (known->'approval'->>'at')::timestamptz <= created_at, false))
          then ${secondsUntil(sql`coalesce(known->'approval'->>'at', case status when 'denied' then known->>'at' end)`)}
          end as decided_after,
        case when action = 'restrict' and known->'machineAction'->>'status' = 'Succeeded'
          then ${secondsUntil(sql`known->>'endedAt'`)} end as contained_after
      from asked
    ), cards as (
      select action, bool_and(readable) as readable,
        coalesce(array_agg(distinct part) filter (where not left_out), array_agg(distinct part)) as parts
      from followed group by card, action
    ), groups as (
      select action, readable, parts, count(*)::int as n from cards group by action, readable, parts
    ), decided as (
      select min(decided_after) as decided_after from followed group by card, press
    )
    select since, now,
      (select coalesce(json_agg(groups), '[]'::json) from groups) as groups,
      ${timesOf('decided_after', 'decided')} as decision,
      ${timesOf('contained_after', 'followed')} as containment
    from period`.execute(db);
}

function secondsUntil(moment: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`extract(epoch from (${moment})::timestamptz - created_at)::float8`;
}

function timesOf(column: string, table: string): RawBuilder<unknown> {
  const after = sql.ref(column);
  return sql`(
    select json_build_object('samples', count(${after}),
      'p50', percentile_cont(0.5) within group (order by ${after}),
      'p95', percentile_cont(0.95) within group (order by ${after}))
    from ${sql.table(table)})`;
}

function toReport({ since, now, groups, decision, containment }: Row): Report {
  const sum = (wanted: (group: Group) => boolean): number =>
    groups.filter(wanted).reduce((total, { n }) => total + n, 0);
  const isOpen = ({ parts }: Group): boolean =>
    parts.some((part) => openStatuses.some((open) => open === splitPart(part).status));
  return {
    from: since.toISOString(),
    to: now.toISOString(),
    requests: sum(() => true),
    restrictions: sum(({ action }) => action === 'restrict'),
    lifts: sum(({ action }) => action === 'unrestrict'),
    labels: labelsOf(groups),
    open: sum(isOpen),
    newer: sum(({ readable }) => !readable),
    decision: toTimes(decision),
    containment: toTimes(containment),
  };
}

function labelsOf(groups: readonly Group[]): ReadonlyMap<Label, number> {
  const labels = new Map<Label, number>();
  for (const { parts, n } of groups) {
    const known = parts.map((part) => labelOfPart(part));
    // Of what only a newer program knows there is no label, nor of what is on one card with it.
    if (!known.every((label) => label !== undefined)) continue;
    const label = labelOfAll(known);
    labels.set(label, (labels.get(label) ?? 0) + n);
  }
  return labels;
}

function labelOfPart(part: string): Label | undefined {
  const { status, machineAction } = splitPart(part);
  return labelOfFiled(status, machineAction === '' ? null : machineAction);
}

function splitPart(part: string) {
  const [status = '', machineAction = ''] = part.split(' ');
  return { status, machineAction };
}

function toTimes({ samples, p50, p95 }: TimesRow): Times | undefined {
  return p50 === null || p95 === null ? undefined : { samples, p50, p95 };
}
