import type { Sql } from '../../../src/store/database-port.ts';
import { inUtc } from '../words.ts';
import { type Finding, ok, warning } from './finding.ts';

/** More than this does not help whoever reads the line. */
const shown = 5;

export async function checkDeadJobs(db: Sql): Promise<Finding> {
  const dead = await db
    .selectFrom('dead_jobs')
    .leftJoin('requests', 'requests.id', 'dead_jobs.request_id')
    .select(['dead_jobs.job', 'dead_jobs.died_at', 'requests.number'])
    .orderBy('dead_jobs.id', 'desc')
    .execute();
  if (dead.length === 0) return ok('none');
  const listed = dead.slice(0, shown).map(({ job, number, died_at }) => {
    const of = number === null ? 'of no known request' : `of #${number}`;
    return `${job} ${of} since ${inUtc(died_at.toISOString())}`;
  });
  const rest = dead.length > shown ? ` and ${dead.length - shown} older` : '';
  return warning(
    `${listed.join('; ')}${rest}: look at the cards of these requests, docs/runbook.md says what to do`,
  );
}
