import assert from 'node:assert/strict';
import type { RequestId } from '../../../src/containment/ids.ts';
import { createTellElsewhere } from '../../../src/jobs/tell-elsewhere.ts';
import { ChatError } from '../../../src/jobs/ports.ts';
import { type DriftBench, openDriftBench } from './drift-bench.ts';

describe('the word of what was changed elsewhere', () => {
  let bench: DriftBench;
  before(async () => {
    bench = await openDriftBench();
  });
  after(() => bench.close());
  beforeEach(() => bench.begin());

  it('tells the thread once, however often the job comes', async () => {
    const { id, deviceId } = await bench.done();
    const change = bench.portal(deviceId, 'unrestrict');
    await bench.nextSweep();
    const tells = () => bench.effectsOf(id).filter(({ kind }) => kind === 'tell-elsewhere');
    assert.deepEqual(tells(), [{ kind: 'tell-elsewhere', change }]);
    bench.chatSays.script.before = () => {
      throw new ChatError('later', { retryAfterMs: 7_000 });
    };
    const job = { requestId: id, change };
    assert.deepEqual(await bench.handlers['tell-elsewhere'](job), { againInSeconds: 7 });
    bench.chatSays.script.before = () => undefined;
    for (let count = 0; count < 3; count += 1) await bench.handlers['tell-elsewhere'](job);
    await bench.nextSweep();
    await bench.nextSweep();

    const { number } = await bench.reread(id);
    assert.deepEqual(bench.chatSays.said, [`elsewhere lifted: #${number}`]);
    assert.equal(tells().length, 1);
  });

  it('tells of a lift and a restriction anew together, and of a later one by itself', async () => {
    const { id, deviceId } = await bench.done();
    bench.portal(deviceId, 'unrestrict');
    const anew = bench.portal(deviceId, 'restrict', { updatedAt: '2026-11-23T05:11:30.1234567Z' });
    await bench.nextSweep();
    await bench.handlers['tell-elsewhere']({ requestId: id, change: anew });
    const again = bench.portal(deviceId, 'unrestrict', { updatedAt: '2026-11-23T05:21:30.1234567Z' });
    await bench.nextSweep();
    await bench.handlers['tell-elsewhere']({ requestId: id, change: again });

    const { number } = await bench.reread(id);
    assert.deepEqual(bench.chatSays.said, [
      `elsewhere lifted, restricted: #${number}`,
      `elsewhere lifted: #${number}`,
    ]);
  });

  it('tells the end of the request first, but does not wait for it for ever', async () => {
    const { id, deviceId } = await bench.done({ told: false });
    const change = bench.portal(deviceId, 'unrestrict');
    await bench.nextSweep();
    const tell = () => bench.handlers['tell-elsewhere']({ requestId: id, change });
    assert.deepEqual(await tell(), { againInSeconds: 1 });
    bench.time.ahead += 61;
    assert.equal(await tell(), undefined);
    assert.equal(bench.chatSays.said.length, 1);
  });

  it('says nothing twice that was told between a look at the request and the word', async () => {
    const { id, deviceId } = await bench.done();
    const change = bench.portal(deviceId, 'unrestrict');
    await bench.nextSweep();
    const { outcomes } = bench;
    const parts = {
      ...bench.parts,
      outcomes: {
        ...outcomes,
        begin: async (of: RequestId) => {
          bench.portal(deviceId, 'restrict', { updatedAt: '2026-11-23T05:11:30.1234567Z' });
          await bench.nextSweep();
          await bench.handlers['tell-elsewhere']({ requestId: id, change });
          return outcomes.begin(of);
        },
      },
    };
    await createTellElsewhere(parts)({ requestId: id, change });
    const { number } = await bench.reread(id);
    assert.deepEqual(bench.chatSays.said, [`elsewhere lifted, restricted: #${number}`]);
  });

  it('says when something else has restricted the device since', async () => {
    const { id, deviceId } = await bench.done();
    const change = bench.portal(deviceId, 'unrestrict');
    await bench.done({ deviceId, at: '2026-11-23T05:30:00.1234567Z' });
    await bench.nextSweep();
    await bench.handlers['tell-elsewhere']({ requestId: id, change });
    const { number } = await bench.reread(id);
    assert.deepEqual(bench.chatSays.said, [`elsewhere lifted: #${number}, later restricted`]);
  });
});
