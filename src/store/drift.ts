import { sql } from 'kysely';
import { type Late, driftOf } from '../containment/drift.ts';
import type { DeviceId } from '../containment/ids.ts';
import type { ContainmentRequest } from '../containment/request.ts';
import type { Sql, Tx } from './database-port.ts';
import { compared, swept, watch } from './drift-compared.ts';
import { mayBeForgotten, readDoubts } from './drift-doubts.ts';
import { readWatched } from './drift-watched.ts';
import { type Listed, type ListedChange, type Traced, changeFor, traceListed } from './listed-changes.ts';
import type { DatabaseClock } from './now.ts';
import type { RequestStore } from './requests.ts';
import { readableFormats, toRequest } from './rows.ts';

export type DriftStore = ReturnType<typeof createDriftStore>;

interface Parts {
  readonly sql: Sql;
  readonly clock: DatabaseClock;
  readonly requests: Pick<RequestStore, 'applyIn'>;
}

/** More than any device has that is still in force; the rest is history. */
const mostOfDevice = 50;

/** What the sweeps for changes made elsewhere read and write. */
export function createDriftStore(parts: Parts) {
  const { sql: db, clock } = parts;
  return {
    /** A tenant whose sweep is due, for this process alone; another may take them after the lease. */
    takeDue: (wish: DueWish) => takeDue(db, clock, wish),
    async lookAgain(tenantId: string, inSeconds: number): Promise<void> {
      await db
        .updateTable('drift_sweeps')
        .set({ due_at: sql<Date>`${clock()} + ${inSeconds} * interval '1 second'` })
        .where('tenant_id', '=', tenantId)
        .execute();
    },
    watch: (tenantId: string, devices: readonly DeviceId[]) => watch(db, clock, tenantId, devices),
    compared: (tenantId: string, devices: readonly DeviceId[]) => compared(db, clock, tenantId, devices),
    swept: (tenantId: string) => swept(db, clock, tenantId),
    watched: (tenantId: string) => readWatched(db, clock, tenantId),
    /** Writes down what is news of one device: state, record and jobs together. Answers how many requests it concerns, or that something of ours may be on its way and not all could be said. */
    settle: (tenantId: string, deviceId: DeviceId, listed: readonly ListedChange[]) =>
      db.transaction().execute((tx) => settle(tx, parts, { tenantId, deviceId, listed })),
  };
}

interface DueWish {
  readonly tenants: readonly string[];
  readonly everySeconds: number;
  readonly leaseSeconds: number;
}

/** The first one comes after a whole interval: a start has other things to do. */
async function takeDue(
  db: Sql,
  clock: DatabaseClock,
  { tenants, everySeconds, leaseSeconds }: DueWish,
): Promise<string | undefined> {
  return db.transaction().execute(async (tx) => {
    const wanted = sql`unnest(${[...tenants]}::text[]) as wanted (tenant_id)`;
    await sql`
      insert into drift_sweeps (tenant_id, due_at)
      select tenant_id, ${clock()} + ${everySeconds} * interval '1 second' from ${wanted}
      where tenant_id not in (select tenant_id from drift_sweeps)
      on conflict do nothing`.execute(tx);
    const { rows } = await sql<{ tenant_id: string }>`
      update drift_sweeps set due_at = ${clock()} + ${leaseSeconds} * interval '1 second'
      where tenant_id in (
        select tenant_id from drift_sweeps
        where due_at <= ${clock()} and tenant_id = any(${[...tenants]}::text[])
        order by due_at limit 1
        for update skip locked)
      returning tenant_id`.execute(tx);
    return rows[0]?.tenant_id;
  });
}

/** All that is read here is newer than the list: what the list holds of ours is known by now. */
async function settle(tx: Tx, { requests }: Parts, given: Listed): Promise<number | 'silent'> {
  const doubts = await readDoubts(tx, given);
  const rows = doubts.some(({ certain }) => !certain) ? undefined : await readDevice(tx, given);
  if (rows === undefined) return 'silent';
  const listed = given.listed.filter((change) => !doubts.some((doubt) => mayBeForgotten(doubt, change)));
  const traced = await traceListed(tx, { ...given, listed });
  const drifts = driftOf(
    rows,
    traced.map(({ change }) => change),
    await lateOf(tx, traced),
  );
  const byAction = new Map(traced.map((one) => [one.change.actionId, one]));
  for (const { request, changes, quiet } of drifts) {
    for (const change of changes) {
      await requests.applyIn(tx, request.id, {
        kind: 'changed-elsewhere',
        change: changeFor(request, { ...byAction.get(change.actionId), change }),
        ...(quiet ? { quiet } : {}),
      });
    }
  }
  return listed.length < given.listed.length ? 'silent' : drifts.length;
}

/** Whoever was told that nothing came of it hears that something did. */
async function lateOf(tx: Tx, traced: readonly Traced[]): Promise<Late[]> {
  const ids = traced.flatMap(({ sender }) => sender?.id ?? []);
  if (ids.length === 0) return [];
  const rows = await tx.selectFrom('requests').selectAll().where('id', 'in', ids).execute();
  const requests = new Map(rows.map((row) => [row.id, toRequest(row)]));
  return traced.flatMap(({ change, sender }) => {
    const request = sender && requests.get(sender.id);
    return request === undefined ? [] : [{ request, change }];
  });
}

/** What took effect on the device, if only late. Undefined: a newer program knows more. */
async function readDevice(tx: Tx, { tenantId, deviceId }: Listed): Promise<ContainmentRequest[] | undefined> {
  const rows = await tx
    .selectFrom('requests')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('device_id', '=', deviceId)
    .where((eb) => eb.or([eb('took_effect', 'is not', null), eb('elsewhere', 'is not', null)]))
    .orderBy(sql`coalesce(took_effect, elsewhere->0->>'at') collate "C"`, 'desc')
    .orderBy(sql`coalesce(card_number, number)`, 'desc')
    .limit(mostOfDevice)
    .execute();
  return rows.every((row) => readableFormats.includes(row.state_format)) ? rows.map(toRequest) : undefined;
}
