import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { countDeadJobs } from '../store/dead-jobs.ts';
import type { Sql } from '../store/database-port.ts';
import { comparedSeconds, countRequests } from '../store/request-counts.ts';
import { jobNames } from './effect-jobs.ts';

const everyMs = 10_000;

/** Counts at intervals, not when asked: whoever reads `/metrics` must not be able to keep the database busy. */
export function createGauges({ sql, metrics, log }: { sql: Sql; metrics: Metrics; log: Log }) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function count(): Promise<void> {
    try {
      const [requests, dead] = [await countRequests(sql), await countDeadJobs(sql)];
      for (const [status, n] of requests.open) metrics.openRequests.set({ status }, n);
      metrics.comparedAt.set(await comparedSeconds(sql));
      metrics.needAttention.set(requests.needAttention);
      for (const queue of jobNames) metrics.deadJobs.set({ queue }, dead.get(queue) ?? 0);
    } catch (error) {
      log.warn({ err: error }, 'requests could not be counted, they are counted again');
    }
  }

  const next = (): void => {
    running = running.then(count);
  };
  return {
    start(): void {
      next();
      timer ??= setInterval(next, everyMs).unref();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await running;
    },
  };
}
