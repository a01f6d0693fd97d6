import type { Kysely, Transaction } from 'kysely';
import type { ConstructorOptions } from 'pg-boss';
import type { Tables } from './tables.ts';

export type Sql = Kysely<Tables>;
export type Tx = Transaction<Tables>;

/** One PostgreSQL, wherever it runs; only `embedded.ts` and `server.ts` know the difference. */
export interface Database {
  readonly sql: Sql;
  /** No other process can be using it at the same time. */
  readonly exclusive: boolean;
  /** Where the data lies, as far as that tells one copy of it from another. */
  readonly place: string;
  /** What the job engine needs to run on the same database. */
  readonly jobEngine: ConstructorOptions;
  /** Gives free what old versions of rows occupy, and counts anew what queries are planned by. */
  vacuum(): Promise<void>;
  close(): Promise<void>;
}

/** A database that this program must not or cannot use; the message tells an operator what to do. */
export class DatabaseRefusedError extends Error {
  override readonly name = 'DatabaseRefusedError';
}
