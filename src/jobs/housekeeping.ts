import type { Log } from '../platform/log.ts';
import type { AnsweredMessages } from '../store/answered-messages.ts';
import { pruneCalls } from '../store/call-budget.ts';
import { pruneDeadJobs } from '../store/dead-jobs.ts';
import type { Sql } from '../store/database-port.ts';
import type { DatabaseClock } from '../store/now.ts';
import type { Departures } from '../store/departures.ts';
import type { PrivateQuestions } from '../store/private-questions.ts';
import type { StepUps } from '../store/step-ups.ts';
import { pruneThreadMessages } from '../store/thread-pacer.ts';

interface Parts {
  readonly sql: Sql;
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
    try {
      await pruneCalls(parts.sql, parts.clock);
      await parts.answered.prune();
      await parts.stepUps.prune();
      await parts.questions.prune();
      await parts.departures.prune();
      await pruneThreadMessages(parts.sql, parts.clock);
      await pruneDeadJobs(parts.sql, parts.clock);
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
