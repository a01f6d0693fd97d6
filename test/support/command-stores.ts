import type { Sql } from '../../src/store/database-port.ts';
import { createDigests } from '../../src/store/digest.ts';
import { createHandovers } from '../../src/store/handovers.ts';
import { createPrivateQuestions } from '../../src/store/private-questions.ts';
import { createReports } from '../../src/store/reports.ts';
import { createRequestLists } from '../../src/store/request-lists.ts';
import type { ShiftedClock } from './shifted-clock.ts';

/** What typed commands read and write besides requests. */
export function commandStores({ sql, time }: { readonly sql: Sql; readonly time: ShiftedClock }) {
  const parts = { sql, clock: time.clock };
  return {
    questions: createPrivateQuestions(parts),
    reports: createReports(parts),
    digests: createDigests(parts),
    handovers: createHandovers(parts),
    lists: createRequestLists(parts),
  };
}
