import assert from 'node:assert/strict';
import type { PgBoss } from 'pg-boss';
import { NewerJobError } from '../../../src/jobs/not-now.ts';
import { ChatError } from '../../../src/jobs/ports.ts';
import type { JobPayload } from '../../../src/jobs/effect-jobs.ts';
import { createRunner } from '../../../src/jobs/run-job.ts';
import { newRequestId } from '../../../src/platform/ids.ts';
import { createLog } from '../../../src/platform/log.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';

describe('a job that is not possible now', () => {
  const requestId = newRequestId();

  /** What it is sent again as, when it fails like this. */
  async function after(error: Error, payload: Partial<JobPayload>): Promise<JobPayload | undefined> {
    const sent: JobPayload[] = [];
    const boss: unknown = {
      upsert: (_name: string, again: JobPayload) => Promise.resolve(void sent.push(again)),
    };
    const run = createRunner({ boss: boss as PgBoss, log: createLog('fatal'), metrics: createMetrics() });
    await run({ name: 'tell', payload: { requestId, ...payload } }, () => Promise.reject(error));
    return sent[0];
  }

  it('counts apart how often it was left to a newer program', async () => {
    const throttled = await after(new ChatError('later'), { waits: 90 });
    const left = await after(new NewerJobError(), { waits: 90 });
    const leftAgain = await after(new NewerJobError(1), { waits: 91, unread: 1 });
    const read = await after(new ChatError('later'), { waits: 92, unread: 2 });

    assert.deepEqual([throttled?.waits, throttled?.unread], [91, undefined]);
    assert.deepEqual([left?.waits, left?.unread], [91, 1]);
    assert.deepEqual([leftAgain?.waits, leftAgain?.unread], [92, 2]);
    assert.deepEqual([read?.waits, read?.unread], [93, undefined]);
  });
});
