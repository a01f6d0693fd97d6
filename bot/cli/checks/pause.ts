import type { Sql } from '../../../src/store/database-port.ts';
import { readPauses } from '../../../src/store/submission-pauses.ts';
import { inUtc } from '../words.ts';
import { type Finding, ok, warning } from './finding.ts';

export async function checkPause(db: Sql): Promise<Finding> {
  const [pause] = await readPauses(db);
  if (pause === undefined) return ok('not paused');
  const since = `paused since ${inUtc(pause.since)}`;
  return pause.kind === 'administrator'
    ? warning(`${since} by ${pause.by}: ${pause.reason}; "npx cordon resume" ends it`)
    : warning(`${since} by Cordon itself: ${pause.reason}; it ends by itself while the bot runs`);
}
