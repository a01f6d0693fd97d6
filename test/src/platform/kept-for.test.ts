import assert from 'node:assert/strict';
import sinon from 'sinon';
import { keptFor } from '../../../src/platform/kept-for.ts';

describe('an answer that is kept for a while', () => {
  it('is worked out once for all who ask within that time, and anew for the next', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['performance'] });
    try {
      let count = 0;
      const ask = keptFor(1_000, () => Promise.resolve((count += 1)));
      const asked = [ask(), ask()];
      clock.tick(999);
      asked.push(ask());
      clock.tick(1);
      assert.deepEqual(await Promise.all([...asked, ask()]), [1, 1, 1, 2]);
    } finally {
      clock.restore();
    }
  });
});
