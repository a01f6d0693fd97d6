import type { AuditRecord } from '../../src/audit/chain.ts';
import { genesis, hashOf } from '../../src/audit/chain.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';
import type { Database } from '../../src/store/database-port.ts';
import { toRequest } from '../../src/store/rows.ts';

/** What the database says of one request, whatever cards and answers claimed. */
export interface Truth {
  readonly request: ContainmentRequest;
  readonly shownRevision: number;
  readonly givenUpRevision: number;
  readonly cardId: string | undefined;
  readonly toldEnd: string | undefined;
  /** In the order of its chain. */
  readonly records: readonly AuditRecord[];
  /** Undefined: each hash is right and follows from the one before. */
  readonly broken: string | undefined;
}

export async function readTruth({ sql: db }: Database, where: TruthWhere): Promise<readonly Truth[]> {
  const rows = await db
    .selectFrom('requests')
    .innerJoin('cards', 'cards.request_id', 'requests.id')
    .selectAll('requests')
    .select(['cards.activity_id', 'cards.shown_revision', 'cards.given_up_revision', 'cards.told_end'])
    .where('source_activity', 'in', [...where.messageIds, ''])
    .orderBy('number')
    .execute();
  const chains = await readChains(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({
    request: toRequest(row),
    shownRevision: row.shown_revision,
    givenUpRevision: row.given_up_revision,
    cardId: row.activity_id ?? undefined,
    toldEnd: row.told_end ?? undefined,
    ...(chains.get(row.id) ?? { records: [], broken: 'There is no audit chain.' }),
  }));
}

interface TruthWhere {
  /** Ids of the messages that asked. */
  readonly messageIds: readonly string[];
}

type Chain = Pick<Truth, 'records' | 'broken'>;

async function readChains(db: Database['sql'], ids: readonly string[]): Promise<ReadonlyMap<string, Chain>> {
  const wanted = [...ids, ''];
  const records = await db
    .selectFrom('audit_records')
    .selectAll()
    .where('chain', 'in', wanted)
    .orderBy('chain')
    .orderBy('position')
    .execute();
  const heads = await db.selectFrom('audit_chains').selectAll().where('chain', 'in', wanted).execute();
  const byChain = Map.groupBy(records, ({ chain }) => chain);
  return new Map(
    heads.map((head) => {
      const rows = byChain.get(head.chain) ?? [];
      return [
        head.chain,
        { records: rows.map(({ record }) => record as AuditRecord), broken: breakIn(rows, head) },
      ];
    }),
  );
}

interface Row {
  readonly chain: string;
  readonly position: number;
  readonly at: Date;
  readonly record: unknown;
  readonly previous_hash: string;
  readonly hash: string;
}

/** Recomputes every hash from what is stored. */
function breakIn(rows: readonly Row[], head: { length: number; head: string }): string | undefined {
  let previous = genesis;
  for (const [index, { chain, position, at, record, previous_hash, hash }] of rows.entries()) {
    const right = hashOf({ chain, position, at: at.toISOString(), record, previous });
    if (position !== index + 1 || previous_hash !== previous || hash !== right) {
      return `Record ${position} does not follow from the one before.`;
    }
    previous = hash;
  }
  return head.length === rows.length && head.head === previous
    ? undefined
    : 'The head is not the last record.';
}
