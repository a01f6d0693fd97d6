import type { Database } from '../src/store/database-port.ts';
import { markAlive } from '../src/store/instances.ts';
import { keptFor } from '../src/platform/kept-for.ts';
import { databaseClock } from '../src/store/now.ts';
import { isPaused } from '../src/store/submission-pauses.ts';
import { withinTime } from './within-time.ts';

interface Parts {
  readonly database: Pick<Database, 'sql'>;
  readonly queue: { isRunning(): boolean };
  readonly instanceId: string;
}

const answerMs = 2_000;
/** Anybody may ask, and each answer costs the database a write. */
const freshMs = 1_000;

/** Names what keeps this process from working, and `paused` where it does not submit. */
export function createReadiness(parts: Parts): () => Promise<readonly string[]> {
  return keptFor(freshMs, () => readinessOf(parts));
}

async function readinessOf({ database, queue, instanceId }: Parts): Promise<readonly string[]> {
  const asked = await Promise.all([
    // A write, because a database whose disk is full still answers questions.
    inTime(markAlive(database.sql, databaseClock, instanceId).then(() => true)),
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
