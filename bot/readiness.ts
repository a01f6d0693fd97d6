import { sql } from 'kysely';
import type { Database } from '../src/store/database-port.ts';
import { isPaused } from '../src/store/submission-pauses.ts';
import { withinTime } from './within-time.ts';

interface Parts {
  readonly database: Pick<Database, 'sql'>;
  readonly queue: { isRunning(): boolean };
}

const answerMs = 2_000;

/** Names what keeps this process from working, and `paused` where it does not submit. */
export async function readinessOf({ database, queue }: Parts): Promise<readonly string[]> {
  const asked = await Promise.all([
    inTime(sql`select 1`.execute(database.sql).then(() => true)),
    inTime(isPaused(database.sql)),
  ]);
  const [answers, paused] = asked;
  return [
    ...(answers ? [] : ['database']),
    ...(queue.isRunning() ? [] : ['jobs']),
    ...(paused ? ['paused'] : []),
  ];
}

function inTime(asked: Promise<boolean>): Promise<boolean> {
  return withinTime(
    asked.catch(() => false),
    answerMs,
    false,
  );
}
