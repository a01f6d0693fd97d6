import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { keptFor } from './kept-for.ts';

/** Anybody may ask, and each answer costs some milliseconds and kilobytes. */
const freshMs = 1_000;

export type Metrics = ReturnType<typeof createMetrics>;

/** Prometheus metrics; no label names a person or a device. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    text: keptFor(freshMs, () => registry.metrics()),
    contentType: registry.contentType,
    activities: new Counter({
      name: 'cordon_activities_total',
      help: 'Inbound activities by kind and outcome',
      labelNames: ['kind', 'outcome'],
      registers,
    }),
    invokeSeconds: new Histogram({
      name: 'cordon_invoke_seconds',
      help: 'Time to answer a card button',
      labelNames: ['verb'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 5],
      registers,
    }),
    defenderCalls: new Counter({
      name: 'cordon_defender_calls_total',
      help: 'Calls to Defender by kind and result',
      labelNames: ['kind', 'result'],
      registers,
    }),
    ...jobMetrics(registers),
    tracked: new Gauge({
      name: 'cordon_tracked_actions',
      help: 'Machine actions that have not ended',
      registers,
    }),
  };
}

function jobMetrics(registers: Registry[]) {
  return {
    jobs: new Counter({
      name: 'cordon_jobs_total',
      help: 'Jobs by queue and result',
      labelNames: ['queue', 'result'],
      registers,
    }),
    jobDeaths: new Counter({
      name: 'cordon_job_deaths_total',
      help: 'Jobs that failed too often and are tried no more, by queue',
      labelNames: ['queue'],
      registers,
    }),
    deadJobs: new Gauge({
      name: 'cordon_dead_jobs',
      help: 'Jobs tried no more whose requests have not moved on since, by queue',
      labelNames: ['queue'],
      registers,
    }),
    openRequests: new Gauge({
      name: 'cordon_open_requests',
      help: 'Requests that have not ended, by status; unclear: needs attention and may still go on',
      labelNames: ['status'],
      registers,
    }),
    comparedAt: new Gauge({
      name: 'cordon_drift_compared_timestamp_seconds',
      help: 'When all watched devices were last compared with Defender, in the tenant where that is longest ago; 0: never',
      registers,
    }),
    needAttention: new Gauge({
      name: 'cordon_requests_needing_attention',
      help: 'Requests in Needs attention that nobody has closed',
      registers,
    }),
  };
}
