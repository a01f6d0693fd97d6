import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sinon from 'sinon';
import type { Deadline } from '../../../src/platform/deadline.ts';
import { deadlineIn } from '../../../src/platform/deadline.ts';
import { writtenBefore } from '../../../src/platform/write-deadline.ts';

describe('the deadline of a write', () => {
  let url = '';
  let received = 0;
  const server = createServer((request, response) => {
    received += 1;
    request.resume().on('end', () => response.end('done'));
  });
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  beforeEach(() => {
    received = 0;
  });

  const post = (deadline: Deadline | undefined) =>
    writtenBefore(deadline, async () => {
      const answer = await fetch(url, { method: 'POST', body: '{}' });
      return answer.text();
    });

  it('lets through what is written before it, and what has none', async () => {
    assert.deepEqual([await post(deadlineIn(5_000)), await post(undefined)], ['done', 'done']);
    assert.equal(received, 2);
  });

  it('closes the connection instead of writing after it, on a new connection and on a kept one', async () => {
    const stale = deadlineIn(-1);
    await assert.rejects(post(stale));
    await post(undefined);
    await assert.rejects(post(stale));

    assert.equal(received, 1);
  });

  it('holds when the process stands still while the connection is made', async () => {
    const deadline = deadlineIn(30);
    const posting = post(deadline);
    // The event loop does nothing, as in a process that is stopped; the timers are as late as the write.
    while (performance.now() < deadline.steady + 20);

    await assert.rejects(posting);
    assert.equal(received, 0);
  });

  it('holds when the machine is suspended while the connection is made: only the wall clock goes on', async () => {
    const clock = sinon.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    try {
      const posting = post(deadlineIn(20_000));
      clock.tick(20_000);

      await assert.rejects(posting);
      assert.equal(received, 0);
    } finally {
      clock.restore();
    }
  });

  it('holds when the wall clock is set back meanwhile', async () => {
    const clock = sinon.useFakeTimers({ now: Date.now(), toFake: ['performance', 'Date'] });
    try {
      const posting = post(deadlineIn(20_000));
      clock.tick(20_000);
      clock.setSystemTime(0);

      await assert.rejects(posting);
      assert.equal(received, 0);
    } finally {
      clock.restore();
    }
  });
});
