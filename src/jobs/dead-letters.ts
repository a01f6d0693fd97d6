import type { JobWithMetadata } from 'pg-boss';
import { appendAudit } from '../audit/chain.ts';
import type { DeadJob as DeadJobKind } from '../containment/event.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { type JobFailure, isDead, recordDeadJob } from '../store/dead-jobs.ts';
import type { Sql } from '../store/database-port.ts';
import { type DatabaseClock, readNow } from '../store/now.ts';
import type { RequestStore } from '../store/requests.ts';
import type { JobName, JobPayload } from './effect-jobs.ts';

/** A job that failed too often and is tried no more. */
export interface DeadLetter {
  /** Of the job that died. */
  readonly id: string;
  readonly name: JobName;
  readonly payload: JobPayload;
  readonly failure: JobFailure;
}

/** The engine's copy of a dead job. */
export function letterOf(job: JobWithMetadata<JobPayload>): DeadLetter {
  return {
    id: job.sourceId ?? job.id,
    name: (job.sourceName ?? job.name) as JobName,
    payload: job.data,
    failure: failureOf(JSON.stringify(job.sourceOutput ?? {})),
  };
}

/** By the words of the engine's own; what a handler failed with is never stored. */
function failureOf(output: string): JobFailure {
  if (output.includes('heartbeat timeout')) return 'process-died';
  return output.includes('JobFailed') ? 'failed' : 'took-too-long';
}

export type Bury = (letter: DeadLetter) => Promise<void>;

interface Parts {
  readonly sql: Sql;
  readonly clock: DatabaseClock;
  readonly requests: Pick<RequestStore, 'applyIn' | 'byId'>;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Records a death and lets the request go on without the job, together and once. */
export function createBury({ sql, clock, requests, metrics, log }: Parts): Bury {
  return async (letter) => {
    const { id, name, payload, failure } = letter;
    const { requestId } = payload;
    const isNew = await sql.transaction().execute(async (tx) => {
      if (await isDead(tx, id)) return false;
      const waits = waitingJob(name);
      const { clickId, since } = payload;
      const died = waits && { kind: 'job-died' as const, job: waits, clickId, since };
      const applied = died && (await requests.applyIn(tx, requestId, died));
      const request = applied?.request ?? (await requests.byId(requestId, tx));
      const requestRevision = request?.revision ?? 0;
      await recordDeadJob(tx, clock, { id, job: name, requestId, requestRevision, failure });
      if (request === undefined) return true;
      await appendAudit(tx, requestId, await readNow(tx, clock), {
        what: 'job-given-up',
        who: 'cordon',
        request: { id: requestId, number: request.number },
        detail: { job: name, failure },
      });
      return true;
    });
    if (!isNew) return;
    metrics.jobDeaths.inc({ queue: name });
    log.error({ queue: name, requestId, failure }, 'a job failed too often and is tried no more');
  };
}

/** The jobs that a request waits for: their death is an event of its own. */
function waitingJob(name: JobName): DeadJobKind | undefined {
  return name === 'submit' || name === 'check-approval' || name === 'cancel-action' ? name : undefined;
}
