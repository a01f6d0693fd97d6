import { type RawBuilder, sql } from 'kysely';
import type { Instant } from '../containment/person.ts';
import type { Sql } from './database-port.ts';

/**
 * The one clock of all decisions: the database's. Process clocks may be wrong by minutes and differ between
 * replicas. Tests give an expression that runs ahead.
 */
export type DatabaseClock = () => RawBuilder<Date>;

export const databaseClock: DatabaseClock = () => sql<Date>`clock_timestamp()`;

export async function readNow(executor: Sql, clock: DatabaseClock): Promise<Instant> {
  const { rows } = await sql<{ now: Date }>`select ${clock()} as now`.execute(executor);
  const now = rows[0]?.now;
  if (now === undefined) throw new Error('The database did not tell the time');
  return now.toISOString();
}
