import { type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Instant } from '../containment/person.ts';
import type { Sql, Tx } from './database-port.ts';
import { type DatabaseClock, readNow } from './now.ts';
import { readableFormats } from './rows.ts';
import type { Tables } from './tables.ts';

/** Whose requests a list may hold: those of one conversation, and nothing of any other. */
export interface Here {
  readonly tenantId: string;
  readonly conversation: string;
}

export interface Slice {
  readonly offset: number;
  readonly limit: number;
}

interface Parts {
  readonly sql: Sql;
  readonly clock: DatabaseClock;
}

/** Several looks at one state of the database: a count that belongs to the rows, and the time to both. */
export function inSnapshot<T>(
  { sql: db, clock }: Parts,
  read: (tx: Tx, now: Instant) => Promise<T>,
): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => read(tx, await readNow(tx, clock)));
}

export function madeHere(db: Sql, { tenantId, conversation }: Here) {
  return db.selectFrom('requests').where('tenant_id', '=', tenantId).where('conversation', '=', conversation);
}

/** One row for each request: of several devices that were asked for together, the one that stands for all. */
export const isOneOfEach = sql<SqlBool>`stands`;

/** What a newer program wrote is passed over: it may mean something else by the same words. */
export function isReadable(eb: ExpressionBuilder<Tables, 'requests'>) {
  return eb('state_format', 'in', readableFormats);
}

/** A condition on rows of `requests`. */
export type Condition = ReturnType<typeof sql<SqlBool>>;

/** How many rows of each kind this program can read, and how many it cannot. */
export async function countByStatus(tx: Tx, here: Here, only: Condition) {
  const rows = await madeHere(tx, here)
    .where(only)
    .select((eb) => ['status', isReadable(eb).as('readable'), eb.fn.countAll<string>().as('n')])
    .groupBy(['status', 'readable'])
    .execute();
  const sum = (of: readonly { readonly n: string }[]): number =>
    of.reduce((all, { n }) => all + Number(n), 0);
  return {
    of: (is: (status: string) => boolean): number =>
      sum(rows.filter(({ readable, status }) => readable === true && is(status))),
    unreadable: sum(rows.filter(({ readable }) => readable !== true)),
  };
}
