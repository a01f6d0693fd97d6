import type { Sql } from '../../../src/store/database-port.ts';
import { listDeadJobs } from '../../../src/store/dead-jobs.ts';
import { inUtc } from '../words.ts';
import { type Finding, ok, warning } from './finding.ts';

/** More than this does not help whoever reads the line. */
const shown = 5;

export async function checkDeadJobs(db: Sql): Promise<Finding> {
  const dead = await listDeadJobs(db);
  if (dead.length === 0) return ok('none');
  const listed = dead.slice(0, shown).map(({ job, number, diedAt }) => {
    const whose = number === undefined ? 'of no known request' : `of #${number}`;
    return `${job} ${whose} since ${inUtc(diedAt)}`;
  });
  const rest = dead.length > shown ? ` and ${dead.length - shown} older` : '';
  return warning(`${listed.join('; ')}${rest}: look at the cards of these requests, then at docs/runbook.md`);
}
