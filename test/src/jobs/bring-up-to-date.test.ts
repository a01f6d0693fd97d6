import assert from 'node:assert/strict';
import type { RequestId } from '../../../src/containment/ids.ts';
import { createBringUpToDate } from '../../../src/jobs/bring-up-to-date.ts';

describe('cards that could not be shown while the bot was away', () => {
  const [one, two] = ['req_1', 'req_2'] as RequestId[] as [RequestId, RequestId];
  let queued: string[];
  let now: number;
  let bringUpToDate: ReturnType<typeof createBringUpToDate>;
  beforeEach(() => {
    queued = [];
    now = 0;
    const queue = {
      resend: (
        jobs: readonly { readonly payload: { readonly requestId: RequestId } }[],
        { afterSeconds = 0, pressStands = true } = {},
      ) => {
        assert.equal(pressStands, false, 'what was decided meanwhile waits for no press');
        queued.push(...jobs.map(({ payload }) => `${payload.requestId} after ${afterSeconds}`));
        return Promise.resolve();
      },
    };
    bringUpToDate = createBringUpToDate(queue, () => now);
  });

  it('are tried at once when it is back', async () => {
    await bringUpToDate([one, two]);

    assert.deepEqual(queued, ['req_1 after 0', 'req_2 after 0']);
  });

  it('are tried a minute later when they were tried lately, and others at once', async () => {
    await bringUpToDate([one]);
    now = 59_000;
    await bringUpToDate([one, two]);

    assert.deepEqual(queued, ['req_1 after 0', 'req_2 after 0', 'req_1 after 60']);
  });

  it('are tried at once again after a quiet minute', async () => {
    await bringUpToDate([one]);
    now = 61_000;
    await bringUpToDate([one]);

    assert.deepEqual(queued, ['req_1 after 0', 'req_1 after 0']);
  });
});
