import { sql } from 'kysely';
import type { DatabaseClock } from '../../src/store/now.ts';

export interface ShiftedClock {
  readonly clock: DatabaseClock;
  /** Seconds by which the clock runs ahead of the database's own. */
  ahead: number;
}

/** The database's clock, moved ahead as a test needs: nobody waits for minutes to pass. */
export function shiftedClock(): ShiftedClock {
  const shifted: ShiftedClock = {
    ahead: 0,
    clock: () => sql<Date>`(clock_timestamp() + ${shifted.ahead}::float8 * interval '1 second')`,
  };
  return shifted;
}
