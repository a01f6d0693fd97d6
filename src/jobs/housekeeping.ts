import type { Log } from '../platform/log.ts';
import type { AnsweredMessages } from '../store/answered-messages.ts';
import { pruneCalls } from '../store/call-budget.ts';
import { pruneDeadJobs } from '../store/dead-jobs.ts';
import type { Database } from '../store/database-port.ts';
import type { DatabaseClock } from '../store/now.ts';
import type { Departures } from '../store/departures.ts';
import type { PrivateQuestions } from '../store/private-questions.ts';
import type { StepUps } from '../store/step-ups.ts';
import { pruneThreadMessages } from '../store/thread-pacer.ts';

interface Parts {
  readonly database: Pick<Database, 'sql' | 'vacuum'>;
  readonly clock: DatabaseClock;
  readonly answered: AnsweredMessages;
  readonly stepUps: Pick<StepUps, 'prune'>;
  readonly questions: Pick<PrivateQuestions, 'prune'>;
  readonly departures: Pick<Departures, 'prune'>;
  readonly log: Log;
}

const everyMs = 15 * 60_000;

/** Forgets what decides nothing any more: calls and messages outside their budgets' windows, deliveries nobody repeats. */
export function createHousekeeping(parts: Parts) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function clean(): Promise<void> {
    const { database, clock } = parts;
    try {
      await pruneCalls(database.sql, clock);
      await parts.answered.prune();
      await parts.stepUps.prune();
      await parts.questions.prune();
      await parts.departures.prune();
      await pruneThreadMessages(database.sql, clock);
      await pruneDeadJobs(database.sql, clock);
      await database.vacuum();
    } catch (error) {
      parts.log.warn({ err: error }, 'housekeeping failed, it comes again');
    }
  }

  return {
    start(): void {
      timer ??= setInterval(() => {
        running = running.then(clean);
      }, everyMs).unref();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await running;
    },
  };
}
